"""Which reminder comes next: promises that hold for every day, zone, wish and history."""

import re
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aliquot.credentials.facts import NIGHT_SHIFT, REMINDER_DAYS, ReminderWishes
from aliquot.credentials.rules.reminders import next_reminder, out_of_quiet_hours
from aliquot.lib.dates import day_in_zone

LAST = date(2027, 5, 31)
ZONES = ("America/New_York", "Pacific/Honolulu", "Asia/Kolkata", "Pacific/Kiritimati")
some_clock = st.none() | st.times()
some_wishes = st.builds(
    ReminderWishes,
    days=st.frozensets(st.sampled_from(REMINDER_DAYS)),
    quiet_from=some_clock,
    quiet_until=some_clock,
)
some_moment = st.integers(0, 260 * 24 * 60).map(
    lambda minutes: datetime(2026, 10, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
some_sent = st.frozensets(st.sampled_from(REMINDER_DAYS))


def is_quiet(moment: datetime, zone: str, wishes: ReminderWishes) -> bool:
    start, end = wishes.quiet_from, wishes.quiet_until
    clock = moment.astimezone(ZoneInfo(zone)).time()
    if start is None or end is None:
        return False
    return start <= clock < end if start <= end else clock >= start or clock < end


@given(st.sampled_from(ZONES), some_wishes, some_sent, some_moment)
def test_what_comes_next_is_wished_not_sent_not_quiet_and_in_time(
    zone: str, wishes: ReminderWishes, sent: frozenset[int], now: datetime
) -> None:
    coming = next_reminder(finish_by=LAST, zone=zone, wishes=wishes, sent=sent, now=now)
    if coming is None:
        return
    assert coming.days in wishes.days
    assert not is_quiet(coming.goes_at, zone, wishes)
    assert coming.goes_at >= now
    assert day_in_zone(coming.goes_at, zone) <= LAST
    assert not any(each <= coming.days for each in sent)


@given(st.sampled_from(ZONES), some_wishes, st.lists(some_moment, max_size=30))
def test_whenever_one_looks_each_is_sent_once_and_ever_nearer_to_the_last_day(
    zone: str, wishes: ReminderWishes, looks: list[datetime]
) -> None:
    sent: list[int] = []
    for now in sorted(looks):
        coming = next_reminder(finish_by=LAST, zone=zone, wishes=wishes, sent=sent, now=now)
        if coming is not None and coming.goes_at <= now:
            sent.append(coming.days)
    assert sent == sorted(set(sent), reverse=True)


@given(st.sampled_from(ZONES), st.frozensets(st.sampled_from(REMINDER_DAYS)))
def test_who_looks_every_quarter_of_an_hour_sends_each_on_its_day_at_nine(
    zone: str, days: frozenset[int]
) -> None:
    sent: dict[int, datetime] = {}
    wishes = ReminderWishes(days=days)
    for each in sorted(REMINDER_DAYS, reverse=True):
        nine = datetime.combine(LAST - timedelta(days=each), time(9), tzinfo=ZoneInfo(zone))
        for minutes in (-15, -1, 0, 14, 60):
            now = nine.astimezone(UTC) + timedelta(minutes=minutes)
            found = next_reminder(finish_by=LAST, zone=zone, wishes=wishes, sent=sent, now=now)
            if found is not None and found.goes_at <= now:
                sent[found.days] = found.goes_at.astimezone(ZoneInfo(zone))
    assert {each: moment.date() for each, moment in sent.items()} == {
        each: LAST - timedelta(days=each) for each in days
    }
    assert {moment.time() for moment in sent.values()} <= {time(9)}


def test_what_was_switched_off_after_it_was_sent_brings_no_older_one_back() -> None:
    now = datetime(2027, 5, 26, 15, tzinfo=UTC)
    wishes = ReminderWishes(days=frozenset({180, 90, 30}))
    zone = "America/New_York"
    assert next_reminder(finish_by=LAST, zone=zone, wishes=wishes, sent=[7], now=now) is None


def test_who_moves_west_gets_no_second_one_when_nine_comes_again() -> None:
    now = datetime(2027, 5, 1, 6, tzinfo=UTC)  # after 9 am in Kolkata, before it in Honolulu
    coming = next_reminder(
        finish_by=LAST, zone="Pacific/Honolulu", wishes=ReminderWishes(), sent=[30], now=now
    )
    assert coming is not None
    assert coming.days == 7


def test_quiet_hours_that_end_in_the_hour_clocks_skip_end_an_hour_later() -> None:
    wishes = ReminderWishes(quiet_from=time(22), quiet_until=time(2, 30))
    moment = datetime(2027, 3, 14, 6, 0, tzinfo=UTC)  # 1 am; at 2 am clocks show 3
    freed = out_of_quiet_hours(moment, "America/New_York", wishes)
    assert freed == datetime(2027, 3, 14, 7, 30, tzinfo=UTC)


def test_who_works_nights_gets_mail_in_the_evening() -> None:
    start, end = NIGHT_SHIFT
    wishes = ReminderWishes(quiet_from=start, quiet_until=end)
    now = datetime(2027, 4, 30, 15, tzinfo=UTC)
    coming = next_reminder(
        finish_by=LAST, zone="America/New_York", wishes=wishes, sent=[180, 90], now=now
    )
    assert coming is not None
    assert (coming.days, coming.goes_at) == (30, datetime(2027, 5, 1, 20, tzinfo=UTC))


PAGE = Path(__file__).resolve().parents[2] / "docs" / "rules" / "reminders.md"
WORKED = re.findall(r"^\| (20\d\d-.+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("line", WORKED)
def test_the_instant_on_the_page_is_true(line: str) -> None:
    moment, zone, quiet, sent, days, goes_at = line.split(" | ")
    start, end = (None, None) if quiet == "none" else map(time.fromisoformat, quiet.split("-"))
    coming = next_reminder(
        finish_by=LAST,
        zone=zone,
        wishes=ReminderWishes(quiet_from=start, quiet_until=end),
        sent=[] if sent == "none" else [int(each) for each in sent.split(", ")],
        now=datetime.fromisoformat(moment).replace(tzinfo=UTC),
    )
    found = ("none", "none")
    if coming is not None:
        found = (str(coming.days), f"{coming.goes_at:%Y-%m-%d %H:%M}")
    assert found == (days, goes_at)


def test_the_page_has_worked_instants() -> None:
    assert len(WORKED) == 12
