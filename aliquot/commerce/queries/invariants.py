"""What must always be true of orders and their money: run by ``aliquot check-invariants``."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Count, F, Max, Q, Sum
from django.db.models.functions import Coalesce

from aliquot.commerce.models import (
    Document,
    GatewayEvent,
    MoneyEntry,
    Order,
    OrderLine,
    Payment,
    Voucher,
)
from aliquot.commerce.queries.documents import broken_documents
from aliquot.infra.streams import by_key
from aliquot.lib.invariants import Check, sentences
from aliquot.lib.money import Money

_CAPTURED = Sum(
    "money__amount",
    filter=Q(money__kind="capture") & ~Q(money__payment__state=Payment.State.DOUBLE),
)


STUCK = timedelta(days=1)  # nobody acted on an event for so long


def invariant_checks(*, now: datetime | None = None) -> tuple[Check, ...]:
    """Money (I2), events of gateways (I8), and what buyers were told (I12).

    Without ``now`` an event may wait as long as it likes.
    """
    return (
        Check("I2", "payments", Payment.objects.count, _broken_payments),
        Check("I2", "orders", Order.objects.count, _broken_orders),
        Check("I2", "codes", Voucher.objects.count, _oversold_vouchers),
        Check("I8", "events", GatewayEvent.objects.count, lambda: _broken_events(now)),
        Check("I12", "papers", Document.objects.count, _untrue_papers),
    )


def broken_invariants() -> Iterator[str]:
    """One sentence for each order, payment, event or paper that contradicts itself."""
    yield from sentences(invariant_checks())


def _broken_payments() -> Iterator[str]:
    yield from _refunds_beyond_capture()
    yield from _objects_entered_twice()


def _broken_orders() -> Iterator[str]:
    yield from _money_without_order()
    yield from _lines_without_grant()
    yield from _orders_beside_their_lines()
    yield from _lost_gifts()


def _untrue_papers() -> Iterator[str]:
    yield from _receipts()
    yield from broken_documents()


def _objects_entered_twice() -> Iterator[str]:
    """What a gateway names once has moved money once, whichever payment it was entered under."""
    named = MoneyEntry.objects.values("payment__gateway", "kind", "object_id")
    twice = named.annotate(times=Count("pk")).filter(times__gt=1).order_by("object_id", "kind")
    for each in twice:
        yield (
            f"{each['payment__gateway']} {each['object_id']} ({each['kind']}) is entered "
            f"{each['times']} times."
        )


def _broken_events(now: datetime | None) -> Iterator[str]:
    """An event is kept as it came, acted on at most once, and not forgotten."""
    State = GatewayEvent.State  # noqa: N806 (a class)
    waits = Q(state__in=[State.RECEIVED, State.FAILED])
    odd = ~waits & (Q(processed_at=None) | Q(processed_at__lt=F("received_at")))
    if now is not None:
        odd |= waits & Q(received_at__lt=now - STUCK)
    for event in by_key(GatewayEvent.objects.filter(odd).defer("raw")):
        yield f"Event {event} of {event.received_at:%Y-%m-%d %H:%M} UTC is {event.state}."
    for event in by_key(GatewayEvent.objects.filter(raw=b"")):
        yield f"Event {event} is not kept as it came."


def _money_without_order() -> Iterator[str]:
    """An order is paid exactly if its whole total was captured once."""
    orders = Order.objects.annotate(captured=Coalesce(_CAPTURED, 0))
    wrong = orders.filter(
        Q(state=Order.State.PAID) & ~Q(captured=F("total"))
        | ~Q(state=Order.State.PAID) & Q(captured__gt=0)
    )
    for order in by_key(wrong):
        captured, total = Money(order.captured, order.currency), Money(order.total, order.currency)
        yield f"Order {order.number} of {total} is {order.state}, but {captured} were captured."


def _refunds_beyond_capture() -> Iterator[str]:
    """A refund never exceeds what was captured."""
    captures, refunds = Q(money__kind="capture"), Q(money__kind="refund")
    payments = Payment.objects.annotate(
        captured=Coalesce(Sum("money__amount", filter=captures), 0),
        refunded=Coalesce(Sum("money__amount", filter=refunds), 0),
    )
    for payment in by_key(payments.filter(captured__lt=-F("refunded"))):
        more = Money(-payment.refunded - payment.captured, payment.currency)
        yield f"Payment {payment} gave back {more} more than it had taken."


def _lines_without_grant() -> Iterator[str]:
    """A paid line gave its buyer access; gifts and seats are given out by themselves."""
    lines = OrderLine.objects.filter(order__state=Order.State.PAID, gift_to="", grants=None)
    for line in by_key(lines.exclude(kind="seats").select_related("order")):
        yield f"Order {line.order.number} is paid, but its line {line.position} gave no access."


def _receipts() -> Iterator[str]:
    """What a buyer was told is what is stored."""
    receipts = Q(documents__kind=Document.Kind.RECEIPT)
    orders = Order.objects.filter(state=Order.State.PAID).annotate(
        receipts=Count("documents", filter=receipts),
        told=Max("documents__total", filter=receipts),
    )
    for order in by_key(orders.exclude(receipts=1, told=F("total"))):
        yield f"Order {order.number} is paid, but has no receipt of its total."


def _lost_gifts() -> Iterator[str]:
    """A paid gift waits, was opened, or was canceled: it is never nowhere."""
    lines = OrderLine.objects.filter(order__state=Order.State.PAID, gift=None).exclude(gift_to="")
    for line in by_key(lines.select_related("order")):
        yield f"Order {line.order.number} is paid, but the gift of line {line.position} is missing."


def _oversold_vouchers() -> Iterator[str]:
    """A code is never used more often than its limit, also of orders that wait."""
    uses = Count("uses", filter=Q(uses__released_at=None))
    for voucher in by_key(Voucher.objects.annotate(used=uses).filter(used__gt=F("limit"))):
        yield f"Voucher {voucher.code} is used {voucher.used} times, its limit is {voucher.limit}."


def _orders_beside_their_lines() -> Iterator[str]:
    """What a buyer agreed to is the sum of the lines, to the cent."""
    for name in ("net", "discount", "tax"):
        summed = Order.objects.annotate(summed=Coalesce(Sum(f"lines__{name}"), 0))
        for order in by_key(summed.exclude(summed=F(name))):
            yield f"Order {order.number} has lines whose {name} does not sum to its own."
