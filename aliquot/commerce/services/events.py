"""Events of gateways: kept raw before anything is done about them, acted on at most once (I8)."""

from datetime import datetime, timedelta

from django.db import transaction

from aliquot.commerce.facts import Happened
from aliquot.commerce.models import GatewayEvent

KEPT = timedelta(days=400)  # after it was dealt with: longer than a year of books, for questions
_SETTLED = (GatewayEvent.State.APPLIED, GatewayEvent.State.IGNORED, GatewayEvent.State.REFUSED)


@transaction.atomic
def store_event(
    *, gateway: str, happened: Happened, raw: bytes, now: datetime
) -> tuple[GatewayEvent, bool]:
    """Keep an event as it came in, and whether it is new: its id is unique per gateway.

    It is its own record, so there is no audit row; what follows from it has one.
    """
    return GatewayEvent.objects.get_or_create(
        gateway=gateway,
        event_id=happened.event_id,
        defaults={
            "kind": happened.kind[:80],
            "object_id": happened.object_id,
            "raw": raw,
            "received_at": now,
        },
    )


@transaction.atomic
def note_event(*, event: GatewayEvent, state: str, now: datetime, outcome: str = "") -> None:
    """What became of an event; one that was applied stays so."""
    GatewayEvent.objects.filter(pk=event.pk).exclude(state=GatewayEvent.State.APPLIED).update(
        state=state, outcome=outcome, processed_at=now
    )


@transaction.atomic
def prune_events(*, now: datetime) -> int:
    """Delete events long after they were dealt with; returns how many.

    One about which nothing was decided stays however old. What an event led to is in the books and
    stays; the same event sent again would be refused as too old, and enter nothing twice.
    """
    old = GatewayEvent.objects.filter(state__in=_SETTLED, processed_at__lt=now - KEPT)
    return old.delete()[0]
