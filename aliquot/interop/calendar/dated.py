"""All-day events with alarms as an iCalendar file. The same events give the same bytes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the library is large, and few processes ever write a calendar
    from icalendar import Alarm, Event

PRODUCT = "-//Aliquot//Credential dates//EN"
REFRESH = timedelta(hours=12)  # how often a calendar should read a feed again
_DAY = timedelta(days=1)
_NINE = timedelta(hours=9)


@dataclass(frozen=True, slots=True)
class DatedEvent:
    """A whole day in somebody's calendar.

    ``uid`` stays the same for the life of the event; ``revision`` rises with each change, and
    ``changed_at`` says when the last one was. ``alarms`` are days before, each at 9 am.
    """

    uid: str
    day: date
    title: str
    description: str
    url: str
    revision: int
    changed_at: datetime
    alarms: tuple[int, ...] = ()


def calendar_file(events: Iterable[DatedEvent], *, name: str) -> bytes:
    """The events as a calendar named ``name``, by day: UTF-8, lines folded, as RFC 5545 asks."""
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("x-wr-calname", name)
    calendar.add("name", name)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    for event in sorted(events, key=lambda event: (event.day, event.uid)):
        calendar.add_component(_event(event))
    return bytes(calendar.to_ical())


def _event(event: DatedEvent) -> "Event":
    from icalendar import Event

    made = Event()
    made.add("uid", event.uid)
    made.add("sequence", event.revision)
    made.add("dtstamp", event.changed_at.astimezone(UTC).replace(microsecond=0))
    made.add("dtstart", event.day)
    made.add("dtend", event.day + _DAY)
    made.add("summary", event.title)
    made.add("description", event.description)
    made.add("url", event.url)
    made.add("transp", "TRANSPARENT")  # nobody is busy that day
    for days in sorted(event.alarms, reverse=True):
        made.add_component(_alarm(event.title, days))
    return made


def _alarm(title: str, days: int) -> "Alarm":
    from icalendar import Alarm

    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", title)
    alarm.add("trigger", _NINE - days * _DAY)
    return alarm
