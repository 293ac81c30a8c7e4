"""What activities are worth."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Count, Max, Prefetch

from aliquot.accounts.models import User
from aliquot.ledger.facts import CreditPart, EarnedActivity, LedgerState
from aliquot.ledger.models import Activity, CreditEntry


def activities_of(person: User, *, recorded_by: datetime | None = None) -> list[EarnedActivity]:
    """What the person's activities are worth, oldest first; wholly reversed ones are left out.

    ``recorded_by`` asks what the ledger held at that moment. Two queries, however many there are.
    """
    entries = CreditEntry.objects.order_by("part", "pk")
    activities = Activity.objects.filter(person=person)
    if recorded_by is not None:
        entries = entries.filter(recorded_at__lte=recorded_by)
        activities = activities.filter(recorded_at__lte=recorded_by)
    rows = activities.order_by("completed_on", "pk").prefetch_related(
        Prefetch("entries", queryset=entries, to_attr="lines")
    )
    found = [earned(row, row.lines) for row in rows]
    return [activity for activity in found if activity.parts]


def earned(activity: Activity, lines: Iterable[CreditEntry]) -> EarnedActivity:
    """The activity with the entries that no reversing entry takes back."""
    lines = list(lines)
    reversed_ids = {line.reverses_id for line in lines}
    return EarnedActivity(
        id=activity.pk,
        completion_id=activity.completion_id,
        origin=activity.origin,
        title=activity.title,
        provider_name=activity.provider_name,
        completed_on=activity.completed_on,
        kind=activity.kind,
        approvals=None if activity.approvals is None else tuple(activity.approvals),
        parts=tuple(
            CreditPart(amount=line.amount, areas=tuple(line.areas))
            for line in lines
            if line.reverses_id is None and line.pk not in reversed_ids
        ),
        course_number=activity.course_number,
        agency_number=activity.agency_number,
        corrects_id=activity.corrects_id,
        recorded_at=activity.recorded_at,
    )


def state_of(person: User) -> LedgerState:
    """How much the ledger holds about a person, and since when: both only rise."""
    found = CreditEntry.objects.filter(person=person).aggregate(
        entries=Count("pk"), recorded_at=Max("recorded_at")
    )
    return LedgerState(**found)
