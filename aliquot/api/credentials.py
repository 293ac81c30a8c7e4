"""Credentials held, their standing, and the plan that closes what is missing."""

from datetime import date
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query
from pydantic import Field

from aliquot.api.frame import Amount, ApiRequest, Area, Id, Limit, Listed, Shape, Start, after
from aliquot.credentials import access, queries
from aliquot.credentials.facts import Plan
from aliquot.credentials.models import Cycle, HeldCredential
from aliquot.credentials.queries import Served
from aliquot.flows.best_offer import course_prices
from aliquot.flows.plan_credentials import PersonPlan, Wish, plan_for
from aliquot.interop.catalog.writer import plan_document
from aliquot.interop.transcript.writer import verdict_document
from aliquot.lib.dates import day_in_zone

area = Area("Credentials")
READ = "credentials:read"
AmountText = Annotated[str, Field(pattern=r"^-?[0-9]+(\.[0-9]+)?$", examples=["1.5"])]


class Participation(Shape):
    """Whether the holder must earn credit; null: not known."""

    required: bool | None
    because: str


class RuleSet(Shape):
    """Which dated rules were used, and where they come from."""

    renewals_from: str | None
    sources: list[str]


class Window(Shape):
    """The days that count, both ends included."""

    starts_on: str
    ends_on: str


class Declaration(Shape):
    """When the body takes declarations."""

    opens_on: str
    closes_on: str


class RequirementLine(Shape):
    """One line of the rule set. Amounts null: a figure is not known."""

    id: str
    needed: AmountText | None
    counted: AmountText | None
    missing: AmountText | None
    accepts: list[str] | Literal["any"]


class AllocationLine(Shape):
    """What of an activity counts toward which requirement, and why."""

    activity: str
    requirement: str
    amount: AmountText
    because: str


class NotCountedLine(Shape):
    """What of an activity does not count, and why."""

    activity: str
    amount: AmountText
    reason: str
    explain: str


class VerdictShape(Shape):
    """The verdict on one credential, as the standing contract has it."""

    id: str
    title: str
    body: str
    confirmed: str
    participation: Participation
    rule_set: RuleSet
    window: Window | None
    declaration: Declaration | None
    finish_by: str | None
    needed: AmountText | None
    counted: AmountText | None
    missing: AmountText | None
    surplus: AmountText | None
    met: bool | None
    requirements: list[RequirementLine]
    allocations: list[AllocationLine]
    not_counted: list[NotCountedLine]
    warnings: list[str]


class Standing(Shape):
    """The same document as ``aliquot standing`` prints."""

    as_of: date
    credentials: list[VerdictShape]


@area.read("/me/standing", scope=READ, gives=Standing)
def get_standing(request: ApiRequest) -> Standing:
    """What each of your credentials still needs, with the reason for every point.

    The document is that of `aliquot standing`, judged by the same engine as the pages.
    """
    person, now = request.auth.person, request.auth.now
    verdicts = [each.verdict for each in queries.standings_of(person, now=now)]
    document = verdict_document(day_in_zone(now, person.time_zone), verdicts)
    return Standing.model_validate(document)


class CredentialLine(Shape):
    """A certification or license whose rules this site knows."""

    id: str
    letters: str
    title: str
    body: str
    unit: str
    total: Annotated[Amount | None, Field(description="Of one cycle; null: not known.")]
    cycle_years: int | None
    confirmed: str

    @classmethod
    def of(cls, found: Served) -> "CredentialLine":
        """As the list of credentials shows it."""
        members = {name: getattr(found, name) for name in cls.model_fields}
        return cls(**members | {"confirmed": found.confirmed.value})


@area.public("/credentials", gives=Listed[CredentialLine])
def list_credentials(
    request: HttpRequest, cursor: Start = "", limit: Limit = 25
) -> Listed[CredentialLine]:
    """Every certification and license whose rules this site knows, by id."""
    found = queries.served_credentials()
    piece, following = after(found, cursor, limit, key=lambda each: each.id)
    return Listed(items=[CredentialLine.of(each) for each in piece], next=following)


class CycleShape(Shape):
    """The period of one renewal; `closed_on` null: it is going on."""

    id: Id
    ends_on: date
    time_zone: str
    first_renewal: bool
    closed_on: date | None


class HeldShape(Shape):
    """A credential that you hold, with what its rules depend on."""

    id: Id
    credential: str
    title: str
    first_certified_on: date | None
    formerly_nca: bool
    international: bool
    expired: bool
    licensed_on: date | None
    specialties: list[str]
    roles: list[str]
    cycles: list[CycleShape]

    @classmethod
    def of(cls, held: HeldCredential) -> "HeldShape":
        """With its cycles, which must be loaded."""
        own = [name for name in cls.model_fields if name not in {"title", "cycles"}]
        return cls(
            **{name: getattr(held, name) for name in own},
            title=queries.pack_of(held.credential).title,
            cycles=[_cycle(each) for each in held.cycles.all()],
        )


def _cycle(cycle: Cycle) -> CycleShape:
    closed = cycle.closed_at
    return CycleShape(
        id=cycle.pk,
        ends_on=cycle.ends_on,
        time_zone=cycle.time_zone,
        first_renewal=cycle.first_renewal,
        closed_on=day_in_zone(closed, cycle.time_zone) if closed else None,
    )


@area.read("/me/credentials", scope=READ, gives=Listed[HeldShape])
def list_held(request: ApiRequest, cursor: Start = "", limit: Limit = 25) -> Listed[HeldShape]:
    """The credentials you hold, with every cycle, the newest first."""
    found = list(queries.held_by(request.auth.person))
    piece, following = after(found, cursor, limit, key=lambda each: str(each.pk))
    return Listed(items=[HeldShape.of(each) for each in piece], next=following)


@area.read("/me/credentials/{held_id}", scope=READ, gives=HeldShape)
def get_held(request: ApiRequest, held_id: Id) -> HeldShape:
    """One credential you hold."""
    return HeldShape.of(access.held_for(request.auth.person, held_id))


@area.read("/me/credentials/{held_id}/standing", scope=READ, gives=Standing)
def get_held_standing(request: ApiRequest, held_id: Id) -> Standing:
    """The standing of one credential alone."""
    held = access.held_for(request.auth.person, held_id)
    verdict = queries.standing_of(held, now=request.auth.now).verdict
    return Standing.model_validate(verdict_document(verdict.as_of, [verdict]))


class UnmetLine(Shape):
    """A requirement that no course closes."""

    credential: str
    requirement: str
    missing: AmountText


class StepLine(Shape):
    """A course of the plan, and the day by which to finish it."""

    id: str
    title: str
    provider: str
    course: Annotated[str | None, Field(description="The code; null: of another provider.")]
    hours: Amount
    due: date | None


class LeftOutLine(Shape):
    """A credential that is not planned for, and why."""

    credential: str
    why: str


class PlanShape(Shape):
    """The same document as `aliquot plan` prints, with the steps in words."""

    objective: str
    courses: list[str]
    hours: AmountText
    price: AmountText | None
    optimal: Annotated[bool, Field(description="Proven: no other choice is better.")]
    unmet: list[UnmetLine]
    verdict: Standing
    steps: list[StepLine]
    left_out: list[LeftOutLine]


@area.read("/me/plan", scope=READ, gives=PlanShape)
def get_plan(
    request: ApiRequest,
    by: Annotated[Literal["hours", "price"], Query(description="What to keep low.")] = "hours",
    margin: Annotated[int, Query(ge=0, le=100, description="Points above each total.")] = 2,
) -> PlanShape:
    """The smallest set of courses that closes every gap of all your credentials.

    It is made anew each time. The margin is 2 points, as on the page, unless you say otherwise.
    """
    person, now = request.auth.person, request.auth.now
    standings = queries.standings_of(person, now=now)
    if not standings:
        return _plan_shape(Plan(by, (), True, ()), day_in_zone(now, person.time_zone), None)
    wish = Wish(by=by, margin=margin * 100)
    found = plan_for(person, standings, wish, now=now, prices=course_prices(now=now))
    return _plan_shape(found.plan, found.today, found)


def _plan_shape(plan: Plan, today: date, found: PersonPlan | None) -> PlanShape:
    document: dict[str, Any] = plan_document(today, plan)
    document["steps"] = [
        {
            "id": step.candidate.id,
            "title": step.candidate.title,
            "provider": step.candidate.provider,
            "course": step.candidate.id.removeprefix("here-") if step.candidate.slug else None,
            "hours": step.candidate.offer.hours,
            "due": step.due,
        }
        for step in (found.steps if found else ())
    ]
    document["left_out"] = [
        {"credential": each.standing.pack.id, "why": each.why.value}
        for each in (found.left_out if found else ())
    ]
    return PlanShape.model_validate(document)
