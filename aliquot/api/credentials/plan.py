"""The plan that closes what is missing."""

from datetime import date
from typing import Annotated, Any, Literal

from ninja import Query
from pydantic import Field

from aliquot.api.credentials.standing import READ, AmountText, Standing
from aliquot.api.frame import Amount, ApiRequest, Area, Shape
from aliquot.credentials import queries
from aliquot.credentials.facts import Plan
from aliquot.flows.best_offer import course_prices
from aliquot.flows.plan_credentials import PersonPlan, Wish, plan_for
from aliquot.interop.catalog.writer import plan_document
from aliquot.lib.dates import day_in_zone

area = Area("Credentials")


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
