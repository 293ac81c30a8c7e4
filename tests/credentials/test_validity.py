"""The last day on which time alone cannot change a judgment."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aliquot.credentials.data import pack
from aliquot.credentials.facts import Activity, CredentialHeld, Figures, Part, Situation
from aliquot.credentials.rules import figures
from aliquot.credentials.rules.situations import situation_of
from aliquot.credentials.rules.validity import good_through
from tests.credentials.test_verdicts_hold import AS_OF, activities, held

END = date(2027, 6, 30)
AREAS = {
    "safety_lab": 1, "ethics": 1, "blood_bank": 2, "chemistry": 2, "hematology": 2,
    "microbiology": 2, "management": 26,
}  # fmt: skip
ALL = tuple(
    Activity(area, date(2026, 3, 1), "contact_hours", (Part(Decimal(amount), (area,)),))
    for area, amount in AREAS.items()
)


def mls(**said: Any) -> CredentialHeld:
    values = {"cycle_ends_on": END, "first_certified_on": date(2011, 5, 14)}
    return CredentialHeld(pack("ascp_mls"), **(values | said))


VOLUNTARY = {"first_certified_on": date(1998, 1, 1)}


@pytest.mark.parametrize(
    ("said", "done", "as_of", "situation", "last"),
    [
        ({}, ALL, date(2026, 11, 23), Situation.WAITING, date(2027, 3, 31)),
        ({}, ALL, date(2027, 3, 31), Situation.WAITING, date(2027, 3, 31)),
        ({}, ALL, date(2027, 4, 1), Situation.READY, date(2027, 5, 31)),
        ({}, ALL, date(2027, 6, 1), Situation.LATE, END),
        ({}, ALL, date(2027, 7, 1), Situation.OVER, date.max),
        ({}, (), date(2027, 4, 1), Situation.SHORT, date(2027, 5, 31)),
        # The window of who takes part freely is the last 36 months, of who expired too.
        (VOLUNTARY, ALL, date(2026, 11, 23), Situation.VOLUNTARY, date(2029, 2, 28)),
        (VOLUNTARY, (), date(2026, 11, 23), Situation.VOLUNTARY, date.max),
        ({"expired": True}, ALL, date(2028, 11, 23), Situation.EXPIRED, date(2029, 2, 28)),
        # An activity that is still ahead comes in on its own day.
        (VOLUNTARY, ALL, date(2026, 2, 10), Situation.VOLUNTARY, date(2026, 2, 28)),
    ],
)  # fmt: skip
def test_the_last_day(
    said: dict[str, Any],
    done: tuple[Activity, ...],
    as_of: date,
    situation: Situation,
    last: date,
) -> None:
    found = figures(mls(**said), activities=done, as_of=as_of)
    assert (situation_of(found), good_through(found, done)) == (situation, last)


def told(found: Figures) -> tuple[Any, ...]:
    return (
        situation_of(found), found.needed, found.counted, found.missing, found.met,
        found.finish_by, found.requirements,
    )  # fmt: skip


@settings(max_examples=300)
@given(held(), activities(), st.integers(0, 1500))
def test_nothing_changes_up_to_the_last_day(
    credential: CredentialHeld, done: tuple[Activity, ...], days: int
) -> None:
    first = figures(credential, activities=done, as_of=AS_OF)
    last = good_through(first, done)
    assert last >= AS_OF
    for day in {min(AS_OF + timedelta(days=days), last), min(last, AS_OF + timedelta(days=4000))}:
        later = figures(credential, activities=done, as_of=day)
        assert told(later) == told(first)
