"""Dates as people write them in American English, and days in a person's own zone."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_SHAPES = (
    "%B %d %Y", "%b %d %Y", "%m/%d/%Y", "%m-%d-%Y", "%m.%d.%Y", "%Y-%m-%d", "%Y/%m/%d",
    "%d %B %Y", "%d %b %Y",
)  # fmt: skip
_SHORT_YEAR = re.compile(r"^(\d{1,2})([/.-])(\d{1,2})\2(\d{2})$")
_YEARS_AHEAD = 20  # a year of two digits lies at most so far ahead, else in the past century


def day_in_zone(moment: datetime, zone: str) -> date:
    """The calendar day of an aware ``moment`` as the holder's wall calendar shows it."""
    return moment.astimezone(ZoneInfo(zone)).date()


def last_day(ends_at: datetime, zone: str) -> date:
    """The last day before a moment: an end at midnight leaves the day before."""
    return day_in_zone(ends_at - timedelta(microseconds=1), zone)


def end_of(day: date, zone: str) -> datetime:
    """The moment after the last one of ``day`` on a wall clock in ``zone``, in UTC."""
    midnight = datetime.combine(day + timedelta(days=1), time(), tzinfo=ZoneInfo(zone))
    return midnight.astimezone(UTC)


def long_date(day: date) -> str:
    """``June 30, 2027``."""
    return f"{day:%B} {day.day}, {day.year}"


def short_date(day: date) -> str:
    """``Jun 30, 2027``, the form for tables."""
    return f"{day:%b} {day.day}, {day.year}"


def read_date(text: str, *, this_year: int) -> date | None:
    """A date as Americans write it ("June 30, 2027", "6/30/27") or as ISO; None: not understood."""
    tidy = " ".join(re.sub(r"[,\s]+", " ", text.replace("Sept ", "Sep ")).split())
    short = _SHORT_YEAR.match(tidy)
    if short:
        month, _, day, last_two = short.groups()
        century = this_year - this_year % 100
        year = century + int(last_two)
        year -= 100 if year > this_year + _YEARS_AHEAD else 0
        tidy = f"{month}/{day}/{year}"
    tidy = re.sub(r"\b(\d{1,2})(?:st|nd|rd|th)\b", r"\1", tidy)
    tidy = re.sub(r"([A-Za-z]{3,9})\.", r"\1", tidy)
    for shape in _SHAPES:
        try:
            return datetime.strptime(tidy, shape).date()  # noqa: DTZ007 (a day has no zone)
        except ValueError:
            continue
    return None
