"""Deeds about the calendar feed: a new secret address, and none any more."""

import secrets
from datetime import datetime

from django.db import transaction

from aliquot.accounts.models import User
from aliquot.credentials.access import hash_of_token
from aliquot.credentials.models import CalendarFeed
from aliquot.infra import audit
from aliquot.lib.errors import ConflictError

TOKEN_BYTES = 32


class FeedChangedError(ConflictError):
    """The address was made or renewed meanwhile: the new one was shown where that happened."""

    code = "calendar_feed_changed"


@transaction.atomic
def renew_calendar_feed(
    *, person: User, replaces: datetime | None, now: datetime, actor_id: int
) -> str:
    """Make a secret address and return its token, to be shown once: only its hash is kept.

    The address before stops working at once. ``replaces`` says when that one was made, None if
    there was none: the same request sent twice would otherwise take away the address that the
    first one showed. FeedChangedError then.
    """
    person = User.objects.select_for_update().get(pk=person.pk)
    row = CalendarFeed.objects.filter(person=person).first()
    if (row.created_at if row else None) != replaces:
        raise FeedChangedError(
            "The address was changed a moment ago. Make a new one if you did not keep it."
        )
    token = secrets.token_urlsafe(TOKEN_BYTES)
    row = row or CalendarFeed(person=person)
    row.token_hash, row.created_at = hash_of_token(token), now
    row.save()
    audit.record(action="credential.calendar_feed_made", actor_id=actor_id, subject=row)
    return token


@transaction.atomic
def switch_off_calendar_feed(*, person: User, actor_id: int) -> None:
    """The address answers nothing from now on; calendars that read it keep what they have."""
    row = CalendarFeed.objects.select_for_update().filter(person=person).first()
    if row is None:
        return
    audit.record(action="credential.calendar_feed_switched_off", actor_id=actor_id, subject=row)
    row.delete()
