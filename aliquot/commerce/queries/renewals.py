"""Renewals that are on, and the subscription that could be renewed."""

from django.db.models import QuerySet

from aliquot.accounts.models import User
from aliquot.commerce.models import LineGrant, Order, Renewal

_KEY = "renewal-"


def renewals_on() -> QuerySet[Renewal]:
    """Every renewal that is switched on and not done."""
    return (
        Renewal.objects.filter(switched_off_at=None, renewed_by=None)
        .select_related("person", "order", "product")
        .order_by("pk")
    )


def renewal_of(person: User) -> Renewal | None:
    """The renewal that a person has switched on."""
    return renewals_on().filter(person=person).first()


def renewal_order(renewal: Renewal) -> Order | None:
    """The order that was placed for a renewal."""
    rows = Order.objects.filter(person_id=renewal.person_id, key=renewal_key(renewal))
    return rows.select_related("person").first()


def renewal_of_order(order: Order) -> Renewal | None:
    """The renewal that an order was placed for; None for an order that a person placed."""
    start, _, number = order.key.rpartition(_KEY)
    if start or not number.isdecimal():
        return None
    rows = Renewal.objects.filter(person_id=order.person_id, pk=int(number))
    return rows.select_related("person", "product").first()


def renewal_key(renewal: Renewal) -> str:
    """The key that makes a renewal one order, however often it is tried."""
    return f"{_KEY}{renewal.pk}"


def bought_subscription(person: User) -> LineGrant | None:
    """The newest subscription that a person bought for themselves and still has."""
    return (
        LineGrant.objects.filter(
            line__kind="subscription",
            line__gift_to="",
            line__order__person=person,
            line__order__state=Order.State.PAID,
            entitlement__withdrawn_at=None,
        )
        .select_related("line__order", "line__product", "entitlement")
        .order_by("-entitlement__ends_at", "-pk")
        .first()
    )


def saved_method_before(person: User, gateway: str) -> str:
    """The saved card of an earlier renewal at this gateway."""
    rows = Renewal.objects.filter(person=person, gateway=gateway).order_by("-pk")
    return rows.values_list("method_reference", flat=True).first() or ""
