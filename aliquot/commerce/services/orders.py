"""Orders: placing one, ending it unpaid, writing down what a paid line granted."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from aliquot.accounts.models import User
from aliquot.catalog.models import Course
from aliquot.commerce.errors import OrderEndedError
from aliquot.commerce.facts import Quote
from aliquot.commerce.models import LineGrant, Order, OrderLine, Product, VoucherUse
from aliquot.infra import audit
from aliquot.learning.models import Entitlement
from aliquot.lib.codes import SYMBOLS

_NUMBER_LENGTH = 8


@dataclass(frozen=True, slots=True)
class Chosen:
    """What belongs to a line of a quote beside its price."""

    product: Product
    course: Course | None = None
    course_codes: tuple[str, ...] = ()
    gift_to: str = ""
    gift_message: str = ""
    gift_on: date | None = None


@transaction.atomic
def place_order(
    *,
    person: User,
    key: str,
    quote: Quote,
    chosen: Sequence[Chosen],
    gateway: str,
    is_live: bool,
    buyer: Mapping[str, Any],
    terms_version: str,
    now: datetime,
    lapses_at: datetime | None,
    actor_id: int | None,
    purchase_order_number: str = "",
    keeps_card: bool = False,
    renews: Order | None = None,
    upgrades: Order | None = None,
) -> Order:
    """Write down what somebody agreed to buy. The same ``key`` of a person gives the same order.

    ``chosen`` stands beside the lines of the quote. Nothing is granted before it is paid.
    """
    person = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    existing = Order.objects.filter(person=person, key=key).first()
    if existing is not None:
        return existing
    order = Order.objects.create(
        number=_new_number(),
        person=person,
        key=key,
        state=Order.State.PLACED,
        gateway=gateway,
        is_live=is_live,
        **_sums(quote),
        buyer=dict(buyer),
        time_zone=person.time_zone,
        purchase_order_number=purchase_order_number,
        keeps_card=keeps_card,
        terms_version=terms_version,
        placed_at=now,
        lapses_at=lapses_at,
        renews=renews,
        upgrades=upgrades,
    )
    OrderLine.objects.bulk_create(_lines(order, quote, chosen))
    audit.record(
        action="order.placed",
        actor_id=actor_id,
        subject=order,
        details={
            "number": order.number,
            "total": str(quote.total),
            "gateway": gateway,
            "terms": terms_version,
        },
    )
    return order


@transaction.atomic
def end_order(*, order: Order, state: str, actor_id: int | None, now: datetime) -> Order:
    """Cancel an order or let it lapse; a voucher it had taken is free again.

    Safe to repeat. Raises OrderEndedError when it was paid.
    """
    order = lock_order(order)
    if order.state in {Order.State.CANCELED, Order.State.LAPSED}:
        return order
    if order.state == Order.State.PAID:
        raise OrderEndedError("This order is paid. Ask for a refund instead.")
    order.state, order.ended_at = state, now
    order.save(update_fields=["state", "ended_at"])
    VoucherUse.objects.filter(order=order, released_at=None).update(released_at=now)
    audit.record(action=f"order.{state}", actor_id=actor_id, subject=order)
    return order


def lock_order(order: Order) -> Order:
    """The row as it is now, locked until the transaction ends. Locked before all that is its own:
    order, then payments and refunds, then entitlements.
    """
    Order.objects.select_for_update().get(pk=order.pk)
    return Order.objects.select_related("person").get(pk=order.pk)


def mark_paid(*, order: Order, now: datetime) -> Order:
    """A locked order becomes paid, also one that had lapsed: the money is there."""
    order.state, order.paid_at, order.ended_at = Order.State.PAID, now, None
    order.save(update_fields=["state", "paid_at", "ended_at"])
    audit.record(action="order.paid", actor_id=None, subject=order)
    return order


def grant_line(
    *, line: OrderLine, course: Course | None, entitlement: Entitlement, now: datetime
) -> LineGrant:
    """Write down which entitlement a paid line granted; a constraint keeps it at one."""
    return LineGrant.objects.create(
        line=line, course=course, entitlement=entitlement, granted_at=now
    )


def _sums(quote: Quote) -> dict[str, Any]:
    return {
        "currency": quote.currency,
        "net": quote.net.cents,
        "discount": quote.discount.cents,
        "tax": quote.tax.cents,
        "total": quote.total.cents,
        "tax_source": quote.tax_source,
        "tax_calculation": quote.tax_calculation,
    }


def _new_number() -> str:
    """Random, so that it tells nobody how many orders there are; read aloud without mistakes."""
    text = "".join(secrets.choice(SYMBOLS) for _ in range(_NUMBER_LENGTH))
    return f"{text[:4]}-{text[4:]}"


def _lines(order: Order, quote: Quote, chosen: Sequence[Chosen]) -> list[OrderLine]:
    return [
        OrderLine(
            order=order,
            position=position,
            product=each.product,
            kind=line.item.kind,
            title=line.item.title,
            course=each.course,
            course_codes=list(each.course_codes),
            term_days=each.product.term_days,
            hours=each.product.hours,
            quantity=line.item.quantity,
            unit_amount=line.item.unit.cents,
            discount=line.discount.cents,
            net=line.net.cents,
            tax=line.tax.cents,
            tax_percent=line.tax_percent,
            tax_jurisdiction=line.tax_name,
            tax_code=line.item.tax_code,
            gift_to=each.gift_to,
            gift_message=each.gift_message,
            gift_on=each.gift_on,
        )
        for position, (line, each) in enumerate(zip(quote.lines, chosen, strict=True))
    ]
