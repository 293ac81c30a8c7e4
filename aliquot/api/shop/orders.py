"""One's own orders: the list, and one with its money and its papers."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from aliquot.api.frame import ApiRequest, Area, Code, Limit, Listed, Price, Shape, Start, paged
from aliquot.commerce import access, queries
from aliquot.commerce.models import Order
from aliquot.lib.money import Money

area = Area("Orders")
READ, WRITE = "orders:read", "orders:write"


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
    """A receipt, an invoice or a credit note; the file is at `get_paper_pdf`."""

    number: str
    kind: str


class OrderDetail(OrderShape):
    """An order with what money did with it."""

    captured: Price
    given_back: Price
    paid: Annotated[Price, Field(description="What the seller still has.")]
    papers: list[PaperLine]

    @classmethod
    def of(cls, order: Order) -> "OrderDetail":
        """An order as of now."""
        money = queries.money_of(order)
        return cls(
            **members_of(order),
            captured=Price.of(money.captured),
            given_back=Price.of(money.given_back),
            paid=Price.of(money.paid),
            papers=[PaperLine.model_validate(each) for each in queries.documents_of(order)],
        )


@area.read("/me/orders", scope=READ, gives=Listed[OrderShape])
def list_orders(request: ApiRequest, cursor: Start = "", limit: Limit = 25) -> Listed[OrderShape]:
    """Your orders, the newest first."""
    rows = queries.orders_of(request.auth.person).prefetch_related("lines")
    found, following = paged(rows, cursor, limit)
    return Listed(items=[OrderShape(**members_of(order)) for order in found], next=following)


@area.read("/me/orders/{number}", scope=READ, gives=OrderDetail)
def get_order(request: ApiRequest, number: Code) -> OrderDetail:
    """One of your orders."""
    return OrderDetail.of(access.order_for(request.auth.person, number))


def members_of(order: Order) -> dict[str, Any]:
    """The members of an OrderShape."""
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
