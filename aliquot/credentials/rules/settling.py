"""From a case and its pins to amounts: who gives how much to which line, and what is left."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import ge

from aliquot.credentials.errors import Problem, UnjudgeableError
from aliquot.credentials.facts import Activity, Pin, Reason
from aliquot.credentials.rules.allocation import Allocator, Held
from aliquot.credentials.rules.case import Case
from aliquot.credentials.rules.leftovers import reason_for_leftover
from aliquot.credentials.rules.pins import Board, board_of, costs, held_pins

_ORDER = {reason.value: position for position, reason in enumerate(Reason)}


@dataclass(frozen=True, slots=True)
class PinCost:
    """A pin, or all together where ``pin`` is None, and the hundredths that it costs."""

    pin: Pin | None
    cost: int


@dataclass(frozen=True, slots=True)
class Settled:
    """Who gives how much to which line.

    ``taken`` goes by the position of the credit in the case and of the line, ``pinned`` by that of
    the activity and of the line. ``missing`` is by line, None where the need is unknown.
    """

    taken: Mapping[tuple[int, int], int]
    missing: tuple[int | None, ...]
    is_cap_reached: tuple[bool, ...]
    pinned: frozenset[tuple[int, int]]
    pin_costs: tuple[PinCost, ...]


@dataclass(frozen=True, slots=True)
class Leftover:
    """What of one activity does not count, for one reason; ``lines`` it was judged against."""

    activity: int
    reason: Reason
    amount: int
    areas: tuple[str, ...]
    lines: tuple[int, ...]


def settle(case: Case, pins: Sequence[Pin]) -> Settled:
    """The exact best allocation given the pins; UnjudgeableError if one cannot hold."""
    board, held, allocator = _filled(case, pins)
    outcome = allocator.settle()
    missing = _missing(case, outcome.filled)
    return Settled(
        taken={
            (credit, case.known[position]): amount
            for (credit, position), amount in outcome.taken.items()
        },
        missing=missing,
        is_cap_reached=tuple(map(ge, outcome.through, case.caps.limits)),
        pinned=frozenset((pin.owner, case.known[pin.requirement]) for pin in held),
        pin_costs=_pin_costs(board, pins, held, missing=sum(value or 0 for value in missing)),
    )


def missing_of(case: Case, pins: Sequence[Pin]) -> tuple[int | None, ...]:
    """The ``missing`` of ``settle``, without deciding which activity fills what."""
    _, _, allocator = _filled(case, pins)
    return _missing(case, allocator.filled)


def _filled(case: Case, pins: Sequence[Pin]) -> tuple[Board, list[Held], Allocator]:
    """The pins held and the lines filled; UnjudgeableError if a pin cannot hold."""
    board = board_of(case)
    held, problems = held_pins(case, board, pins)
    allocator = board.allocator(held)
    if not problems:
        problems = [
            Problem((index, "amount"), "cannot hold together with the pins before it")
            for index, pin in enumerate(held)
            if not allocator.hold(pin)
        ]
    if problems:
        raise UnjudgeableError(tuple(problems))
    allocator.fill()
    return board, held, allocator


def _missing(case: Case, filled: Sequence[int]) -> tuple[int | None, ...]:
    """By line of the case, from what each line that can be filled has got."""
    missing: list[int | None] = [None] * len(case.lines)
    for position, line in enumerate(case.known):
        missing[line] = (case.lines[line].need or 0) - filled[position]
    return tuple(missing)


def leftovers(case: Case, settled: Settled) -> list[Leftover]:
    """Everything that counts toward nothing: by activity, then in the order of the reasons."""
    used: dict[int, int] = defaultdict(int)
    for (index, _), amount in settled.taken.items():
        used[index] += amount
    partly_used = {case.credits[index].activity for index in used}
    needs = [line.need for line in case.lines]
    rows = [
        Leftover(activity, reason, case.totals[activity], _areas(case.activities[activity]), ())
        for activity, reason in case.refusals.items()
    ]
    for index, credit in enumerate(case.credits):
        left = credit.amount - used[index]
        if left:
            group = case.caps.group_of.get(credit.kind)
            reason, lines = reason_for_leftover(
                credit.fit,
                needs=needs,
                missing=settled.missing,
                is_partly_used=credit.activity in partly_used,
                is_cap_reached=group is not None and settled.is_cap_reached[group],
            )
            areas = case.activities[credit.activity].parts[credit.part].areas
            rows.append(Leftover(credit.activity, reason, left, areas, tuple(lines)))
    return _one_row_each(rows)


def _one_row_each(rows: list[Leftover]) -> list[Leftover]:
    """Rows of the same activity and reason joined, in order."""
    joined: dict[tuple[int, int], Leftover] = {}
    for row in rows:
        key = (row.activity, _ORDER[row.reason.value])
        other = joined.get(key)
        joined[key] = (
            row
            if other is None
            else Leftover(
                row.activity,
                row.reason,
                other.amount + row.amount,
                tuple(dict.fromkeys(other.areas + row.areas)),
                tuple(dict.fromkeys(other.lines + row.lines)),
            )
        )
    return [joined[key] for key in sorted(joined)]


def _areas(activity: Activity) -> tuple[str, ...]:
    return tuple(dict.fromkeys(area for part in activity.parts for area in part.areas))


def _pin_costs(
    board: Board, pins: Sequence[Pin], held: Sequence[Held], *, missing: int
) -> tuple[PinCost, ...]:
    """The cost of each pin that has one, and of all together where that is more to say."""
    together, each = costs(board, held, missing=missing)
    found = [PinCost(pin, cost) for pin, cost in zip(pins, each, strict=True) if cost]
    if together and [row.cost for row in found] != [together]:
        found.append(PinCost(None, together))
    return tuple(found)
