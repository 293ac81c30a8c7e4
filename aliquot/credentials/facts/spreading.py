"""A plan spread over months."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Study:
    """A course to finish by a day; ``due`` None: no day presses. ``hours`` are contact hours."""

    id: str
    hours: Decimal
    due: date | None = None


@dataclass(frozen=True, slots=True)
class StudyShare:
    """The hours of one course in one month, and whether it is finished in that month."""

    id: str
    hours: Decimal
    is_last: bool


@dataclass(frozen=True, slots=True)
class StudyMonth:
    """``first`` is the first day of the month. ``shares`` stand in the order of studying."""

    first: date
    shares: tuple[StudyShare, ...]

    @property
    def hours(self) -> Decimal:
        """All hours of the month."""
        return sum((share.hours for share in self.shares), Decimal(0))


@dataclass(frozen=True, slots=True)
class Spread:
    """The months from the first to the last in which something is to be done.

    ``least`` is the lowest number of hours a month with which every day is kept. ``is_kept``
    False: the limit asked for is lower, so the months go beyond it.
    """

    months: tuple[StudyMonth, ...]
    least: Decimal
    is_kept: bool = True
