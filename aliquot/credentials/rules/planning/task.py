"""All goals at once: the program that a solver is asked, and its answer read back and checked."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import gcd

from aliquot.credentials.facts import CourseOffer
from aliquot.credentials.rules.amounts import to_hundredths
from aliquot.credentials.rules.planning.goals import Goal
from aliquot.credentials.rules.planning.rows import Give, GoalRows
from aliquot.lib.programs import Program, Solution


@dataclass(frozen=True, slots=True)
class _Alike:
    """Offers that give the same to every goal and cost the same: one column, up to all of them."""

    offers: list[int]
    gives: dict[int, Give]
    cost: int
    preference: int


class Task:
    """What to choose, for a solver; see ``task_of``."""

    def __init__(self, offers: Sequence[CourseOffer], goals: Sequence[Goal], *, by: str) -> None:
        self._offers, self._goals, self._by = offers, goals, by
        everything = range(len(offers))
        # More courses never raise what is missing, so all together show what can be reached.
        self._reach = [goal.filled(everything) for goal in goals]
        self._open = [
            number for number, goal in enumerate(goals) if goal.filled(()) != self._reach[number]
        ]
        self._alike = self._joined()

    @property
    def is_done(self) -> bool:
        """Whether no course is needed, or none would help."""
        return not self._open

    @cached_property
    def program(self) -> Program:
        """The least cost, then the fewest courses, that fill as much as all offers together do."""
        whole = len(self._alike)
        upper = [len(alike.offers) for alike in self._alike]
        rows = []
        for number in self._open:
            builder = GoalRows(self._goals[number], self._reach[number], first=len(upper))
            rows += builder.rows([alike.gives.get(number, {}) for alike in self._alike])
            upper += builder.upper
        return Program(tuple(upper), whole, tuple(rows), self._stages())

    def chosen(self, solution: Solution | None) -> tuple[list[CourseOffer], bool]:
        """The offers of a solution in the order of ids, and whether they are proven the best.

        Every answer is checked by the allocator; one that does not hold is replaced by everything
        of use, which is never proven.
        """
        if solution is not None:
            picked = [
                offer
                for alike, count in zip(self._alike, solution.values, strict=True)
                for offer in alike.offers[:count]
            ]
            if self._holds(picked):
                return self._in_order(picked), solution.is_proven
        return self._in_order([offer for alike in self._alike for offer in alike.offers]), False

    def _holds(self, picked: list[int]) -> bool:
        return all(
            self._goals[number].filled(picked) == self._reach[number] for number in self._open
        )

    def _in_order(self, picked: list[int]) -> list[CourseOffer]:
        offers = [self._offers[position] for position in picked]
        return sorted(offers, key=lambda offer: offer.activity.id)

    def _joined(self) -> list[_Alike]:
        joined: dict[object, _Alike] = {}
        for position, offer in enumerate(self._offers):
            gives = {
                number: give
                for number in self._open
                if (give := _useful(self._goals[number], position))
            }
            if not gives:
                continue
            cost = self._cost(offer)
            key = (
                frozenset((number, frozenset(give.items())) for number, give in gives.items()),
                cost,
                offer.preference,
            )
            alike = joined.setdefault(key, _Alike([], gives, cost, offer.preference))
            alike.offers.append(position)
        return list(joined.values())

    def _cost(self, offer: CourseOffer) -> int:
        return offer.cents or 0 if self._by == "price" else to_hundredths(offer.hours)

    def _stages(self) -> tuple[tuple[int, ...], ...]:
        """Cost and number in one figure, cost first; then the most preferred of equals.

        As few as possible below the lowest preference, then below the next, and so on.
        """
        unit = gcd(*(alike.cost for alike in self._alike)) or 1
        beyond = 1 + sum(len(alike.offers) for alike in self._alike)
        first = tuple(alike.cost // unit * beyond + 1 for alike in self._alike)
        levels = sorted({alike.preference for alike in self._alike})[1:]
        preferred = (
            tuple(int(alike.preference < level) for alike in self._alike) for level in levels
        )
        return first, *preferred


def _useful(goal: Goal, offer: int) -> Give:
    """What an offer gives, no more of it than the lines could ever hold."""
    useful: dict[object, int] = defaultdict(int)
    for source, amount in goal.gives[offer].items():
        most = min(amount, sum(goal.needs[line] for line in source.takes))
        if most:
            useful[source] = most
    return dict(useful)  # type: ignore[arg-type]
