"""The shortest way to finish, as a program in whole numbers: docs/rules/planning.md.

``task_of`` builds what a solver is asked; the task then reads the answer and checks it with the
allocator that also judges.
"""

from collections.abc import Sequence

from aliquot.credentials.facts import CourseOffer, Transcript
from aliquot.credentials.rules.planning.goals import goal_of
from aliquot.credentials.rules.planning.task import Task
from aliquot.credentials.rules.standing import pins_by_credential

__all__ = ["Task", "task_of"]


def task_of(
    transcript: Transcript, offers: Sequence[CourseOffer], *, by: str = "hours", margin: int = 0
) -> Task:
    """What to choose among the offers so that all credentials of the transcript lack least.

    The transcript must be one that can be judged. ``by`` is hours or price; by price, an offer
    whose price is not stated is never chosen. ``margin`` is in hundredths of a point, above the
    total of each credential that has one.
    """
    usable = [offer for offer in offers if by != "price" or offer.cents is not None]
    usable.sort(key=lambda offer: (not offer.is_preferred, offer.activity.id))
    pins_of, _ = pins_by_credential(transcript)
    goals = [
        goal_of(
            held,
            activities=transcript.activities,
            offers=[offer.activity for offer in usable],
            as_of=transcript.as_of,
            pins=[transcript.pins[position] for position in pins_of[index]],
            margin=margin,
        )
        for index, held in enumerate(transcript.credentials)
    ]
    return Task(usable, goals, by=by)
