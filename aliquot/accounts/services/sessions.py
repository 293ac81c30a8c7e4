"""Signing somebody out on every device, when a device is lost or the wrong person got in."""

from django.db import transaction

from aliquot.accounts.adapters.sessions import end_all_sessions
from aliquot.accounts.models import User
from aliquot.infra import audit


@transaction.atomic
def end_sessions(*, person: User, actor_id: int | None) -> int:
    """End every session of the person; returns how many there were. None is no deed.

    The password, factors and API tokens stay: whoever knows them signs in again.
    """
    ended = end_all_sessions(person)
    if ended:
        audit.record(
            action="person.sessions_ended",
            actor_id=actor_id,
            subject=person,
            details={"sessions_ended": ended},
        )
    return ended
