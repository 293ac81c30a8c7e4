"""How long a judgment holds by itself: the last day on which time alone cannot change it."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from aliquot.credentials.facts import Activity, Figures, Verdict
from aliquot.credentials.rules.cycles import window_of

_DAY = timedelta(days=1)


def good_through(figures: Figures | Verdict, activities: Sequence[Activity]) -> date:
    """The last day up to which the same facts give the same figures and the same situation.

    Where nothing can change any more, ``date.max``. It may be earlier than needed, never later.
    """
    return min(
        (day for day in _last_days(figures, activities) if day >= figures.as_of), default=date.max
    )


def _last_days(figures: Figures | Verdict, activities: Sequence[Activity]) -> Iterator[date]:
    """Days after which something may be otherwise; past ones change nothing any more."""
    held = figures.held
    if held.expired or figures.participation.required is False:
        # Who is expired or takes part freely has no day to file, and stays so after the cycle.
        if figures.participation.required is False or held.pack.expired_rule is not None:
            yield from _days_before_a_move(figures, activities)
        return
    yield held.cycle_ends_on
    if figures.finish_by is not None:
        yield figures.finish_by
    if figures.declaration is not None:
        yield figures.declaration.opens_on - _DAY


def _days_before_a_move(
    figures: Figures | Verdict, activities: Sequence[Activity]
) -> Iterator[date]:
    """The last days before the first activity comes in, and before the first drops out."""
    window = figures.window
    if window is None:
        return
    days = [activity.completed_on for activity in activities]
    ahead = [day for day in days if day > figures.as_of]
    inside = [day for day in days if window.starts_on <= day <= figures.as_of]
    if ahead:
        yield min(ahead) - _DAY  # comes in on its own day
    if inside:
        yield _last_day_inside(figures, min(inside))


def _last_day_inside(figures: Figures | Verdict, day: date) -> date:
    """The last day asked about on whose window ``day`` still lies."""
    # A window is some whole months long: start near its end, and step over short months.
    assert figures.window is not None  # noqa: S101 (asked before)
    length = figures.window.ends_on - figures.window.starts_on
    last = day + length - timedelta(days=5)
    while _starts_on(figures, last + _DAY) <= day:
        last += _DAY
    return last


def _starts_on(figures: Figures | Verdict, as_of: date) -> date:
    window = window_of(figures.held, as_of=as_of, required=figures.participation.required)
    return window.starts_on if window else date.min
