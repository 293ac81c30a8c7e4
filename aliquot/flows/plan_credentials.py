"""One person's plan over all their credentials: which courses, in which month, and why.

Read only and never stored: it is made anew whenever somebody looks. docs/rules/planning.md.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from aliquot.accounts.models import User
from aliquot.credentials.facts import (
    OpenCycle,
    Plan,
    Reason,
    RequirementVerdict,
    Situation,
    Spread,
    Study,
    Verdict,
)
from aliquot.credentials.queries import CycleStanding
from aliquot.credentials.rules.offers import reach_of
from aliquot.credentials.rules.pinning import judge_pinned
from aliquot.credentials.rules.spreading import spread
from aliquot.flows.course_offers import Candidate, Offering, Prices, offering_for
from aliquot.flows.plan_courses import plan_cycles
from aliquot.infra import cache
from aliquot.learning.facts import CourseOnShelf
from aliquot.lib.dates import day_in_zone
from aliquot.lib.programs import Program, Solution

SECONDS = 5.0  # for a proof while somebody waits in a browser
MARGIN = 200  # hundredths of a point above each total, unless asked otherwise
_KEPT_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked of a plan, "what if" included. ``only``: held ids; None: all.

    ``margin`` is in hundredths of a point. ``without`` and ``with_`` are ids of candidates.
    ``most`` is a limit of hours a month.
    """

    by: str = "hours"
    margin: int = MARGIN
    only: frozenset[int] | None = None
    without: frozenset[str] = frozenset()
    with_: frozenset[str] = frozenset()
    most: Decimal | None = None


class Why(StrEnum):
    """Why a cycle is not planned for."""

    DECLARED = "declared"
    OVER = "over"
    LATE = "late"
    NOT_BEGUN = "not_begun"
    NOT_ASKED = "not_asked"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A cycle that is not planned for."""

    standing: CycleStanding
    why: Why


@dataclass(frozen=True, slots=True)
class Goal:
    """A cycle that is planned for: how it stands now, and after the plan."""

    standing: CycleStanding
    after: Verdict


@dataclass(frozen=True, slots=True)
class Closing:
    """What a course does for one credential: lines with their amounts, and points to spare."""

    goal: Goal
    lines: tuple[tuple[RequirementVerdict, Decimal], ...]
    spare: Decimal


@dataclass(frozen=True, slots=True)
class Step:
    """A course of the plan. ``due`` None: no day presses. ``is_asked``: put in by the learner."""

    candidate: Candidate
    closings: tuple[Closing, ...]
    due: date | None
    is_asked: bool


@dataclass(frozen=True, slots=True)
class Unmet:
    """A requirement that stays short, and how many courses there were for it.

    ``about``: courses of its subject areas; ``taken``: those of them that the body takes and that
    are in the plan; ``refused``: those of which it takes no approval; ``held_back``: those that
    the learner left out.
    """

    goal: Goal
    line: RequirementVerdict
    about: int
    taken: int
    refused: int
    held_back: int


@dataclass(frozen=True, slots=True)
class PersonPlan:
    """The whole answer. ``choices`` are courses that were not chosen, for "what if"."""

    wish: Wish
    today: date
    goals: tuple[Goal, ...]
    left_out: tuple[LeftOut, ...]
    steps: tuple[Step, ...]
    plan: Plan
    spread: Spread
    unmet: tuple[Unmet, ...]
    choices: tuple[Candidate, ...]
    held_back: tuple[Candidate, ...]
    outside: tuple[Candidate, ...]
    done: tuple[CourseOnShelf, ...]
    unpriced: int

    @property
    def finish_by(self) -> date | None:
        """The day by which the whole plan is finished: the last of those that press."""
        return max((step.due for step in self.steps if step.due), default=None)


def plan_for(
    person: User,
    standings: Sequence[CycleStanding],
    wish: Wish,
    *,
    now: datetime,
    prices: Prices,
) -> PersonPlan:
    """The plan as of now for the person's standings. ``prices`` are cents by course code.

    A fixed number of queries, however many credentials, activities and courses there are.
    """
    today = day_in_zone(now, person.time_zone)
    reasons = {each.held.pk: _why_not(each, wish) for each in standings}
    chosen = [each for each in standings if reasons[each.held.pk] is None]
    windows = [each.verdict.window.starts_on for each in chosen if each.verdict.window]
    offering = offering_for(person, now=now, windows=windows, prices=prices)
    cycles = [_cycle(each) for each in chosen]
    asked = [each for each in offering.candidates if each.id in wish.with_]
    free = [
        each
        for each in offering.candidates
        if each.id not in wish.with_ and each.id not in wish.without
    ]
    plan = _planned(cycles, asked, free, wish)
    goals = tuple(
        Goal(standing, after) for standing, after in zip(chosen, plan.verdicts, strict=True)
    )
    steps = _steps(plan, goals, offering, wish)
    return PersonPlan(
        wish=wish,
        today=today,
        goals=goals,
        left_out=tuple(
            LeftOut(each, why) for each in standings if (why := reasons[each.held.pk]) is not None
        ),
        steps=steps,
        plan=plan,
        spread=spread(
            [Study(each.candidate.id, each.candidate.offer.hours, each.due) for each in steps],
            today=today,
            most=wish.most,
        ),
        unmet=tuple(_unmet(goals, steps, offering, wish)),
        choices=_rest(free, steps),
        held_back=tuple(each for each in offering.candidates if each.id in wish.without),
        outside=tuple(each for each in offering.candidates if each.outside_id is not None),
        done=offering.done,
        unpriced=sum(each.offer.cents is None for each in free),
    )


def _why_not(standing: CycleStanding, wish: Wish) -> Why | None:
    """Why nothing is planned for a cycle; None: it is planned for."""
    verdict = standing.verdict
    reasons = (
        (standing.declared is not None, Why.DECLARED),
        (standing.situation is Situation.OVER, Why.OVER),
        (verdict.finish_by is not None and verdict.finish_by < verdict.as_of, Why.LATE),
        (verdict.window is not None and verdict.window.starts_on > verdict.as_of, Why.NOT_BEGUN),
        (wish.only is not None and standing.held.pk not in wish.only, Why.NOT_ASKED),
    )
    return next((why for holds, why in reasons if holds), None)


def _cycle(standing: CycleStanding) -> OpenCycle:
    """With the pins that hold: one that cannot is left out of the verdict too."""
    verdict = standing.verdict
    activities = tuple(record.activity for record in standing.records)
    pins = [pin.as_fact(standing.pack.id) for pin in standing.pins]
    if pins:
        judged = judge_pinned(verdict.held, activities=activities, as_of=verdict.as_of, pins=pins)
        out = [each.pin for each in judged.left_out]
        pins = [pin for pin in pins if pin not in out]
    return OpenCycle(verdict.held, verdict.as_of, activities, tuple(pins))


def _planned(
    cycles: Sequence[OpenCycle],
    asked: Sequence[Candidate],
    free: Sequence[Candidate],
    wish: Wish,
) -> Plan:
    """The plan with the courses that were asked for in it, whatever they do."""
    given = [each.offer for each in asked]
    begun = [
        replace(
            cycle,
            activities=(
                *cycle.activities,
                *(replace(each.activity, completed_on=cycle.as_of) for each in given),
            ),
        )
        for cycle in cycles
    ]
    plan = plan_cycles(
        begun,
        [each.offer for each in free],
        by=wish.by,
        margin=wish.margin,
        seconds=SECONDS,
        remember=_remember,
    )
    courses = sorted([*given, *plan.courses], key=lambda each: each.activity.id)
    return replace(plan, courses=tuple(courses))


def _remember(program: Program, solve: Callable[[], Solution | None]) -> Solution | None:
    """The answer to exactly this program, if it was asked before."""
    digest = hashlib.sha256(repr(program).encode()).hexdigest()
    return cache.remember(("plan", digest), (), solve, seconds=_KEPT_SECONDS)


def _steps(plan: Plan, goals: Sequence[Goal], offering: Offering, wish: Wish) -> tuple[Step, ...]:
    """The courses, what must be finished first at the top; of equals what is in progress."""
    of = {each.id: each for each in offering.candidates}
    steps = []
    for course in plan.courses:
        candidate = of[course.activity.id]
        closings = tuple(filter(None, (_closing(candidate.id, goal) for goal in goals)))
        steps.append(
            Step(candidate, closings, _due(candidate, closings), candidate.id in wish.with_)
        )
    order = {each.id: position for position, each in enumerate(offering.candidates)}
    return tuple(sorted(steps, key=lambda step: (step.due or date.max, order[step.candidate.id])))


def _closing(course: str, goal: Goal) -> Closing | None:
    lines = {line.id: line for line in goal.after.requirements}
    closes = tuple(
        (lines[row.requirement], row.amount)
        for row in goal.after.allocations
        if row.activity == course
    )
    spare = sum(
        (
            row.amount
            for row in goal.after.not_counted
            if row.activity == course and row.reason is Reason.SURPLUS
        ),
        Decimal(0),
    )
    return Closing(goal, closes, spare) if closes or spare else None


def _due(candidate: Candidate, closings: Sequence[Closing]) -> date | None:
    """The earliest last sensible day of the credentials that it closes something of.

    Where it only adds to the margin, those count. An approval that ends sooner decides.
    """
    closing = [each for each in closings if each.lines] or closings
    days = [each.goal.after.finish_by for each in closing]
    if closing:
        days.append(candidate.approved_through)
    return min((day for day in days if day is not None), default=None)


def _unmet(
    goals: Sequence[Goal], steps: Sequence[Step], offering: Offering, wish: Wish
) -> list[Unmet]:
    planned = {step.candidate.id for step in steps}
    found = []
    for goal in goals:
        short = [line for line in goal.after.requirements if line.missing]
        if not short:
            continue
        held, as_of = goal.after.held, goal.after.as_of
        reaches = []
        for each in offering.candidates:
            course = replace(each.offer.activity, completed_on=as_of)
            takes = reach_of(held, course, as_of=as_of)
            could = reach_of(held, replace(course, approvals=None), as_of=as_of)
            reaches.append((each, takes, could))
        for line in short:
            about = [(each, line.id in takes) for each, takes, could in reaches if line.id in could]
            found.append(
                Unmet(
                    goal=goal,
                    line=line,
                    about=len(about),
                    taken=sum(takes and each.id in planned for each, takes in about),
                    refused=sum(not takes for _, takes in about),
                    held_back=sum(takes and each.id in wish.without for each, takes in about),
                )
            )
    return found


def _rest(free: Sequence[Candidate], steps: Sequence[Step]) -> tuple[Candidate, ...]:
    planned = {step.candidate.id for step in steps}
    rest = [each for each in free if each.id not in planned]
    return tuple(sorted(rest, key=lambda each: (each.title.casefold(), each.id)))
