"""Events of gateways are kept for a while after they were dealt with; one that waits, for ever."""

from datetime import datetime, timedelta

import pytest

from aliquot.commerce.models import GatewayEvent
from aliquot.commerce.services import prune_events
from aliquot.commerce.services.events import KEPT

pytestmark = pytest.mark.django_db
State = GatewayEvent.State


def event(name: str, state: str, received_at: datetime, processed_at: datetime | None) -> None:
    GatewayEvent.objects.create(
        gateway="stripe",
        event_id=name,
        kind="charge.updated",
        object_id="ch_1",
        raw=b"{}",
        received_at=received_at,
        state=state,
        processed_at=processed_at,
    )


def test_only_what_was_dealt_with_long_ago_goes(now: datetime) -> None:
    old, second = now - KEPT, timedelta(seconds=1)
    for state in (State.APPLIED, State.IGNORED, State.REFUSED):
        event(f"{state} before", state, old - second, old - second)
        event(f"{state} at", state, old - second, old)
    event("waits", State.RECEIVED, old - KEPT, None)
    event("failed", State.FAILED, old - KEPT, old - KEPT)
    assert prune_events(now=now) == 3
    assert sorted(GatewayEvent.objects.values_list("event_id", flat=True)) == [
        "applied at", "failed", "ignored at", "refused at", "waits",
    ]  # fmt: skip
    assert prune_events(now=now) == 0
