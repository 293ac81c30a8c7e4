"""One activity from elsewhere: what its holder said, how that changed, what looks like it."""

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from aliquot.accounts.models import User
from aliquot.ledger import rules
from aliquot.ledger.facts import ActivityClaim, CreditPart, EarnedActivity
from aliquot.ledger.models import Activity, CreditEntry
from aliquot.ledger.queries.earned import activities_of


@dataclass(frozen=True, slots=True)
class Chapter:
    """One state of an activity. ``ended_at`` None: it holds; else ``reason`` says what ended it."""

    activity: Activity
    claim: ActivityClaim
    ended_at: datetime | None
    reason: str
    next_id: int | None

    @property
    def is_in_force(self) -> bool:
        """Whether it is what holds now."""
        return self.ended_at is None


def claim_of(activity: Activity) -> ActivityClaim:
    """What was said when the activity was entered, its credit in ``parts``."""
    return _claim(activity, list(activity.entries.filter(reverses=None).order_by("part")))


def claims_of(person: User) -> list[ActivityClaim]:
    """What the person entered and did not take back, as it counts now, oldest first."""
    return [
        ActivityClaim(
            title=each.title,
            provider_name=each.provider_name,
            completed_on=each.completed_on,
            kind=each.kind,
            parts=each.parts,
            approvals=each.approvals,
            course_number=each.course_number,
            agency_number=each.agency_number,
        )
        for each in activities_of(person)
        if each.is_self_reported
    ]


def history_of(activity: Activity) -> list[Chapter]:
    """Every state of an activity, oldest first: the one given is one of them.

    A fixed number of queries, however often it was corrected.
    """
    ids = _chain(activity)
    rows = Activity.objects.filter(pk__in=ids).prefetch_related("entries")
    by_id = {row.pk: row for row in rows}
    following = dict(pairwise(ids))
    return [_chapter(by_id[key], following.get(key)) for key in ids]


def possible_duplicates(
    person: User, claim: ActivityClaim, *, instead_of: Activity | None = None
) -> list[EarnedActivity]:
    """The person's activities of the same day with a similar title: perhaps it is there already.

    ``instead_of`` is the one that the claim would correct.
    """
    known = [
        activity
        for activity in activities_of(person)
        if instead_of is None or activity.id != instead_of.pk
    ]
    return rules.lookalikes(claim.title, claim.completed_on, known)


def _chain(activity: Activity) -> list[int]:
    """Ids from the first state to the last, found in one read of the person's corrections."""
    pairs = Activity.objects.filter(person=activity.person_id, corrects__isnull=False)
    before = dict(pairs.values_list("pk", "corrects_id"))
    after = {old: new for new, old in before.items()}
    ids = [activity.pk]
    while ids[0] in before:
        ids.insert(0, before[ids[0]])
    while ids[-1] in after:
        ids.append(after[ids[-1]])
    return ids


def _chapter(activity: Activity, next_id: int | None) -> Chapter:
    lines = list(activity.entries.all())
    reversing = [line for line in lines if line.reverses_id is not None]
    given = sorted((line for line in lines if line.reverses_id is None), key=lambda line: line.part)
    is_over = len(reversing) == len(given)
    return Chapter(
        activity=activity,
        claim=_claim(activity, given),
        ended_at=reversing[0].recorded_at if is_over else None,
        reason=reversing[0].reason if is_over else "",
        next_id=next_id,
    )


def _claim(activity: Activity, lines: list[CreditEntry]) -> ActivityClaim:
    return ActivityClaim(
        title=activity.title,
        provider_name=activity.provider_name,
        completed_on=activity.completed_on,
        kind=activity.kind,
        parts=tuple(CreditPart(line.amount, tuple(line.areas)) for line in lines),
        approvals=None if activity.approvals is None else tuple(activity.approvals),
        course_number=activity.course_number,
        agency_number=activity.agency_number,
    )
