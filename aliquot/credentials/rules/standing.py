"""The judgment: one transcript in, one verdict per credential and cycle out."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from aliquot.credentials.errors import Problem, UnjudgeableError
from aliquot.credentials.facts import (
    Activity,
    CredentialHeld,
    Figures,
    Pin,
    Transcript,
    Verdict,
)
from aliquot.credentials.rules.case import prepare
from aliquot.credentials.rules.cycles import dates_of, is_inside, problems_with
from aliquot.credentials.rules.figures import figures_of
from aliquot.credentials.rules.grounds import Grounds
from aliquot.credentials.rules.report import report
from aliquot.credentials.rules.settling import missing_of, settle


def judge(transcript: Transcript) -> list[Verdict]:
    """The verdict on every credential of the transcript, in its order.

    UnjudgeableError lists every contradiction with a body's fixed dates, or every pin that cannot
    hold, with paths from the top of the transcript.
    """
    problems = [
        replace(problem, path=("credentials", index, *problem.path))
        for index, held in enumerate(transcript.credentials)
        for problem in problems_with(held)
    ]
    if problems:
        raise UnjudgeableError(tuple(problems))
    verdicts = []
    pins_of, problems = pins_by_credential(transcript)
    for held, positions in zip(transcript.credentials, pins_of, strict=True):
        try:
            verdict = judge_credential(
                held,
                activities=transcript.activities,
                as_of=transcript.as_of,
                pins=[transcript.pins[position] for position in positions],
            )
        except UnjudgeableError as error:
            for problem in error.problems:
                pin, *rest = problem.path
                path = ("pins", positions[int(pin)], *rest)
                problems.append(replace(problem, path=path))
        else:
            verdicts.append(verdict)
    if problems:
        raise UnjudgeableError(tuple(dict.fromkeys(problems)))
    return verdicts


def judge_credential(
    held: CredentialHeld,
    *,
    activities: Sequence[Activity],
    as_of: date,
    pins: Sequence[Pin] = (),
) -> Verdict:
    """The verdict on one cycle. ``pins`` are those of this credential.

    UnjudgeableError if a pin cannot hold (paths start with its position in ``pins``), or if the
    cycle contradicts dates that the body fixes (paths start at the credential).
    """
    problems = problems_with(held)
    if problems:
        raise UnjudgeableError(tuple(problems))
    case = prepare(held, activities=activities, as_of=as_of)
    return report(case, settle(case, pins))


def figures(
    held: CredentialHeld,
    *,
    activities: Sequence[Activity],
    as_of: date,
    pins: Sequence[Pin] = (),
    grounds: Grounds | None = None,
) -> Figures:
    """The figures of ``judge_credential`` without reasons or allocations, several times as fast.

    Give one ``Grounds`` to all calls of a run over many people. UnjudgeableError as there.
    """
    problems = problems_with(held)
    if problems:
        raise UnjudgeableError(tuple(problems))
    case = prepare(held, activities=activities, as_of=as_of, grounds=grounds)
    return figures_of(case, missing_of(case, pins))


def pins_by_credential(transcript: Transcript) -> tuple[list[list[int]], list[Problem]]:
    """Positions of the pins for each credential.

    Of a credential listed more than once, a pin goes to the cycles whose window holds the activity.
    """
    days = {activity.id: activity.completed_on for activity in transcript.activities}
    pins_of: list[list[int]] = [[] for _ in transcript.credentials]
    problems = []
    for position, pin in enumerate(transcript.pins):
        cycles = [
            index
            for index, held in enumerate(transcript.credentials)
            if held.pack.id == pin.credential
        ]
        if not cycles:
            problems.append(Problem(("pins", position, "credential"), "is not listed"))
        if len(cycles) > 1 and pin.activity in days:
            cycles = [
                index for index in cycles if _window_holds(transcript, index, days[pin.activity])
            ]
            if not cycles:
                what = "was completed outside every listed cycle of the credential"
                problems.append(Problem(("pins", position, "activity"), what))
        for index in cycles:
            pins_of[index].append(position)
    return pins_of, problems


def _window_holds(transcript: Transcript, index: int, day: date) -> bool:
    held = transcript.credentials[index]
    return is_inside(day, held, dates_of(held, as_of=transcript.as_of).window)
