"""What one credential asks of a plan: its lines, what is there, and what each offer would give."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from aliquot.credentials.facts import Activity, OpenCycle
from aliquot.credentials.rules.allocation import Allocator, Held, Item
from aliquot.credentials.rules.case import prepare
from aliquot.credentials.rules.pins import board_of, held_pins

NOBODY = -1  # the owner of credit that no pin speaks about


@dataclass(frozen=True, slots=True)
class Source:
    """Credit that may do exactly the same: which lines take it, its cap, its pinned activity."""

    takes: tuple[int, ...]
    group: int | None
    owner: int = NOBODY


@dataclass(frozen=True, slots=True)
class Goal:
    """One cycle as a problem of flow, in hundredths.

    ``needs`` are those of the lines; the last one is the margin, 0 without one. ``has`` is what the
    activities supply, ``gives`` what each offer would, both by source. ``reach`` is what all offers
    together would fill: lines, margin.
    """

    needs: tuple[int, ...]
    caps: tuple[int, ...]
    pins: tuple[Held, ...]
    has: Mapping[Source, int]
    gives: tuple[Mapping[Source, int], ...]

    def filled(self, offers: Iterable[int]) -> tuple[int, int]:
        """What these offers and the activities fill at best: of the lines, then of the margin."""
        supply = Counter(self.has)
        for offer in offers:
            supply.update(self.gives[offer])
        items = [
            Item(source.owner, supply[source], source.takes, source.group) for source in supply
        ]
        allocator = Allocator(self.needs, items, self.caps, self.pins)
        for pin in self.pins:
            allocator.hold(pin)
        *lines, margin = allocator.fill()
        return sum(lines), margin


def goal_of(cycle: OpenCycle, *, offers: Sequence[Activity], margin: int) -> Goal:
    """The goal of one cycle. What counts is decided by the same screening as a verdict.

    The margin is a line of its own after all others that takes whatever one of them takes, so it
    holds what the verdict calls surplus. A total that is unknown or 0 has none.
    """
    taken = [replace(offer, completed_on=cycle.as_of) for offer in offers]
    case = prepare(cycle.held, activities=[*cycle.activities, *taken], as_of=cycle.as_of)
    board = board_of(case)
    pinned, _ = held_pins(case, board, cycle.pins)
    owners = {pin.owner for pin in pinned}
    last = len(board.lines)
    has: Counter[Source] = Counter()
    gives: list[Counter[Source]] = [Counter() for _ in offers]
    for item in board.items:
        if not item.takes:
            continue
        owner = item.owner if item.owner in owners else NOBODY
        source = Source((*item.takes, last), item.group, owner)
        if item.owner < len(cycle.activities):
            has[source] += item.amount
        else:
            gives[item.owner - len(cycle.activities)][source] += item.amount
    return Goal(
        needs=(*(line.need or 0 for line in board.lines), margin if case.demand.total else 0),
        caps=tuple(board.caps),
        pins=tuple(pinned),
        has=has,
        gives=tuple(gives),
    )
