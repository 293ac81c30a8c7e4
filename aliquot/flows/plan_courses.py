"""The smallest or cheapest set of courses that closes every gap: cycles and offers in.

No Django and no database: the command line and the site share it. docs/rules/planning.md.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from aliquot.credentials import rules
from aliquot.credentials.adapters import highs
from aliquot.credentials.facts import CourseOffer, OpenCycle, Plan, Transcript, Verdict
from aliquot.credentials.rules.planning import cycles_of, task_of
from aliquot.lib.programs import Program, Solution

PATIENCE = 30.0  # seconds for a proof where nobody waits in a browser


def plan_courses(
    transcript: Transcript,
    offers: Sequence[CourseOffer],
    *,
    by: str = "hours",
    margin: int = 0,
    seconds: float = PATIENCE,
) -> Plan:
    """Least missing over all credentials, then least hours (or price), then fewest courses.

    ``margin`` is in hundredths of a point, above each total. UnjudgeableError as for a verdict.
    """
    rules.judge(transcript)
    return plan_cycles(cycles_of(transcript), offers, by=by, margin=margin, seconds=seconds)


def plan_cycles(
    cycles: Sequence[OpenCycle],
    offers: Sequence[CourseOffer],
    *,
    by: str = "hours",
    margin: int = 0,
    seconds: float = PATIENCE,
    remember: Callable[[Program, Callable[[], Solution | None]], Solution | None] | None = None,
) -> Plan:
    """The same for cycles that each know their own activities and pins, and that can be judged.

    ``remember`` may answer for the solver: it gets the program and the way to solve it.
    """
    task = task_of(cycles, offers, by=by, margin=margin)
    chosen: list[CourseOffer] = []
    is_proven = True
    if not task.is_done:
        program = task.program

        def solve() -> Solution | None:
            return highs.solve(program, seconds=seconds)

        solution = solve() if remember is None else remember(program, solve)
        chosen, is_proven = task.chosen(solution)
    verdicts = tuple(verdict_with(cycle, chosen) for cycle in cycles)
    return Plan(by, tuple(chosen), is_proven, verdicts)


def verdict_with(cycle: OpenCycle, taken: Sequence[CourseOffer]) -> Verdict:
    """The verdict on a cycle after taking these courses on its day."""
    courses = [replace(course.activity, completed_on=cycle.as_of) for course in taken]
    return rules.judge_credential(
        cycle.held,
        activities=[*cycle.activities, *courses],
        as_of=cycle.as_of,
        pins=cycle.pins,
    )
