"""Pins: what the holder already typed at the body. Each holds, or is an error that says why."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from aliquot.credentials.errors import Problem
from aliquot.credentials.facts import Pin
from aliquot.credentials.rules.allocation import Allocator, Held, Item
from aliquot.credentials.rules.amounts import in_words, to_hundredths
from aliquot.credentials.rules.case import Case
from aliquot.credentials.rules.requirements import Line


@dataclass(frozen=True, slots=True)
class Board:
    """The allocation problem that pins are put on. ``lines`` are those that can be filled."""

    lines: Sequence[Line]
    items: Sequence[Item]
    caps: Sequence[int]

    def allocator(self, pins: Sequence[Held] = ()) -> Allocator:
        """A fresh allocator that knows these pins but holds none yet."""
        return Allocator([line.need or 0 for line in self.lines], self.items, self.caps, pins)

    def missing(self, pins: Sequence[Held]) -> int:
        """What stays missing at best while these pins are held."""
        allocator = self.allocator(pins)
        for pin in pins:
            allocator.hold(pin)
        return sum(line.need or 0 for line in self.lines) - sum(allocator.fill())

    def joined(self, *, apart: Collection[int]) -> "Board":
        """The same problem with items that may do the same made one, but for these owners'."""
        amounts: dict[tuple[int, tuple[int, ...], int | None], int] = defaultdict(int)
        for item in self.items:
            owner = item.owner if item.owner in apart else -1
            amounts[owner, item.takes, item.group] += item.amount
        items = [
            Item(owner=owner, amount=amount, takes=takes, group=group)
            for (owner, takes, group), amount in amounts.items()
        ]
        return replace(self, items=items)


def board_of(case: Case) -> Board:
    """The allocation problem of a case."""
    return Board([case.lines[line] for line in case.known], case.items(), case.caps.limits)


def held_pins(case: Case, board: Board, pins: Sequence[Pin]) -> tuple[list[Held], list[Problem]]:
    """The pins as the allocator wants them, and a problem for each that cannot hold even alone.

    The path of a problem starts with the position of the pin.
    """
    checker = _Checker(
        case,
        board,
        owners={activity.id: index for index, activity in enumerate(case.activities)},
        positions={line.id: position for position, line in enumerate(board.lines)},
    )
    held: list[Held] = []
    problems: list[Problem] = []
    seen: set[tuple[str, str]] = set()
    for index, pin in enumerate(pins):
        key = (pin.activity, pin.requirement)
        problem = checker.problem(pin)
        if problem is None and key in seen:
            problem = Problem(("requirement",), "is pinned for this activity already", "one pin")
        seen.add(key)
        if problem is None:
            held.append(checker.held(pin))
        else:
            problems.append(Problem((index, *problem.path), problem.what, problem.accepted))
    return held, problems


def costs(board: Board, pins: Sequence[Held], *, missing: int) -> tuple[int, list[int]]:
    """What the pins cost together, and what each costs beside the others, in hundredths."""
    small = board.joined(apart={pin.owner for pin in pins})
    together = missing - small.missing(()) if pins else 0
    if not together:
        return 0, [0] * len(pins)
    return together, [
        missing - small.missing([*pins[:i], *pins[i + 1 :]]) for i in range(len(pins))
    ]


@dataclass(frozen=True, slots=True)
class _Checker:
    case: Case
    board: Board
    owners: Mapping[str, int]
    positions: Mapping[str, int]

    def held(self, pin: Pin) -> Held:
        return Held(
            self.owners[pin.activity], self.positions[pin.requirement], to_hundredths(pin.amount)
        )

    def problem(self, pin: Pin) -> Problem | None:
        """Why the pin cannot hold even alone; None if it can."""
        if pin.activity not in self.owners:
            return Problem(("activity",), "no activity has this id")
        if pin.requirement not in self.positions:
            known = ", ".join(self.positions) or "none, no amount is known"
            return Problem(("requirement",), "is no requirement that this cycle can fill", known)
        wanted = self.held(pin)
        fitting = [
            item.amount
            for item in self.board.items
            if item.owner == wanted.owner and wanted.requirement in item.takes
        ]
        unit = self.case.held.pack.unit
        if not fitting:
            refusal = self.case.refusals.get(wanted.owner)
            why = f" ({refusal})" if refusal else ""
            return Problem(("activity",), f"cannot count toward {pin.requirement}{why}")
        need = self.board.lines[wanted.requirement].need or 0
        most = min(sum(fitting), need)
        if wanted.amount > most:
            what = f"{in_words(wanted.amount, unit)} cannot count toward {pin.requirement}"
            return Problem(("amount",), what, f"at most {in_words(most, unit)}")
        return None
