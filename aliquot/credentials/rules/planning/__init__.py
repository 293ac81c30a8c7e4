"""The shortest way to finish, as a program in whole numbers: docs/rules/planning.md.

``task_of`` builds what a solver is asked; the task then reads the answer and checks it with the
allocator that also judges.
"""

from collections.abc import Sequence

from aliquot.credentials.facts import CourseOffer, OpenCycle, Transcript
from aliquot.credentials.rules.planning.goals import goal_of
from aliquot.credentials.rules.planning.task import Task
from aliquot.credentials.rules.standing import pins_by_credential

__all__ = ["Task", "cycles_of", "task_of"]


def cycles_of(transcript: Transcript) -> list[OpenCycle]:
    """The cycles of a transcript that can be judged: all share its activities."""
    pins_of, _ = pins_by_credential(transcript)
    return [
        OpenCycle(
            held,
            transcript.as_of,
            transcript.activities,
            tuple(transcript.pins[position] for position in positions),
        )
        for held, positions in zip(transcript.credentials, pins_of, strict=True)
    ]


def task_of(
    cycles: Sequence[OpenCycle],
    offers: Sequence[CourseOffer],
    *,
    by: str = "hours",
    margin: int = 0,
) -> Task:
    """What to choose among the offers so that all cycles together lack least.

    The cycles must be such that can be judged. ``by`` is hours or price; by price, an offer
    whose price is not stated is never chosen. ``margin`` is in hundredths of a point, above the
    total of each credential that has one. An offer counts as completed on the day of the cycle.
    """
    usable = [offer for offer in offers if by != "price" or offer.cents is not None]
    usable.sort(key=lambda offer: (-offer.preference, offer.activity.id))
    activities = [offer.activity for offer in usable]
    goals = [goal_of(cycle, offers=activities, margin=margin) for cycle in cycles]
    return Task(usable, goals, by=by)
