"""A calendar file says what it was given, and says it as RFC 5545 asks."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from aliquot.interop.calendar.dated import DatedEvent, calendar_file

CHANGED = datetime(2026, 11, 1, 15, 0, 7, tzinfo=UTC)
some_words = st.text(
    st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\u2028\u2029"),
    max_size=200,
)


def event(**values: object) -> DatedEvent:
    said: dict[str, object] = {
        "uid": "cycle-1-last@example.org",
        "day": date(2027, 5, 31),
        "title": "MLS(ASCP): last sensible day to declare",
        "description": "9.5 points to go.",
        "url": "https://example.org/credentials/1/",
        "revision": 3,
        "changed_at": CHANGED,
        "alarms": (30, 7, 0),
    }
    return DatedEvent(**(said | values))  # type: ignore[arg-type]


def test_an_event_is_a_whole_day_with_its_alarms_at_nine() -> None:
    [read] = Calendar.from_ical(calendar_file([event()], name="Dates")).walk("VEVENT")
    assert (read.start, read.end) == (date(2027, 5, 31), date(2027, 6, 1))
    assert (read["UID"], read["SEQUENCE"]) == ("cycle-1-last@example.org", 3)
    assert read["DTSTAMP"].dt == CHANGED
    assert (read["TRANSP"], read["URL"]) == ("TRANSPARENT", "https://example.org/credentials/1/")
    assert [alarm["TRIGGER"].dt for alarm in read.walk("VALARM")] == [
        timedelta(days=-30, hours=9), timedelta(days=-7, hours=9), timedelta(hours=9),
    ]  # fmt: skip


def test_events_stand_by_day_and_the_same_ones_give_the_same_bytes() -> None:
    first, second = event(day=date(2027, 4, 1), uid="a"), event(uid="b")
    file = calendar_file([second, first], name="Dates")
    assert file == calendar_file([first, second], name="Dates")
    read = Calendar.from_ical(file)
    assert [each["UID"] for each in read.walk("VEVENT")] == ["a", "b"]
    assert (read["VERSION"], read["X-WR-CALNAME"]) == ("2.0", "Dates")


@given(some_words, some_words)
def test_any_words_come_back_whole_in_lines_of_at_most_75_bytes(
    title: str, description: str
) -> None:
    text = f"{description}\n{title}; a, b: c\\n"
    file = calendar_file([event(title=title, description=text)], name="Dates")
    assert max(map(len, file.split(b"\r\n"))) <= 75
    assert file.replace(b"\r\n", b"").count(b"\n") == 0
    [read] = Calendar.from_ical(file).walk("VEVENT")
    assert (str(read["SUMMARY"]), str(read["DESCRIPTION"])) == (title, text)


@given(st.dates(date(1970, 1, 1), date(2100, 12, 31)))
def test_any_day_is_that_day_whatever_the_zone(day: date) -> None:
    [read] = Calendar.from_ical(calendar_file([event(day=day)], name="Dates")).walk("VEVENT")
    assert (read.start, read.end - read.start) == (day, timedelta(days=1))
