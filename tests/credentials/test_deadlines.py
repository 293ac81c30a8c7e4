"""The deadline table: an instant and a zone decide the day, the status and the next reminder.

``deadlines.csv`` was worked out without this code: zones by their published rules, reminders by
stepping through the minutes. ``quiet_hours`` are on the holder's clock; ``reminder`` is the next
one, ``goes_at`` the moment from which it may go, in UTC.
"""

import csv
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from aliquot.credentials.data import pack
from aliquot.credentials.facts import CredentialHeld, ReminderWishes, Situation, Verdict
from aliquot.credentials.rules import judge_credential
from aliquot.credentials.rules.reminders import next_reminder
from aliquot.credentials.rules.situations import situation_of
from aliquot.lib.dates import day_in_zone

TABLE = Path(__file__).with_name("deadlines.csv")
with TABLE.open(encoding="utf-8", newline="") as opened:
    ROWS = list(csv.DictReader(opened))

CERTIFIED = {"must take part": date(2011, 5, 14), "expired": date(2011, 5, 14)}
VOLUNTARY_SINCE = date(1998, 5, 14)
STATUS = {
    Situation.SHORT: "open",
    Situation.LATE: "late",
    Situation.OVER: "over",
    Situation.VOLUNTARY: "voluntary",
    Situation.EXPIRED: "expired",
}


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def written(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def held(row: dict[str, str]) -> CredentialHeld:
    return CredentialHeld(
        pack(row["credential"]),
        date.fromisoformat(row["cycle_ends_on"]),
        first_certified_on=CERTIFIED.get(row["holder"], VOLUNTARY_SINCE),
        expired=row["holder"] == "expired",
    )


def wishes(row: dict[str, str]) -> ReminderWishes:
    if row["quiet_hours"] == "none":
        return ReminderWishes()
    start, end = map(time.fromisoformat, row["quiet_hours"].split("-"))
    return ReminderWishes(quiet_from=start, quiet_until=end)


def declaring(verdict: Verdict) -> str:
    window, today = verdict.declaration, verdict.as_of
    if window is None:
        return "none"
    if today < window.opens_on:
        return "not yet"
    return "open" if today <= window.closes_on else "closed"


def found(row: dict[str, str]) -> dict[str, str]:
    now, zone = instant(row["now"]), row["zone"]
    verdict = judge_credential(held(row), activities=(), as_of=day_in_zone(now, zone))
    last = verdict.finish_by
    sent = [] if row["sent"] == "none" else [int(each) for each in row["sent"].split("+")]
    coming = next_reminder(finish_by=last, zone=zone, wishes=wishes(row), sent=sent, now=now)
    is_ahead = last is not None and verdict.as_of <= last
    goes_at = "none" if coming is None else written(coming.goes_at)
    return {
        "day_there": str(verdict.as_of),
        "status": STATUS[situation_of(verdict)],
        "days_left": str((last - verdict.as_of).days) if last and is_ahead else "none",
        "declaration": declaring(verdict),
        "finish_by": str(last or "none"),
        "reminder": str(coming.days) if coming else "none",
        "goes_at": "now" if goes_at == row["now"] else goes_at,
    }


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["case"])
def test_the_row_of_the_table_is_true(row: dict[str, str]) -> None:
    answer = found(row)
    assert answer == {name: row[name] for name in answer}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["case"])
def test_a_cycle_closes_at_the_next_midnight_there(row: dict[str, str]) -> None:
    closing, end = instant(row["cycle_closes_at"]), date.fromisoformat(row["cycle_ends_on"])
    assert day_in_zone(closing - timedelta(microseconds=1), row["zone"]) == end
    assert day_in_zone(closing, row["zone"]) == end + timedelta(days=1)


def test_the_table_is_as_long_and_as_wide_as_promised() -> None:
    assert len(ROWS) == 120
    assert len({row["case"] for row in ROWS}) == 120
    assert {row["zone"] for row in ROWS} == {
        "America/Los_Angeles", "America/New_York", "America/Phoenix", "Asia/Kolkata",
        "Pacific/Auckland", "Pacific/Honolulu",
    }  # fmt: skip
