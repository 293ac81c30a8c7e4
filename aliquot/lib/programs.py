"""Programs in whole numbers: what an outside solver is asked, and what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """``least`` ≤ the sum of the columns times their factors ≤ ``most``; None: no limit."""

    factors: Mapping[int, int]
    least: int | None = None
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Program:
    """Find columns, each from 0 to its ``upper``, that keep every row and have the least cost.

    The first ``whole`` columns must be whole numbers; only they cost. ``stages`` are costs of
    those, the most important first: a later one decides only between equals of the earlier ones.
    """

    upper: tuple[int, ...]
    whole: int
    rows: tuple[Row, ...]
    stages: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Solution:
    """The whole columns, and whether no others cost less in the first stage: proven, not hoped."""

    values: tuple[int, ...]
    is_proven: bool

    def cost(self, stage: tuple[int, ...]) -> int:
        """What the columns cost by one stage."""
        return sum(value * cost for value, cost in zip(self.values, stage, strict=True))
