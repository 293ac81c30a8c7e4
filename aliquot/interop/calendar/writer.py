"""From days to the file that a calendar reads."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import icalendar


@dataclass(frozen=True, slots=True)
class Day:
    """A whole day of a calendar. ``key`` makes it the same day again when it is read anew."""

    key: str
    day: date
    title: str
    url: str


def calendar_file(name: str, days: Iterable[Day], *, now: datetime) -> bytes:
    """The calendar; the days are free time, not busy."""
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Aliquot//Plan//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", name)
    for each in days:
        event = icalendar.Event()
        event.add("uid", f"{each.key}@aliquot")
        event.add("dtstamp", now)
        event.add("dtstart", each.day)
        event.add("dtend", each.day + timedelta(days=1))
        event.add("summary", each.title)
        event.add("url", each.url)
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    return bytes(calendar.to_ical())
