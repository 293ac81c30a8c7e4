"""Where an activity counts, where one would before it is entered, and what became of one."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from aliquot.accounts.models import User
from aliquot.api.frame import Amount, ApiRequest, Area, Id, Limit, Listed, Shape, Start, after
from aliquot.api.frame.problems import named_as_sent
from aliquot.api.ledger.activities import READ, ActivityIn, PartShape
from aliquot.flows.activity_effects import Effect, effects_of, effects_of_claim
from aliquot.ledger import access, queries, services
from aliquot.ledger.errors import InvalidActivityError
from aliquot.ledger.facts import ActivityClaim, EarnedActivity
from aliquot.ledger.models import Activity

area = Area("Activities")


class CountedLine(Shape):
    """What of the activity counts toward which requirement, and why."""

    requirement: str
    title: str
    amount: Amount
    because: str


class RefusedLine(Shape):
    """What of the activity does not count, and why."""

    amount: Amount
    reason: str
    explain: str


class EffectShape(Shape):
    """One credential, and the activity as it sees it. `missing` null: a figure is not known."""

    held_id: Id
    credential: str
    unit: str
    counted: list[CountedLine]
    not_counted: list[RefusedLine]
    missing: Annotated[Amount | None, Field(description="With the activity.")]
    missing_without: Annotated[
        Amount | None, Field(description="Before it is entered; null where it is entered already.")
    ]

    @classmethod
    def of(cls, effect: Effect) -> "EffectShape":
        """As the page of the activity tells it."""
        standing, record, titles = effect.standing, effect.record, effect.titles
        return cls(
            held_id=standing.held.pk,
            credential=standing.pack.id,
            unit=standing.pack.unit,
            counted=[
                CountedLine(
                    requirement=row.requirement,
                    title=titles[row.requirement],
                    amount=row.amount,
                    because=row.because,
                )
                for row in record.counted
            ],
            not_counted=[
                RefusedLine(amount=row.amount, reason=row.reason.value, explain=row.explain)
                for row in record.not_counted
            ],
            missing=standing.verdict.missing,
            missing_without=effect.before,
        )


class EffectList(Shape):
    """One for each credential that you hold and whose cycle knows the activity."""

    items: list[EffectShape]


class LookalikeShape(Shape):
    """An activity of the same day with a similar title: perhaps it is there already."""

    id: Id
    title: str
    completed_on: date

    @classmethod
    def of(cls, found: EarnedActivity) -> "LookalikeShape":
        """Enough to compare."""
        return cls(id=found.id, title=found.title, completed_on=found.completed_on)


class ActivityCheck(Shape):
    """What would be entered and where it would count. Nothing is entered."""

    parts: list[PartShape]
    effects: list[EffectShape]
    looks_like: list[LookalikeShape]


class CheckIn(ActivityIn):
    """An activity as it would be entered."""

    instead_of: Annotated[
        Id | None, Field(description="The activity that it would correct; null: it is new.")
    ] = None


class ChapterShape(Shape):
    """One state of an activity. `ended_at` null: it holds; else `reason` says what ended it."""

    activity_id: Id
    entered_at: datetime
    title: str
    provider: str
    completed_on: date
    kind: str
    parts: list[PartShape]
    approvals: Annotated[list[str] | None, Field(description="null: not known; empty: none.")]
    course_number: str
    agency_number: str
    ended_at: datetime | None
    reason: str
    corrected_by: Annotated[int | None, Field(description="The activity in its place.")]

    @classmethod
    def of(cls, chapter: queries.Chapter) -> "ChapterShape":
        """As the history of the activity's page tells it."""
        claim = chapter.claim
        return cls(
            activity_id=chapter.activity.pk,
            entered_at=chapter.activity.recorded_at,
            title=claim.title,
            provider=claim.provider_name,
            completed_on=claim.completed_on,
            kind=claim.kind,
            parts=_parts(claim),
            approvals=None if claim.approvals is None else list(claim.approvals),
            course_number=claim.course_number,
            agency_number=claim.agency_number,
            ended_at=chapter.ended_at,
            reason=chapter.reason,
            corrected_by=chapter.next_id,
        )


@area.act("/me/activity-check", scope=READ, gives=ActivityCheck)
def check_activity(request: ApiRequest, body: CheckIn) -> ActivityCheck:
    """See where an activity would count before it is entered or corrected. Nothing is entered.

    422 `invalid_activity` names every field in `problems`, as entering it would. `looks_like` may
    show that it is there already.
    """
    person, now = request.auth.person, request.auth.now
    old = _old(person, body.instead_of)
    with named_as_sent(InvalidActivityError):
        claim = services.checked_claim(person=person, claim=body.claim(), now=now)
    found = effects_of_claim(person, claim, now=now, instead_of=body.instead_of)
    alike = queries.possible_duplicates(person, claim, instead_of=old)
    return ActivityCheck(
        parts=_parts(claim),
        effects=[EffectShape.of(effect) for effect in found],
        looks_like=[LookalikeShape.of(each) for each in alike],
    )


@area.read("/me/activities/{activity_id}/effects", scope=READ, gives=EffectList)
def get_activity_effects(request: ApiRequest, activity_id: Id) -> EffectList:
    """Where an activity counts now, for each of your credentials, and why. Withdrawn: nowhere."""
    person, now = request.auth.person, request.auth.now
    activity = access.activity_for(person, activity_id)
    found = effects_of(person, activity_id=activity.pk, now=now)
    return EffectList(items=[EffectShape.of(effect) for effect in found])


@area.read("/me/activities/{activity_id}/history", scope=READ, gives=Listed[ChapterShape])
def get_activity_history(
    request: ApiRequest, activity_id: Id, cursor: Start = "", limit: Limit = 25
) -> Listed[ChapterShape]:
    """Every state of an activity, the newest first, also of one that was corrected or withdrawn."""
    story = queries.history_of(access.activity_for(request.auth.person, activity_id))[::-1]
    piece, following = after(story, cursor, limit, key=lambda each: str(each.activity.pk))
    return Listed(items=[ChapterShape.of(each) for each in piece], next=following)


def _old(person: User, activity_id: int | None) -> Activity | None:
    return None if activity_id is None else access.own_activity_for(person, activity_id)


def _parts(claim: ActivityClaim) -> list[PartShape]:
    return [PartShape(amount=part.amount, areas=list(part.areas)) for part in claim.parts]
