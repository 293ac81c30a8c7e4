"""When the next cycle will probably end. A proposal: only the body's own date counts. Pure."""

from datetime import date

from aliquot.credentials.facts import CredentialHeld
from aliquot.credentials.facts.closing import NextEnd


def next_end(held: CredentialHeld) -> NextEnd | None:
    """One cycle after this one's end; None where the length of the cycle is not known.

    Florida and a few others fix the day for everybody. For all others it stands in the body's
    account, and is proposed only to be compared with it.
    """
    years = held.pack.cycle_years
    if years is None:
        return None
    end = held.pack.cycle_end
    return NextEnd(
        _years_after(held.cycle_ends_on, years),
        years=years,
        is_fixed=end is not None and end.month is not None,
    )


def _years_after(day: date, years: int) -> date:
    """The last day of February stays the last: a leap day becomes February 28."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
