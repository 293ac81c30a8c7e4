"""Orders for the office: found, read, and what may be done without a person weighing it.

Every read of somebody's order is logged, as on the pages. Refunds are decided on pages only.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any

from ninja import Query
from pydantic import Field

from aliquot.accounts import access, services
from aliquot.accounts.models import User
from aliquot.api.frame import (
    ApiRequest,
    Area,
    Code,
    Id,
    Limit,
    Listed,
    Price,
    Shape,
    Start,
    Taken,
    paged,
)
from aliquot.api.frame.shapes import Line, PriceIn
from aliquot.api.shop.orders import OrderDetail, OrderShape, members_of
from aliquot.commerce import queries
from aliquot.commerce.models import Order, Refund
from aliquot.commerce.queries import office
from aliquot.flows.give_up_order import give_up_order
from aliquot.flows.pay_order import settle_payment
from aliquot.flows.record_payment import record_payment
from aliquot.flows.resend_receipt import resend_receipt
from aliquot.lib.errors import NotFoundError
from aliquot.lib.money import Money

READ, WRITE = "staff-shop:read", "staff-shop:write"
area = Area("Back office: shop", may=access.can_see_orders)
money = access.can_handle_money


class OfficeOrder(OrderShape):
    """An order, and whose it is."""

    person_id: Id
    buyer: Annotated[str, Field(description="The name on the order.")]
    email: Annotated[str, Field(description="The address on the order.")]
    gateway: str
    purchase_order_number: str


class PaymentLine(Shape):
    """A payment, or the try of one."""

    gateway: str
    name: Annotated[str, Field(description="At the gateway.")]
    state: str
    amount: Price


class OfficeOrderDetail(OrderDetail, OfficeOrder):
    """All of an order that is about money."""

    payments: list[PaymentLine]


class ArrivedIn(Taken):
    """Money that arrived for an invoice."""

    amount: PriceIn
    reference: Annotated[
        Line, Field(min_length=1, max_length=120, description="Of the check or transfer.")
    ]


class RefundLine(Shape):
    """A wish to have money back, and what became of it."""

    id: Id
    order: str
    person_id: Id
    state: str
    amount: Price
    reason: str
    requested_at: datetime
    decided_at: datetime | None
    settled_at: datetime | None

    @classmethod
    def of(cls, row: Refund) -> "RefundLine":
        """As the queue shows it."""
        own = ("state", "reason", "requested_at", "decided_at", "settled_at")
        return cls(
            **{name: getattr(row, name) for name in own},
            id=row.pk,
            order=row.order.number,
            person_id=row.order.person_id,
            amount=Price.of(Money(row.amount, row.currency)),
        )


@area.read("/staff/orders", scope=READ, gives=Listed[OfficeOrder])
def list_office_orders(
    request: ApiRequest,
    q: Annotated[
        str,
        Query(max_length=200, description="How a number, an address or a payment's name begins."),
    ] = "",
    cursor: Start = "",
    limit: Limit = 25,
) -> Listed[OfficeOrder]:
    """Everybody's orders, the newest first."""
    rows = office.orders_matching(q.strip()).prefetch_related("lines")
    found, following = paged(rows, cursor, limit)
    _viewed(request, [each.person for each in found], "orders by API")
    return Listed(items=[OfficeOrder(**_own(each)) for each in found], next=following)


@area.read("/staff/orders/{number}", scope=READ, gives=OfficeOrderDetail)
def get_office_order(request: ApiRequest, number: Code) -> OfficeOrderDetail:
    """One order, with its payments and papers."""
    order = _order_of(number)
    _viewed(request, [order.person], "order by API")
    return _detail(order)


@area.act("/staff/orders/{number}/payment", scope=WRITE, gives=OfficeOrderDetail, may=money)
def record_order_payment(request: ApiRequest, number: Code, body: ArrivedIn) -> OfficeOrderDetail:
    """Write down that the money of an invoice arrived: access begins, the buyer gets the receipt.

    Safe to repeat. 409 `order_ended`: no invoice waits. 422 `payment_mismatch`: another amount is
    due, and nothing was entered.
    """
    key, order = request.auth, _order_of(number)
    paid = record_payment(
        order,
        amount=body.amount.money(),
        reference=body.reference,
        actor_id=key.person.pk,
        now=key.now,
    )
    return _detail(paid)


@area.act("/staff/orders/{number}/settle", scope=WRITE, gives=OfficeOrderDetail, may=money)
def settle_order(request: ApiRequest, number: Code) -> OfficeOrderDetail:
    """Ask the gateways how the payments stand, and enter what is news. Nothing is charged."""
    order = _order_of(number)
    for payment in order.payments.order_by("pk"):
        settle_payment(payment, now=request.auth.now)
    order.refresh_from_db()
    return _detail(order)


@area.act("/staff/orders/{number}/cancel", scope=WRITE, gives=OfficeOrderDetail, may=money)
def cancel_office_order(request: ApiRequest, number: Code) -> OfficeOrderDetail:
    """Cancel an unpaid order. One that turns out to be paid stays paid: look at its `state`."""
    key = request.auth
    ended = give_up_order(
        _order_of(number), state=Order.State.CANCELED, actor_id=key.person.pk, now=key.now
    )
    return _detail(ended)


@area.deed("/staff/orders/{number}/receipt/send", scope=WRITE, gives=None, status=204, may=money)
def send_receipt_again(request: ApiRequest, number: Code) -> None:
    """Send the receipt to the buyer again, as it was issued. 404: there is none."""
    resend_receipt(_order_of(number), actor_id=request.auth.person.pk)


@area.read("/staff/refunds", scope=READ, gives=Listed[RefundLine], may=money)
def list_refunds(
    request: ApiRequest,
    waiting: Annotated[bool, Query(description="Only those that wait for somebody.")] = True,
    cursor: Start = "",
    limit: Limit = 25,
) -> Listed[RefundLine]:
    """Refunds that wait for a decision, or all the others, the newest first.

    A person decides them, on their pages.
    """
    found, following = paged(queries.refund_queue(is_open=waiting), cursor, limit)
    _viewed(request, [each.order.person for each in found], "refunds by API")
    return Listed(items=[RefundLine.of(each) for each in found], next=following)


@area.read("/staff/refunds/{refund_id}", scope=READ, gives=RefundLine, may=money)
def get_refund(request: ApiRequest, refund_id: Id) -> RefundLine:
    """One refund."""
    row = queries.refund_called(refund_id)
    if row is None:
        raise NotFoundError("There is no such refund.")
    _viewed(request, [row.order.person], "refund by API")
    return RefundLine.of(row)


def _order_of(number: str) -> Order:
    found = queries.order_by_number(number)
    if found is None:
        raise NotFoundError("There is no such order.")
    return found


def _viewed(request: ApiRequest, people: Iterable[User], page: str) -> None:
    services.record_viewing(people=people, page=page, viewer=request.auth.person)


def _own(order: Order) -> dict[str, Any]:
    return members_of(order) | {
        "person_id": order.person_id,
        "buyer": order.buyer["name"],
        "email": order.buyer["email"],
        "gateway": order.gateway,
        "purchase_order_number": order.purchase_order_number,
    }


def _detail(order: Order) -> OfficeOrderDetail:
    return OfficeOrderDetail(
        **OrderDetail.of(order).model_dump() | _own(order),
        payments=[
            PaymentLine(
                gateway=each.gateway,
                name=each.provider_id,
                state=each.state,
                amount=Price.of(Money(each.amount, each.currency)),
            )
            for each in order.payments.order_by("-pk")
        ],
    )
