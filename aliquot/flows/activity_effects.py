"""Where an activity counts for each credential its holder has, and where one would.

Read only: the engine judges what the ledger holds, or what it would hold.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from aliquot.accounts.models import User
from aliquot.catalog.queries import entries
from aliquot.credentials.queries import CycleStanding, Record, judged_again, standings_of
from aliquot.ledger.facts import ActivityClaim, CreditPart, EarnedActivity
from aliquot.ledger.queries import activities_of
from aliquot.lib.dates import day_in_zone

_NOT_YET = 0  # the id of an activity that is not entered


@dataclass(frozen=True, slots=True)
class Effect:
    """One credential, and the activity as it sees it; ``before`` is what it lacks without it.

    ``before`` None: the figures are not known, or nobody asked.
    """

    standing: CycleStanding
    record: Record
    before: Decimal | None = None

    @property
    def titles(self) -> dict[str, str]:
        """The names of the requirements by id."""
        return {line.id: line.title for line in self.standing.verdict.requirements}


def effects_of(person: User, *, activity_id: int, now: datetime) -> list[Effect]:
    """Where an activity of the person counts now; nothing where it is withdrawn."""
    return [
        Effect(standing, record)
        for standing in standings_of(person, now=now)
        for record in standing.records
        if record.activity.id == str(activity_id)
    ]


def effects_of_claim(
    person: User, claim: ActivityClaim, *, now: datetime, instead_of: int | None = None
) -> list[Effect]:
    """Where a checked claim would count if it were entered now.

    ``instead_of`` is the activity that it would take the place of.
    """
    known = activities_of(person)
    without = [each for each in known if each.id != instead_of]
    before = standings_of(person, now=now, earned=known)
    return _with(before, without, _as_entered(claim))


def effects_of_course(person: User, course_id: int, *, now: datetime) -> list[Effect]:
    """Where an open course would count if the person finished it today.

    Nothing for a course that is not open, or for somebody who follows no credential.
    """
    course = next((each for each in entries() if each.course_id == course_id), None)
    if course is None:
        return []
    known = activities_of(person)
    today = day_in_zone(now, person.time_zone)
    finished = EarnedActivity(
        id=_NOT_YET,
        completion_id=None,
        origin="completion",
        title=course.title,
        provider_name="",
        completed_on=today,
        kind="contact_hours",
        approvals=tuple(sorted({row.kind for row in course.approvals if row.is_valid_on(today)})),
        parts=tuple(CreditPart(each.hours, (each.area,)) for each in course.subjects),
    )
    return _with(standings_of(person, now=now, earned=known), known, finished)


def _with(
    standings: list[CycleStanding], known: list[EarnedActivity], would_be: EarnedActivity
) -> list[Effect]:
    """Judge with one activity more; ``standings`` are those without it."""
    # The credit given last stands last of its day, as the ledger would give it.
    earned = sorted([*known, would_be], key=lambda each: each.completed_on)
    return [
        Effect(after, record, before.verdict.missing)
        for before, after in zip(standings, judged_again(standings, earned), strict=True)
        for record in after.records
        if record.activity.id == str(_NOT_YET)
    ]


def _as_entered(claim: ActivityClaim) -> EarnedActivity:
    return EarnedActivity(
        id=_NOT_YET,
        completion_id=None,
        origin="elsewhere",
        title=claim.title,
        provider_name=claim.provider_name,
        completed_on=claim.completed_on,
        kind=claim.kind,
        approvals=claim.approvals,
        parts=claim.parts,
        course_number=claim.course_number,
        agency_number=claim.agency_number,
    )
