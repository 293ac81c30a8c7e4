"""The smallest or cheapest set of courses that closes every gap: a transcript and offers in.

No Django and no database: the command line and the site share it. docs/rules/planning.md.
"""

from collections.abc import Sequence
from dataclasses import replace

from aliquot.credentials import rules
from aliquot.credentials.adapters import highs
from aliquot.credentials.facts import CourseOffer, Plan, Transcript
from aliquot.credentials.rules.planning import task_of

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
    Each offer's activity must be completed on the day of the transcript.
    """
    before = rules.judge(transcript)
    task = task_of(transcript, offers, by=by, margin=margin)
    if task.is_done:
        return Plan(by, (), is_proven=True, verdicts=tuple(before))
    solution = highs.solve(task.program, seconds=seconds)
    chosen, is_proven = task.chosen(solution)
    taken = tuple(course.activity for course in chosen)
    after = rules.judge(replace(transcript, activities=(*transcript.activities, *taken)))
    return Plan(by, tuple(chosen), is_proven, tuple(after))
