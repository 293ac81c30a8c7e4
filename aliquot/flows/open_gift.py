"""Opening a gift: whoever has the code gets what its giver bought, once."""

from datetime import datetime, timedelta

from aliquot.accounts.models import User
from aliquot.commerce import queries
from aliquot.commerce.errors import GiftRefusedError
from aliquot.commerce.models import Gift, Order
from aliquot.commerce.services.gifts import lock_gift, mark_gift_opened
from aliquot.commerce.services.orders import lock_order
from aliquot.flows.grant_order import grant_line_to
from aliquot.infra import audit, limits

TRIES, PERIOD = 30, timedelta(hours=1)
UNKNOWN = (
    "No gift has this code. Check it letter by letter; if the gift was sent to you more than once, "
    "only the code of the newest mail works."
)


def look_at_gift(person: User, code: str, *, now: datetime) -> Gift:
    """The gift of a code. Every look counts, so that codes cannot be guessed.

    Raises GiftRefusedError with the reason, also for one that somebody else has opened, and
    TooManyRequestsError; call it outside of a transaction.
    """
    limits.check(scope="gift", key=str(person.pk), limit=TRIES, period=PERIOD, now=now)
    gift = queries.gift_by_code(code)
    if gift is None:
        raise GiftRefusedError(UNKNOWN)
    if gift.canceled_at is not None:
        raise GiftRefusedError("This gift was canceled: its order was paid back.")
    if gift.opened_at is not None and gift.opened_by != person:
        raise GiftRefusedError("This gift was opened already.")
    return gift


def open_gift(person: User, code: str, *, now: datetime) -> Gift:
    """Give what a code holds to the person who opens it; opened again by them, nothing changes.

    Raises GiftRefusedError and TooManyRequestsError.
    """
    gift = look_at_gift(person, code, now=now)
    with audit.story(action="gift.opened", actor_id=person.pk, subject=gift):
        order = lock_order(gift.line.order)
        gift = lock_gift(gift)
        if gift.code_hash != queries.gift_code_hash(code):  # sent again in this very moment
            raise GiftRefusedError(UNKNOWN)
        if gift.opened_by == person:
            return gift
        if gift.opened_at is not None or order.state != Order.State.PAID:
            raise GiftRefusedError("This gift was opened already.")
        grants = grant_line_to(person, gift.line, source="gift", now=now)
        return mark_gift_opened(gift=gift, person=person, grant=grants[0], now=now)
