"""The rows of one goal: credit flows from sources to lines, and the courses taken feed sources."""

from collections.abc import Iterator, Mapping, Sequence
from math import gcd

from aliquot.credentials.rules.planning.goals import Goal, Source
from aliquot.lib.programs import Row

type Give = Mapping[Source, int]


class GoalRows:
    """One goal's part of the program. Its flow columns stand from ``first`` on.

    Flows need not be asked to be whole: once the courses are chosen, the rows are those of a
    network, and a network with whole capacities has a whole flow of the same size. Amounts are
    divided by what they all have in common, so that the numbers stay small.
    """

    def __init__(self, goal: Goal, reach: tuple[int, int], *, first: int) -> None:
        self._goal, self._reach = goal, reach
        sources = {source for give in goal.gives for source in give} | goal.has.keys()
        self._sources = sorted(
            sources, key=lambda source: (source.takes, source.group or 0, source.owner)
        )
        self._flows: dict[tuple[Source, int], int] = {}
        self.upper: list[int] = []
        self._unit = 1
        for source in self._sources:
            for line in source.takes:
                self._flows[source, line] = first + len(self.upper)
                self.upper.append(goal.needs[line])

    def rows(self, gives: Sequence[Give]) -> list[Row]:
        """All rows; ``gives`` is what one course of each column of courses gives."""
        goal = self._goal
        self._unit = gcd(
            *goal.needs,
            *goal.caps,
            *self._reach,
            *goal.has.values(),
            *(pin.amount for pin in goal.pins),
            *(amount for give in gives for amount in give.values()),
        )
        self.upper = [amount // self._unit for amount in self.upper]
        return [*self._supplies(gives), *self._lines(), *self._limits()]

    def _supplies(self, gives: Sequence[Give]) -> Iterator[Row]:
        """No source gives more than the activities and the courses taken put into it."""
        for source in self._sources:
            factors = {self._flows[source, line]: 1 for line in source.takes}
            for column, give in enumerate(gives):
                if amount := give.get(source):
                    factors[column] = -(amount // self._unit)
            yield Row(factors, most=self._goal.has.get(source, 0) // self._unit)

    def _lines(self) -> Iterator[Row]:
        """No line takes more than it needs; together they get what can be reached."""
        *needs, margin = self._goal.needs
        lines, surplus = self._reach
        is_all = lines == sum(needs)
        for line, need in enumerate(needs):
            if into := self._into({line}):
                exactly = need // self._unit
                yield Row(into, least=exactly if is_all else None, most=exactly)
        if not is_all:
            yield Row(self._into(set(range(len(needs)))), least=lines // self._unit)
        if margin:
            into = self._into({len(needs)})
            yield Row(into, least=surplus // self._unit, most=margin // self._unit)

    def _limits(self) -> Iterator[Row]:
        """Caps of kinds, and what is pinned."""
        for group, cap in enumerate(self._goal.caps):
            capped = {flow: 1 for (source, _), flow in self._flows.items() if source.group == group}
            if capped:
                yield Row(capped, most=cap // self._unit)
        for pin in self._goal.pins:
            pinned = {
                flow: 1
                for (source, line), flow in self._flows.items()
                if source.owner == pin.owner and line == pin.requirement
            }
            yield Row(pinned, least=pin.amount // self._unit)

    def _into(self, lines: set[int]) -> dict[int, int]:
        return {flow: 1 for (_, line), flow in self._flows.items() if line in lines}
