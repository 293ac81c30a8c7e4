"""What must always be true of orders and their money: run by ``aliquot check-invariants``."""

from collections.abc import Iterator

from django.db.models import Count, F, Max, Q, Sum
from django.db.models.functions import Coalesce

from aliquot.commerce.models import Document, Order, OrderLine, Payment, Voucher
from aliquot.commerce.queries.documents import broken_documents
from aliquot.lib.money import Money

_CAPTURED = Sum(
    "money__amount",
    filter=Q(money__kind="capture") & ~Q(money__payment__state=Payment.State.DOUBLE),
)


def broken_invariants() -> Iterator[str]:
    """One sentence for each order, payment or series that contradicts itself (I2, I12)."""
    yield from _money_without_order()
    yield from _refunds_beyond_capture()
    yield from _lines_without_grant()
    yield from _receipts()
    yield from _orders_beside_their_lines()
    yield from _lost_gifts()
    yield from _oversold_vouchers()
    yield from broken_documents()


def _money_without_order() -> Iterator[str]:
    """An order is paid exactly if its whole total was captured once."""
    orders = Order.objects.annotate(captured=Coalesce(_CAPTURED, 0))
    wrong = orders.filter(
        Q(state=Order.State.PAID) & ~Q(captured=F("total"))
        | ~Q(state=Order.State.PAID) & Q(captured__gt=0)
    )
    for order in wrong.order_by("pk"):
        captured, total = Money(order.captured, order.currency), Money(order.total, order.currency)
        yield f"Order {order.number} of {total} is {order.state}, but {captured} were captured."


def _refunds_beyond_capture() -> Iterator[str]:
    """A refund never exceeds what was captured."""
    captures, refunds = Q(money__kind="capture"), Q(money__kind="refund")
    payments = Payment.objects.annotate(
        captured=Coalesce(Sum("money__amount", filter=captures), 0),
        refunded=Coalesce(Sum("money__amount", filter=refunds), 0),
    )
    for payment in payments.filter(captured__lt=-F("refunded")).order_by("pk"):
        more = Money(-payment.refunded - payment.captured, payment.currency)
        yield f"Payment {payment} gave back {more} more than it had taken."


def _lines_without_grant() -> Iterator[str]:
    """A paid line gave its buyer access; gifts and seats are given out by themselves."""
    lines = OrderLine.objects.filter(order__state=Order.State.PAID, gift_to="", grants=None)
    for line in lines.exclude(kind="seats").select_related("order").order_by("pk"):
        yield f"Order {line.order.number} is paid, but its line {line.position} gave no access."


def _receipts() -> Iterator[str]:
    """What a buyer was told is what is stored."""
    receipts = Q(documents__kind=Document.Kind.RECEIPT)
    orders = Order.objects.filter(state=Order.State.PAID).annotate(
        receipts=Count("documents", filter=receipts),
        told=Max("documents__total", filter=receipts),
    )
    for order in orders.exclude(receipts=1, told=F("total")).order_by("pk"):
        yield f"Order {order.number} is paid, but has no receipt of its total."


def _lost_gifts() -> Iterator[str]:
    """A paid gift waits, was opened, or was cancelled: it is never nowhere."""
    lines = OrderLine.objects.filter(order__state=Order.State.PAID, gift=None).exclude(gift_to="")
    for line in lines.select_related("order").order_by("pk"):
        yield f"Order {line.order.number} is paid, but the gift of line {line.position} is missing."


def _oversold_vouchers() -> Iterator[str]:
    """A code is never used more often than its limit, also of orders that wait."""
    uses = Count("uses", filter=Q(uses__released_at=None))
    for voucher in Voucher.objects.annotate(used=uses).filter(used__gt=F("limit")).order_by("pk"):
        yield f"Voucher {voucher.code} is used {voucher.used} times, its limit is {voucher.limit}."


def _orders_beside_their_lines() -> Iterator[str]:
    """What a buyer agreed to is the sum of the lines, to the cent."""
    for name in ("net", "discount", "tax"):
        summed = Order.objects.annotate(summed=Coalesce(Sum(f"lines__{name}"), 0))
        for order in summed.exclude(summed=F(name)).order_by("pk"):
            yield f"Order {order.number} has lines whose {name} does not sum to its own."
