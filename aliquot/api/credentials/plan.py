"""The plan that closes what is missing, with "what if"."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.http import HttpResponse
from ninja import Query
from pydantic import Field

from aliquot.api.credentials.standing import READ, AmountText, Standing
from aliquot.api.frame import Amount, ApiRequest, Area, Id, Shape, Taken
from aliquot.api.frame.shapes import AmountIn, between
from aliquot.credentials import queries
from aliquot.credentials.facts import Plan
from aliquot.flows.best_offer import course_prices
from aliquot.flows.course_offers import HERE, Candidate
from aliquot.flows.plan_credentials import PersonPlan, Step, Wish, plan_for
from aliquot.infra.http.downloads import attached
from aliquot.interop.calendar.plans import plan_file
from aliquot.interop.catalog.writer import plan_document
from aliquot.lib.dates import day_in_zone
from aliquot.lib.errors import NotFoundError

area = Area("Plan")
CandidateId = Annotated[str, Field(min_length=1, max_length=60)]


class UnmetLine(Shape):
    """A requirement that no course closes."""

    credential: str
    requirement: str
    missing: AmountText


class ClosesLine(Shape):
    """What a course counts toward."""

    held_id: Id
    credential: str
    requirement: str
    amount: Amount


class CandidateLine(Shape):
    """A course that the plan may choose."""

    id: Annotated[str, Field(description="For `include` and `exclude`.")]
    title: str
    provider: str
    course: Annotated[str | None, Field(description="The code; null: of another provider.")]
    hours: Amount


class StepLine(CandidateLine):
    """A course of the plan, and the day by which to finish it; null: no day presses."""

    due: date | None
    is_asked: Annotated[bool, Field(description="You put it in with `include`.")]
    closes: list[ClosesLine]


class MonthShare(Shape):
    """Hours of a course in a month; it is finished in the last of them."""

    id: str
    hours: Amount
    is_last: bool


class MonthLine(Shape):
    """What to do in one month."""

    first: Annotated[date, Field(description="The first day of the month.")]
    hours: Amount
    shares: list[MonthShare]


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
    months: list[MonthLine]
    least_hours: Annotated[Amount, Field(description="A month, with which every day is kept.")]
    is_kept: Annotated[bool, Field(description="false: `most` is too low, the months exceed it.")]
    left_out: list[LeftOutLine]
    choices: Annotated[list[CandidateLine], Field(description="Others, for `include`.")]
    held_back: Annotated[list[CandidateLine], Field(description="Those of `exclude`.")]
    unpriced: Annotated[int, Field(description="Courses without a price: not chosen by price.")]


class WishIn(Taken):
    """What is asked of a plan, "what if" included."""

    by: Annotated[Literal["hours", "price"], Field(description="What to keep low.")] = "hours"
    margin: Annotated[
        AmountIn, between(0, 100), Field(description="Points or hours above each total, to 100.")
    ] = Decimal(2)
    most: Annotated[
        Annotated[AmountIn, between("0.25", 200)] | None,
        Field(description="Hours a month at most, from 0.25 to 200; left out: an even load."),
    ] = None
    only: Annotated[
        list[Id], Field(max_length=100, description="Ids of credentials you hold; none: all.")
    ] = []
    include: Annotated[
        list[CandidateId],
        Field(max_length=100, description="Ids of courses to put in, whatever they do."),
    ] = []
    exclude: Annotated[
        list[CandidateId], Field(max_length=100, description="Ids of courses to leave out.")
    ] = []

    def wish(self) -> Wish:
        """As the plan takes it. What is included is not excluded, as on the page."""
        asked = frozenset(self.include)
        return Wish(
            by=self.by,
            margin=int(self.margin * 100),
            only=frozenset(self.only) or None,
            without=frozenset(self.exclude) - asked,
            with_=asked,
            most=self.most,
        )


@area.read("/me/plan", scope=READ, gives=PlanShape)
def get_plan(request: ApiRequest, wish: Query[WishIn]) -> PlanShape:
    """The smallest set of courses that closes every gap of all your credentials; and what if.

    It is made anew each time. The margin is 2 points, as on the page, unless you say otherwise. An
    id that is no course for you changes nothing.
    """
    found = _found(request, wish)
    if found is None:
        today = day_in_zone(request.auth.now, request.auth.person.time_zone)
        return _plan_shape(Plan(wish.by, (), True, ()), today, None)
    return _plan_shape(found.plan, found.today, found)


@area.read("/me/plan/calendar", scope=READ, gives=None, media="text/calendar")
def get_plan_calendar(request: ApiRequest, wish: Query[WishIn]) -> HttpResponse:
    """The same plan as an iCalendar file: a day for each course, and the last days.

    404 while you hold no credential.
    """
    found = _found(request, wish)
    if found is None:
        raise NotFoundError("There is nothing to plan for.")
    content = plan_file(found, now=request.auth.now)
    return attached(content, "text/calendar; charset=utf-8", "plan.ics")


def _found(request: ApiRequest, wish: WishIn) -> PersonPlan | None:
    person, now = request.auth.person, request.auth.now
    standings = queries.standings_of(person, now=now)
    if not standings:
        return None
    return plan_for(person, standings, wish.wish(), now=now, prices=course_prices(now=now))


def _plan_shape(plan: Plan, today: date, found: PersonPlan | None) -> PlanShape:
    document: dict[str, Any] = plan_document(today, plan)
    document |= {
        "steps": [],
        "months": [],
        "least_hours": Decimal(0),
        "is_kept": True,
        "left_out": [],
        "choices": [],
        "held_back": [],
        "unpriced": 0,
    }
    if found is not None:
        document |= _details(found)
    return PlanShape.model_validate(document)


def _details(found: PersonPlan) -> dict[str, Any]:
    return {
        "steps": [
            _candidate(step.candidate)
            | {"due": step.due, "is_asked": step.is_asked, "closes": list(_closes(step))}
            for step in found.steps
        ],
        "months": [MonthLine.model_validate(month) for month in found.spread.months],
        "least_hours": found.spread.least,
        "is_kept": found.spread.is_kept,
        "left_out": [
            {"credential": each.standing.pack.id, "why": each.why.value} for each in found.left_out
        ],
        "choices": [_candidate(each) for each in found.choices],
        "held_back": [_candidate(each) for each in found.held_back],
        "unpriced": found.unpriced,
    }


def _candidate(found: Candidate) -> dict[str, Any]:
    return {
        "id": found.id,
        "title": found.title,
        "provider": found.provider,
        "course": found.id.removeprefix(HERE) if found.slug else None,
        "hours": found.offer.hours,
    }


def _closes(step: Step) -> Iterator[dict[str, Any]]:
    for closing in step.closings:
        standing = closing.goal.standing
        for line, amount in closing.lines:
            yield {
                "held_id": standing.held.pk,
                "credential": standing.pack.id,
                "requirement": line.id,
                "amount": amount,
            }
