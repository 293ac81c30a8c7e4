"""Credit of a completion, and taking credit back by reversing entries."""

from datetime import datetime

from django.db import transaction

from aliquot.infra import append_only, audit, rows
from aliquot.infra.database import joined
from aliquot.learning.models import Completion
from aliquot.ledger.errors import AlreadyReversedError
from aliquot.ledger.models import Activity, CreditEntry


@joined
def record_completion_credit(
    *,
    completion: Completion,
    provider_name: str,
    approvals: list[str],
    now: datetime,
    is_new: bool = False,
) -> Activity:
    """Enter what a completion earned: one credit entry per subject area of the course version.

    ``approvals`` are the kinds valid on the completion date; an empty list says "none", which some
    bodies refuse. Entering the same completion again returns the first activity; ``is_new`` says
    that this transaction made the completion, so nobody can have entered it.
    """
    existing = None if is_new else Activity.objects.filter(completion=completion).first()
    if existing is not None:
        return existing
    activity = rows.insert(
        Activity(
            person_id=completion.person_id,
            origin=Activity.Origin.COMPLETION,
            completion=completion,
            title=completion.version.title,
            provider_name=provider_name,
            completed_on=completion.completed_on,
            kind="contact_hours",
            approvals=sorted(set(approvals)),
            recorded_at=now,
        )
    )
    rows.insert_all(
        [
            CreditEntry(
                activity=activity,
                person_id=completion.person_id,
                part=position,
                areas=[subject.area],
                amount=subject.hours,
                recorded_at=now,
            )
            for position, subject in enumerate(completion.version.subjects.all())
        ]
    )
    audit.record(action="credit.entered", actor_id=completion.person_id, subject=activity)
    return activity


@transaction.atomic
def reverse_credit(
    *, activity: Activity, reason: str, actor_id: int | None, now: datetime
) -> list[CreditEntry]:
    """Take back all credit of an activity by reversing entries that point at what they reverse.

    Raises AlreadyReversedError when nothing is left to reverse.
    """
    append_only.take_turns(activity)
    left = activity.entries.filter(reverses=None, reversed_by=None).order_by("part")
    reversing = [
        CreditEntry(
            activity=activity,
            person_id=entry.person_id,
            part=entry.part,
            areas=entry.areas,
            amount=-entry.amount,
            reverses=entry,
            reason=reason,
            recorded_at=now,
        )
        for entry in left
    ]
    if not reversing:
        raise AlreadyReversedError("The credit of this activity was taken back before.")
    CreditEntry.objects.bulk_create(reversing)
    audit.record(
        action="credit.reversed", actor_id=actor_id, subject=activity, details={"reason": reason}
    )
    return reversing
