"""One's own orders: the list, one with its money, and what a refund would give back today."""

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import Field

from aliquot.api.frame import ApiRequest, Area, Code, Limit, Listed, Price, Shape, Start, paged
from aliquot.commerce import access, queries
from aliquot.commerce.facts import Answer
from aliquot.commerce.models import Order
from aliquot.lib import codes
from aliquot.lib.errors import ConflictError
from aliquot.lib.money import Money

area = Area("Orders")
READ = "orders:read"


class OrderLineShape(Shape):
    """What was bought."""

    title: str
    kind: str
    quantity: int
    total: Price


class OrderShape(Shape):
    """An order."""

    number: str
    state: str
    placed_at: datetime
    total: Price
    lines: list[OrderLineShape]


class PaperLine(Shape):
    """A receipt, an invoice or a credit note; the file is on the page of the order."""

    number: str
    kind: str


class OrderDetail(OrderShape):
    """An order with what money did with it."""

    captured: Price
    given_back: Price
    paid: Annotated[Price, Field(description="What the seller still has.")]
    papers: list[PaperLine]


class StakeLine(Shape):
    """A course whose credit would be taken back."""

    title: str
    completed_on: date
    certificate: str | None


class RefundMeter(Shape):
    """What a refund asked for today would give back, and why."""

    answer: Answer
    amount: Annotated[Price, Field(description="Paid back at once, by the rule.")]
    most: Annotated[Price, Field(description="At most, if a person decides so.")]
    reasons: list[str]
    last_day: date
    at_stake: list[StakeLine]
    terms: str


class NotPaidError(ConflictError):
    """Nothing was paid, so nothing can be paid back."""

    code = "not_paid"

    def __init__(self) -> None:
        super().__init__("This order is not paid, so nothing can be paid back.")


@area.read("/me/orders", scope=READ, gives=Listed[OrderShape])
def list_orders(request: ApiRequest, cursor: Start = "", limit: Limit = 25) -> Listed[OrderShape]:
    """Your orders, the newest first."""
    rows = queries.orders_of(request.auth.person).prefetch_related("lines")
    found, following = paged(rows, cursor, limit)
    return Listed(items=[OrderShape(**_members(order)) for order in found], next=following)


@area.read("/me/orders/{number}", scope=READ, gives=OrderDetail)
def get_order(request: ApiRequest, number: Code) -> OrderDetail:
    """One of your orders."""
    order = access.order_for(request.auth.person, number)
    money = queries.money_of(order)
    return OrderDetail(
        **_members(order),
        captured=Price.of(money.captured),
        given_back=Price.of(money.given_back),
        paid=Price.of(money.paid),
        papers=[PaperLine.model_validate(each) for each in queries.documents_of(order)],
    )


@area.read("/me/orders/{number}/refund", scope=READ, gives=RefundMeter)
def get_refund_meter(request: ApiRequest, number: Code) -> RefundMeter:
    """What you would get back today. 409 for an order that was never paid."""
    order = access.order_for(request.auth.person, number)
    if order.state != Order.State.PAID:
        raise NotPaidError
    case = queries.refund_case(order, now=request.auth.now)
    found = case.assessment
    stakes = case.revoked_by_rule if found.amount else case.at_stake
    return RefundMeter(
        answer=found.answer,
        amount=Price.of(found.amount),
        most=Price.of(found.most),
        reasons=list(found.reasons),
        last_day=found.last_day,
        at_stake=[
            StakeLine(
                title=each.title,
                completed_on=each.completed_on,
                certificate=codes.grouped(each.code) if each.code else None,
            )
            for each in stakes
            if each.is_own
        ],
        terms=case.terms,
    )


def _members(order: Order) -> dict[str, Any]:
    return {
        "number": order.number,
        "state": order.state,
        "placed_at": order.placed_at,
        "total": Price.of(Money(order.total, order.currency)),
        "lines": [
            OrderLineShape(
                title=line.title,
                kind=line.kind,
                quantity=line.quantity,
                total=Price.of(Money(line.net + line.tax, order.currency)),
            )
            for line in order.lines.all()
        ],
    }
