"""Gifts: those of an order, those that are due, and the one that a code opens."""

import hashlib
from datetime import datetime, timedelta

from django.db.models import QuerySet

from aliquot.accounts.models import User
from aliquot.commerce.models import Gift, Order
from aliquot.commerce.rules.gifts import goes_at
from aliquot.lib import codes

_EARTH = timedelta(days=1)  # no zone is further ahead of UTC


def gift_code_hash(text: str) -> str:
    """What is kept of a code, however it was typed. 140 random bits need no salt."""
    return hashlib.sha256(codes.tidy(text).encode()).hexdigest()


def gift_by_code(text: str) -> Gift | None:
    """The gift that a code belongs to, opened or not."""
    rows = Gift.objects.select_related("line__order__person", "opened_by")
    return rows.filter(code_hash=gift_code_hash(text), sent_at__isnull=False).first()


def gifts_of(order: Order) -> QuerySet[Gift]:
    """The gifts of a paid order, in the order of its lines."""
    return Gift.objects.filter(line__order=order).select_related("line").order_by("line__position")


def gifts_by(person: User) -> QuerySet[Gift]:
    """Everything that a person has given, the newest first."""
    return (
        Gift.objects.filter(line__order__person=person)
        .select_related("line__order")
        .order_by("-line__order__paid_at", "line__position")
    )


def gifts_opened_by(person: User) -> QuerySet[Gift]:
    """Everything that somebody else gave a person, once it was opened."""
    return Gift.objects.filter(opened_by=person).select_related("line__order")


def gifts_to_send(now: datetime) -> list[Gift]:
    """Gifts whose morning has come in their giver's zone, and that were not sent yet."""
    waiting = Gift.objects.filter(
        sent_at=None, canceled_at=None, send_on__lte=(now + _EARTH).date()
    ).select_related("line__order")
    return [
        gift
        for gift in waiting.order_by("pk")
        if goes_at(gift.send_on, gift.line.order.time_zone) <= now
    ]
