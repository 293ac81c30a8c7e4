"""Orders and what money did with them: paid is always a sum of entries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet, Sum

from aliquot.accounts.models import User
from aliquot.commerce.models import LineGrant, MoneyEntry, Order, OrderLine, Refund
from aliquot.lib.money import Money

_IN = ("capture", "chargeback_won")


@dataclass(frozen=True, slots=True)
class OrderMoney:
    """What came in for an order and what went back."""

    captured: Money
    given_back: Money

    @property
    def paid(self) -> Money:
        """What the seller still has (I2)."""
        return self.captured - self.given_back


def orders_of(person: User) -> QuerySet[Order]:
    """A person's orders, the newest first, with their lines."""
    return Order.objects.filter(person=person).order_by("-placed_at", "-pk")


def order_by_key(person: User, key: str) -> Order | None:
    """The order that a checkout has placed."""
    return Order.objects.filter(person=person, key=key).select_related("person").first()


def unfinished_orders(person: User, *, page_key: str, but: Order) -> list[Order]:
    """Checkouts that a new one replaces: online ones unpaid, and others of the same page."""
    waiting = Order.objects.filter(person=person, state=Order.State.PLACED, renews=None)
    same_page = Q(key__startswith=f"{page_key}:")
    online = Q(lapses_at__isnull=False)  # only what is paid online lapses
    return list(waiting.filter(same_page | online).exclude(pk=but.pk).order_by("pk"))


def last_buyer(person: User) -> dict[str, str]:
    """What a person said of themselves as a buyer last time; nothing before the first order."""
    row = orders_of(person).values_list("buyer", flat=True).first()
    return dict(row) if row else {}


def order_by_number(number: str) -> Order | None:
    """An order by its number as people type it."""
    tidy = number.strip().upper()
    return Order.objects.filter(number=tidy).select_related("person").first()


def money_of(order: Order) -> OrderMoney:
    """The sums of an order's money entries."""
    sums = MoneyEntry.objects.filter(order=order).values_list("kind").annotate(Sum("amount"))
    amounts: dict[str, int] = dict(sums)
    back = -sum(amount for kind, amount in amounts.items() if kind not in _IN)
    return OrderMoney(
        captured=Money(sum(amounts.get(kind, 0) for kind in _IN), order.currency),
        given_back=Money(back, order.currency),
    )


def money_states(orders: Sequence[Order]) -> dict[int, str]:
    """The state of each order with what became of its money: also ``back`` and ``part_back``.

    By what the seller still has: a second payment that went back changes nothing.
    """
    sums = MoneyEntry.objects.filter(order__in=orders).values_list("order").annotate(Sum("amount"))
    held: dict[int, int] = dict(sums)
    return {order.pk: _money_state(order, held.get(order.pk, 0)) for order in orders}


def _money_state(order: Order, held: int) -> str:
    if order.state != Order.State.PAID or held >= order.total:
        return order.state
    return "part_back" if held > 0 else "back"


def upgradeable_pack(person: User, *, now: datetime) -> LineGrant | None:
    """The hour pack whose price is set off when its buyer takes a subscription instead.

    It was bought, not given, and it runs or waits; of several the newest counts.
    """
    return (
        LineGrant.objects.filter(
            line__kind="pack",
            line__order__person=person,
            line__gift_to="",
            entitlement__withdrawn_at=None,
            entitlement__ends_at__gt=now,
        )
        .select_related("line__order", "entitlement")
        .order_by("-granted_at", "-pk")
        .first()
    )


def given_back_of_line(line: OrderLine) -> Money:
    """What was paid back of one line."""
    cents = sum(
        int(part["amount"])
        for refund in line.order.refunds.filter(state=Refund.State.SUCCEEDED)
        for part in refund.lines
        if part["line"] == line.position
    )
    return Money(cents, line.order.currency)


def has_captured(order: Order) -> bool:
    """Whether any payment of the order was captured."""
    return MoneyEntry.objects.filter(order=order, kind=MoneyEntry.Kind.CAPTURE).exists()
