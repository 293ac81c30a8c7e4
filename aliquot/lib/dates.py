"""Dates as people write them in American English, and days in a person's own zone."""

from datetime import date, datetime
from zoneinfo import ZoneInfo


def day_in_zone(moment: datetime, zone: str) -> date:
    """The calendar day of an aware ``moment`` as the holder's wall calendar shows it."""
    return moment.astimezone(ZoneInfo(zone)).date()


def long_date(day: date) -> str:
    """``June 30, 2027``."""
    return f"{day:%B} {day.day}, {day.year}"


def short_date(day: date) -> str:
    """``Jun 30, 2027``, the form for tables."""
    return f"{day:%b} {day.day}, {day.year}"
