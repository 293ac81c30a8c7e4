"""The allocator against a search through every allocation there is, on small problems."""

from collections.abc import Iterator
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from aliquot.credentials.rules.allocation import Allocator, Held, Item
from tests.credentials.depth import DEPTH

type Matrix = tuple[tuple[int, ...], ...]


def splits(amount: int, takes: tuple[int, ...], width: int) -> Iterator[tuple[int, ...]]:
    """All ways to give up to ``amount`` to the requirements ``takes``."""
    for chosen in product(range(amount + 1), repeat=len(takes)):
        if sum(chosen) <= amount:
            row = [0] * width
            for requirement, part in zip(takes, chosen, strict=True):
                row[requirement] = part
            yield tuple(row)


def is_allowed(
    matrix: Matrix, needs: list[int], items: list[Item], caps: list[int], pins: list[Held]
) -> bool:
    columns = [sum(row[r] for row in matrix) for r in range(len(needs))]
    if any(got > need for got, need in zip(columns, needs, strict=True)):
        return False
    for group, cap in enumerate(caps):
        if (
            sum(sum(row) for row, item in zip(matrix, items, strict=True) if item.group == group)
            > cap
        ):
            return False
    return all(
        sum(
            row[pin.requirement]
            for row, item in zip(matrix, items, strict=True)
            if item.owner == pin.owner
        )
        >= pin.amount
        for pin in pins
    )


def best_by_search(
    needs: list[int], items: list[Item], caps: list[int], pins: list[Held]
) -> Matrix | None:
    """The contract's order, literally: total, then per requirement, then per activity."""
    width = len(needs)
    rows = [list(splits(item.amount, item.takes, width)) for item in items]
    allowed = (m for m in product(*rows) if is_allowed(m, needs, items, caps, pins))
    return max(
        allowed,
        key=lambda m: (
            sum(map(sum, m)),
            tuple(sum(row[r] for row in m) for r in range(width)),
            tuple(tuple(row[r] for row in m) for r in range(width)),
        ),
        default=None,
    )


def by_allocator(
    needs: list[int], items: list[Item], caps: list[int], pins: list[Held]
) -> Matrix | None:
    allocator = Allocator(needs, items, caps, pins)
    if not all(allocator.hold(pin) for pin in pins):
        return None
    allocator.fill()
    outcome = allocator.settle()
    matrix = [[0] * len(needs) for _ in items]
    for (item, requirement), amount in outcome.taken.items():
        matrix[item][requirement] = amount
    return tuple(map(tuple, matrix))


@st.composite
def problems(draw: st.DrawFn) -> tuple[list[int], list[Item], list[int], list[Held]]:
    width = draw(st.integers(1, 3))
    needs = draw(st.lists(st.integers(0, 3), min_size=width, max_size=width))
    caps = draw(st.lists(st.integers(0, 3), max_size=2))
    takes = st.sets(st.integers(0, width - 1)).map(lambda chosen: tuple(sorted(chosen)))
    group = st.sampled_from([None, *range(len(caps))])
    items = draw(
        st.lists(
            st.builds(
                Item, owner=st.integers(0, 2), amount=st.integers(1, 3), takes=takes, group=group
            ),
            max_size=4,
        )
    )
    pins = draw(
        st.lists(
            st.builds(
                Held,
                owner=st.integers(0, 2),
                requirement=st.integers(0, width - 1),
                amount=st.integers(1, 2),
            ),
            max_size=2,
            unique_by=lambda pin: (pin.owner, pin.requirement),
        )
    )
    return needs, items, caps, pins


@settings(max_examples=200 * DEPTH)
@given(problems())
def test_no_other_allocation_is_better(
    problem: tuple[list[int], list[Item], list[int], list[Held]],
) -> None:
    assert by_allocator(*problem) == best_by_search(*problem)


def most_by_cuts(needs: list[int], items: list[Item], caps: list[int]) -> int:
    """The greatest total by another road: the cheapest cut over all subsets of requirements."""
    cheapest = None
    for inside in product([False, True], repeat=len(needs)):
        crossing = [item for item in items if not all(inside[r] for r in item.takes)]
        cut = sum(need for need, is_inside in zip(needs, inside, strict=True) if is_inside)
        cut += sum(item.amount for item in crossing if item.group is None)
        for group, cap in enumerate(caps):
            cut += min(cap, sum(item.amount for item in crossing if item.group == group))
        cheapest = cut if cheapest is None else min(cheapest, cut)
    return cheapest or 0


@st.composite
def large_problems(draw: st.DrawFn) -> tuple[list[int], list[Item], list[int]]:
    width = draw(st.integers(1, 7))
    needs = draw(st.lists(st.integers(0, 2600), min_size=width, max_size=width))
    caps = draw(st.lists(st.integers(0, 1800), max_size=2))
    takes = st.sets(st.integers(0, width - 1)).map(lambda chosen: tuple(sorted(chosen)))
    group = st.sampled_from([None, *range(len(caps))])
    one = st.builds(
        Item, owner=st.integers(0, 40), amount=st.integers(1, 900), takes=takes, group=group
    )
    return needs, draw(st.lists(one, max_size=40)), caps


@settings(max_examples=80 * DEPTH)
@given(large_problems())
def test_the_total_is_the_cheapest_cut(problem: tuple[list[int], list[Item], list[int]]) -> None:
    needs, items, caps = problem
    matrix = by_allocator(needs, items, caps, [])
    assert matrix is not None
    assert sum(map(sum, matrix)) == most_by_cuts(needs, items, caps)
    assert is_allowed(matrix, needs, items, caps, [])
    assert all(sum(row) <= item.amount for row, item in zip(matrix, items, strict=True))
