"""What the pace of a cycle so far promises."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a holder will have on the last sensible day at the pace of the cycle so far.

    ``will_have`` is rounded down to a tenth, ``short`` is what it lacks of ``needed``.
    ``reached_on`` is the day the total is full at this pace, None if that is too late. ``enough``
    is what is needed a month (30 days) from now on, rounded up to a tenth.
    """

    needed: Decimal
    will_have: Decimal
    short: Decimal
    by: date
    reached_on: date | None
    pace: Decimal  # a month, rounded down to a tenth
    enough: Decimal
