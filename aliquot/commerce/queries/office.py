"""Reads of the shop for staff: finding an order, and all that happened to it."""

from typing import Any

from django.db.models import Count, Q, QuerySet

from aliquot.accounts.models import User
from aliquot.commerce.models import (
    Document,
    GatewayEvent,
    Order,
    Payment,
    Product,
    ShopSettings,
    Voucher,
)
from aliquot.infra.models import AuditEntry, OutboxMail


def all_products() -> QuerySet[Product]:
    """Every product, also those not sold now, in the order of the shop."""
    return Product.objects.select_related("course").order_by("position", "pk")


def settings_row() -> ShopSettings | None:
    """What was set; None before anything was."""
    return ShopSettings.objects.order_by("pk").first()


def orders_matching(words: str, *, unpaid: bool = False) -> QuerySet[Order]:
    """Orders whose number, buyer's address or payment at a gateway begins so, newest first.

    Without words every order; ``unpaid``: of these, only those that wait for their money. Letters
    of a number and of an address may be small or capital.
    """
    found = Order.objects.select_related("person").order_by("-placed_at", "-pk")
    if unpaid:
        found = found.filter(state=Order.State.PLACED)
    return found.filter(pk__in=_named(words)) if words else found


def _named(words: str) -> QuerySet[Any, Any]:
    """Ids of the orders that words name. One question for each way to name them: PostgreSQL answers
    each by an index (but for the buyer's address); of all in one it would read every table whole.
    """
    payments = Payment.objects.filter(
        Q(provider_id__startswith=words) | Q(charge_id__startswith=words)
    )
    people = User.objects.filter(email__startswith=words.lower())
    first, *others = (
        Order.objects.filter(number__startswith=words.upper()).values("pk"),
        Order.objects.filter(person__in=people).values("pk"),
        Order.objects.filter(buyer__email__istartswith=words).values("pk"),
        Document.objects.filter(number=words.upper()).values("order"),
        payments.values("order"),
    )
    return first.union(*others)


def all_vouchers() -> QuerySet[Voucher]:
    """Every code, the newest first, each with ``used``: the uses that count."""
    counted = Count("uses", filter=Q(uses__released_at=None))
    return Voucher.objects.select_related("product").annotate(used=counted).order_by("-pk")


def events_of(order: Order) -> QuerySet[GatewayEvent]:
    """What gateways told of an order's payments."""
    names = order.payments.values_list("provider_id", "charge_id")
    known = {name for pair in names for name in pair if name}
    return GatewayEvent.objects.filter(object_id__in=known).defer("raw").order_by("-received_at")


def mails_of(order: Order) -> QuerySet[OutboxMail]:
    """Mails that name the order, by its number."""
    named = Q(subject__contains=order.number) | Q(text__contains=order.number)
    return OutboxMail.objects.filter(named, created_at__gte=order.placed_at).order_by("-pk")


def deeds_on(order: Order) -> QuerySet[AuditEntry]:
    """The audit of the order itself and of its payments, refunds and documents."""
    about = Q(object_type="commerce.order", object_id=str(order.pk))
    for kind, rows in (
        ("payment", order.payments),
        ("refund", order.refunds),
        ("document", order.documents),
    ):
        keys = [str(pk) for pk in rows.values_list("pk", flat=True)]
        about |= Q(object_type=f"commerce.{kind}", object_id__in=keys)
    return AuditEntry.objects.filter(about).order_by("-id")
