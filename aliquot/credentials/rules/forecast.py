"""Will the total be reached in time, if it goes on like this? docs/rules/forecast.md. Pure."""

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

from aliquot.credentials.facts import Figures, Forecast, Situation, Verdict
from aliquot.credentials.rules.situations import situation_of

LEAST_DAYS = 90  # of a cycle, before its pace says anything
MONTH = 30  # days


def forecast(verdict: Verdict | Figures) -> Forecast | None:
    """The forecast of a cycle that lacks points; None where the pace says nothing.

    It says nothing in the first 90 days of a window, before anything counts, on the last day, and
    where figures are unknown or the window moves with the day asked about.
    """
    window, last = verdict.window, verdict.finish_by
    if window is None or last is None or not verdict.needed or not verdict.missing:
        return None
    if situation_of(verdict) is not Situation.SHORT:
        return None
    passed = (verdict.as_of - window.starts_on).days + 1
    left = (last - verdict.as_of).days
    if passed < LEAST_DAYS or left < 1 or not verdict.counted:
        return None
    counted, needed = Fraction(verdict.counted), Fraction(verdict.needed)
    pace = counted / passed  # a day
    will_have = min(counted + pace * left, needed)
    days = ceil((needed - counted) / pace)
    return Forecast(
        needed=verdict.needed,
        will_have=_down(will_have),
        short=verdict.needed - _down(will_have),
        by=last,
        reached_on=verdict.as_of + timedelta(days=days) if days <= left else None,
        pace=_down(pace * MONTH),
        enough=_up((needed - counted) / left * MONTH),
    )


def _down(amount: Fraction) -> Decimal:
    return Decimal(floor(amount * 10)) / 10


def _up(amount: Fraction) -> Decimal:
    return Decimal(ceil(amount * 10)) / 10
