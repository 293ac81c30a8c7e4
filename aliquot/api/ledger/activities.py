"""Activities: what was completed here, and what was entered from elsewhere."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from aliquot.api.frame import (
    Amount,
    ApiRequest,
    Area,
    Id,
    Limit,
    Listed,
    Shape,
    Start,
    Taken,
    after,
    one_of,
)
from aliquot.api.frame.problems import named_as_sent
from aliquot.api.frame.shapes import AmountIn, DayIn, Line
from aliquot.catalog.data import approvals, areas
from aliquot.ledger import access, queries, services
from aliquot.ledger.errors import ActivityNotFoundError, InvalidActivityError
from aliquot.ledger.facts import KINDS, ActivityClaim, CreditPart, EarnedActivity

area = Area("Activities")
READ, WRITE = "activities:read", "activities:write"
AreaId = one_of(areas(), empty=False)
Approval = one_of(approvals(), empty=False)
Kind = one_of(KINDS, empty=False)

Said = Annotated[Line, Field(pattern=r"\S")]


class PartShape(Shape):
    """An amount, in the unit of the kind, that may count as any one of the areas."""

    amount: Amount
    areas: list[str]


class ActivityShape(Shape):
    """One activity as of now. Its id is the one in a standing."""

    id: Id
    origin: Annotated[str, Field(description="completion: finished here; else elsewhere.")]
    completion_id: int | None
    title: str
    provider: str
    completed_on: date
    kind: str
    amount: Amount
    parts: list[PartShape]
    approvals: Annotated[list[str] | None, Field(description="null: not known; empty: none.")]
    course_number: str
    agency_number: str
    corrects_id: int | None
    recorded_at: datetime | None

    @classmethod
    def of(cls, found: EarnedActivity) -> "ActivityShape":
        """As the ledger tells it."""
        return cls(
            id=found.id,
            origin=found.origin,
            completion_id=found.completion_id,
            title=found.title,
            provider=found.provider_name,
            completed_on=found.completed_on,
            kind=found.kind,
            amount=found.amount,
            parts=[PartShape(amount=part.amount, areas=list(part.areas)) for part in found.parts],
            approvals=None if found.approvals is None else list(found.approvals),
            course_number=found.course_number,
            agency_number=found.agency_number,
            corrects_id=found.corrects_id,
            recorded_at=found.recorded_at,
        )


class PartIn(Taken):
    """A part of the provider's split."""

    amount: AmountIn
    areas: Annotated[list[AreaId], Field(min_length=1, max_length=40)]  # type: ignore[valid-type]


class ActivityIn(Taken):
    """An activity from elsewhere: either `amount` with `areas`, or `parts`; never both."""

    title: Said
    provider: Said
    completed_on: DayIn
    kind: Kind = "contact_hours"  # type: ignore[valid-type]
    amount: AmountIn | None = None
    areas: Annotated[list[AreaId], Field(max_length=40)] = []  # type: ignore[valid-type]
    parts: Annotated[list[PartIn], Field(max_length=40)] = []
    approvals: Annotated[
        list[Approval] | None,  # type: ignore[valid-type]
        Field(max_length=20, description="Left out: not known; empty: none."),
    ] = None
    course_number: Line = ""
    agency_number: Line = ""

    def claim(self) -> ActivityClaim:
        """What the ledger judges."""
        return ActivityClaim(
            title=self.title,
            provider_name=self.provider,
            completed_on=self.completed_on,
            kind=self.kind,
            amount=self.amount,
            areas=tuple(self.areas),
            parts=tuple(CreditPart(part.amount, tuple(part.areas)) for part in self.parts),
            approvals=None if self.approvals is None else tuple(self.approvals),
            course_number=self.course_number,
            agency_number=self.agency_number,
        )


class Withdrawn(Taken):
    """Why an activity is taken back."""

    reason: Line = ""


@area.read("/me/activities", scope=READ, gives=Listed[ActivityShape])
def list_activities(
    request: ApiRequest, cursor: Start = "", limit: Limit = 25
) -> Listed[ActivityShape]:
    """Everything that may earn you credit, the newest entry first. Withdrawn ones are left out."""
    found = sorted(queries.activities_of(request.auth.person), key=lambda each: -each.id)
    piece, following = after(found, cursor, limit, key=lambda each: str(each.id))
    return Listed(items=[ActivityShape.of(each) for each in piece], next=following)


@area.deed("/me/activities", scope=WRITE, gives=ActivityShape, status=201)
def add_activity(request: ApiRequest, body: ActivityIn) -> ActivityShape:
    """Enter an activity from elsewhere; it counts from now on.

    422 `invalid_activity` names every field in `problems`. Two like ones may be entered: send an
    Idempotency-Key, so that a lost answer does not make two.
    """
    key = request.auth
    with named_as_sent(InvalidActivityError):
        made = services.log_activity(
            person=key.person, claim=body.claim(), now=key.now, actor_id=key.person.pk
        )
    return _one(request, made.pk)


@area.read("/me/activities/{activity_id}", scope=READ, gives=ActivityShape)
def get_activity(request: ApiRequest, activity_id: Id) -> ActivityShape:
    """One activity that counts. A withdrawn or corrected one is not found."""
    return _one(request, activity_id)


@area.deed("/me/activities/{activity_id}/correct", scope=WRITE, gives=ActivityShape)
def correct_activity(request: ApiRequest, activity_id: Id, body: ActivityIn) -> ActivityShape:
    """Say anew what should have been said: a new activity takes the old one's place.

    The old one stays in the history; its proofs come along.
    """
    key = request.auth
    old = access.own_activity_for(key.person, activity_id)
    with named_as_sent(InvalidActivityError):
        new = services.correct_activity(
            activity=old, claim=body.claim(), now=key.now, actor_id=key.person.pk
        )
    return _one(request, new.pk)


@area.deed("/me/activities/{activity_id}/withdraw", scope=WRITE, gives=None, status=204)
def withdraw_activity(request: ApiRequest, activity_id: Id, body: Withdrawn) -> None:
    """Take an activity from elsewhere back; it counts no more, and stays in the history."""
    key = request.auth
    old = access.own_activity_for(key.person, activity_id)
    services.withdraw_activity(
        activity=old, now=key.now, actor_id=key.person.pk, reason=body.reason
    )


def _one(request: ApiRequest, activity_id: int) -> ActivityShape:
    person = request.auth.person
    access.activity_for(person, activity_id)
    found = next((each for each in queries.activities_of(person) if each.id == activity_id), None)
    if found is None:
        raise ActivityNotFoundError
    return ActivityShape.of(found)
