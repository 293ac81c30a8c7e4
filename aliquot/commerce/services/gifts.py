"""Gifts: promised when their order is paid, sent on their day, opened once.

The code is in the mail and nowhere else: of it only a hash is kept, so sending again makes a new
code, and the old one stops working.
"""

import secrets
from datetime import date, datetime

from django.db import transaction

from aliquot.accounts.models import User
from aliquot.commerce.errors import GiftRefusedError
from aliquot.commerce.models import CartItem, Gift, LineGrant, OrderLine
from aliquot.commerce.queries.gifts import gift_code_hash
from aliquot.infra import audit, outbox
from aliquot.lib.codes import SYMBOLS, grouped
from aliquot.lib.dates import day_in_zone

_LENGTH = 28  # of 32 symbols each: 140 bits


def promise_gift(*, line: OrderLine, now: datetime) -> Gift:
    """Write down the gift of a paid line; asked again, the same. A past day is today."""
    today = day_in_zone(now, line.order.time_zone)
    gift, is_new = Gift.objects.get_or_create(
        line=line,
        defaults={
            "code_hash": gift_code_hash(_new_code()),  # of a code that nobody knows
            "to": line.gift_to,
            "message": line.gift_message,
            "send_on": max(line.gift_on or today, today),
        },
    )
    if is_new:
        audit.record(action="gift.promised", actor_id=line.order.person_id, subject=gift)
    return gift


@transaction.atomic
def send_gift(gift: Gift, *, now: datetime) -> bool:
    """Send a gift on its day, once; False if it was sent or canceled meanwhile."""
    gift = _locked(gift)
    if gift.sent_at is not None or gift.canceled_at is not None:
        return False
    _send(gift, now)
    audit.record(action="gift.sent", actor_id=None, subject=gift)
    return True


@transaction.atomic
def send_gift_again(*, gift: Gift, to: str, actor_id: int, now: datetime) -> Gift:
    """Its giver names the address, the same or another; the code that was sent before ends.

    A gift whose day has not come only changes its address. Raises GiftRefusedError for one that
    was opened or canceled.
    """
    gift = _locked(gift)
    _refuse_ended(gift)
    gift.to = to
    gift.save(update_fields=["to"])
    if gift.sent_at is not None:
        _send(gift, now)
    audit.record(action="gift.sent_again", actor_id=actor_id, subject=gift)
    return gift


def lock_gift(gift: Gift) -> Gift:
    """The row as it is now, locked; its order is locked before it. Raises GiftRefusedError."""
    return _locked(gift)


def mark_gift_opened(*, gift: Gift, person: User, grant: LineGrant, now: datetime) -> Gift:
    """A locked gift belongs to whoever opened it."""
    _refuse_ended(gift)
    gift.opened_at, gift.opened_by, gift.grant = now, person, grant
    gift.save(update_fields=["opened_at", "opened_by", "grant"])
    audit.record(action="gift.opened", actor_id=person.pk, subject=gift)
    return gift


@transaction.atomic
def set_cart_gift(
    *, item: CartItem, to: str, message: str, on: date | None, now: datetime
) -> CartItem:
    """Make a thing in the cart a gift, or with an empty ``to`` one's own again."""
    if to and item.product.kind == "seats":
        raise GiftRefusedError("Seats are given out by the laboratory; they cannot be a gift.")
    twin = CartItem.objects.filter(
        cart_id=item.cart_id, product=item.product_id, course=item.course_id, gift_to=to
    ).exclude(pk=item.pk)
    if twin.exists():
        whom = to or "yourself"
        raise GiftRefusedError(f"The same thing for {whom} is in your cart already.")
    item.gift_to, item.gift_message, item.gift_on = to, message if to else "", on if to else None
    item.save(update_fields=["gift_to", "gift_message", "gift_on"])
    item.cart.changed_at = now
    item.cart.save(update_fields=["changed_at"])
    return item


def _locked(gift: Gift) -> Gift:
    Gift.objects.select_for_update(of=("self",)).get(pk=gift.pk)
    return Gift.objects.select_related("line__order", "opened_by").get(pk=gift.pk)


def _refuse_ended(gift: Gift) -> None:
    if gift.opened_at is not None:
        raise GiftRefusedError("This gift was opened already.")
    if gift.canceled_at is not None:
        raise GiftRefusedError("This gift was canceled: its order was paid back.")


def _send(gift: Gift, now: datetime) -> None:
    code = _new_code()
    gift.code_hash, gift.sent_at = gift_code_hash(code), now
    gift.save(update_fields=["code_hash", "sent_at"])
    outbox.send_template(
        to=gift.to,
        template="commerce/mail/gift",
        context={
            "giver": gift.line.order.buyer["name"],
            "title": gift.line.title,
            "days": gift.line.term_days,
            "message": gift.message,
            "code": grouped(code),
        },
    )


def _new_code() -> str:
    return "".join(secrets.choice(SYMBOLS) for _ in range(_LENGTH))
