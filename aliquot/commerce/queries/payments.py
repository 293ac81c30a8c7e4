"""Payments to look at: by what a gateway calls them, still open, paid twice; both sides' books."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Q, QuerySet, Sum

from aliquot.commerce.models import GatewayEvent, MoneyEntry, Order, Payment, Reconciliation
from aliquot.lib.money import Money

DAILY_KINDS = (
    MoneyEntry.Kind.CAPTURE,
    MoneyEntry.Kind.REFUND,
    MoneyEntry.Kind.CHARGEBACK,
)
UNSETTLED = (Payment.State.ASKED, Payment.State.OPEN)


def payment_called(gateway: str, object_id: str) -> Payment | None:
    """The payment that a gateway calls so, or whose charge it calls so; None for any other."""
    return payments_called(gateway, [object_id]).first() if object_id else None


def payments_called(gateway: str, object_ids: Iterable[str]) -> QuerySet[Payment]:
    """All payments that a gateway calls so, or whose charges."""
    names = [each for each in object_ids if each]
    named = Q(provider_id__in=names) | Q(charge_id__in=names)
    return Payment.objects.filter(named, gateway=gateway).select_related("order").order_by("pk")


def open_payments(gateway: str) -> QuerySet[Payment]:
    """Payments of which the last word is not spoken."""
    return (
        Payment.objects.filter(gateway=gateway, state__in=UNSETTLED)
        .select_related("order")
        .order_by("pk")
    )


def unanswered_charges(gateway: str, currency: str, *, before: datetime) -> list[str]:
    """A sentence for each charge of a saved card that was asked for before and has no answer."""
    rows = Payment.objects.filter(
        gateway=gateway, currency=currency, state=Payment.State.ASKED, opened_at__lt=before
    )
    return [
        f"Order {each.order.number}: a charge of {Money(each.amount, each.currency)} was asked for "
        f"on {each.opened_at:%Y-%m-%d}, and there is no answer."
        for each in rows.select_related("order").order_by("pk")
    ]


def double_payments_to_return() -> QuerySet[Payment]:
    """Payments of orders that were paid already, whose money is still here."""
    return (
        Payment.objects.filter(state=Payment.State.DOUBLE)
        .annotate(left=Sum("money__amount"))
        .filter(left__gt=0)
        .select_related("order")
        .order_by("pk")
    )


def orders_to_lapse(now: datetime) -> QuerySet[Order]:
    """Orders that were not paid in time."""
    return Order.objects.filter(state=Order.State.PLACED, lapses_at__lte=now).order_by("pk")


def gateways_of_open_payments() -> list[str]:
    """Gateways at which something is open, also ones that are not offered any more."""
    rows = Payment.objects.filter(state__in=UNSETTLED)
    return sorted(set(rows.values_list("gateway", flat=True)))


def events_to_process(before: datetime) -> QuerySet[GatewayEvent]:
    """Events received before a moment about which nothing was decided yet."""
    waiting = (GatewayEvent.State.RECEIVED, GatewayEvent.State.FAILED)
    return GatewayEvent.objects.filter(state__in=waiting, received_at__lt=before).order_by("pk")


def entries_between(gateway: str, start: datetime, end: datetime) -> QuerySet[MoneyEntry]:
    """Our entries of money that moved at a gateway from ``start`` until before ``end``."""
    return MoneyEntry.objects.filter(
        payment__gateway=gateway,
        kind__in=DAILY_KINDS,
        occurred_at__gte=start,
        occurred_at__lt=end,
    ).select_related("order")


def entries_called(gateway: str, object_ids: Iterable[str]) -> QuerySet[MoneyEntry]:
    """Our entries of what a gateway calls so, whenever they were."""
    return MoneyEntry.objects.filter(
        payment__gateway=gateway, kind__in=DAILY_KINDS, object_id__in=list(object_ids)
    ).select_related("order")


def reconciliations() -> QuerySet[Reconciliation]:
    """The daily comparison of our books with the gateways', the newest day first."""
    return Reconciliation.objects.order_by("-day", "gateway", "currency")


def days_compared(gateway: str, since: date) -> set[date]:
    """The days from ``since`` on that were compared."""
    rows = Reconciliation.objects.filter(gateway=gateway, day__gte=since)
    return set(rows.values_list("day", flat=True))
