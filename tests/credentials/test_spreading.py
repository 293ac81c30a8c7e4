"""A plan over months: every day kept, even months, whole courses, and the truth about a limit."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aliquot.credentials.facts import Spread, Study
from aliquot.credentials.rules.spreading import spread

TODAY = date(2026, 11, 23)
MAY = date(2027, 5, 31)


def study(name: str, hours: str, due: date | None = MAY) -> Study:
    return Study(name, Decimal(hours), due)


def shown(found: Spread) -> list[str]:
    """``2026-11: a 2, b 1+`` where + says that it goes on."""
    return [
        f"{month.first:%Y-%m}: "
        + ", ".join(
            f"{share.id} {share.hours.normalize():f}{'' if share.is_last else '+'}"
            for share in month.shares
        )
        for month in found.months
    ]


def test_every_month_gets_about_the_same() -> None:
    found = spread([study(name, "1.5") for name in "abcdefgh"], today=TODAY)
    assert shown(found) == [
        "2026-11: a 1.5",
        "2026-12: b 1.5",
        "2027-01: c 1.5",
        "2027-02: d 1.5",
        "2027-03: e 1.5",
        "2027-04: f 1.5, g 1.5",
        "2027-05: h 1.5",
    ]
    assert (found.least, found.is_kept) == (Decimal("1.72"), True)


def test_the_earliest_day_comes_first() -> None:
    found = spread([study("a", "3"), study("b", "2", date(2026, 12, 31))], today=TODAY)
    assert shown(found) == ["2026-11: b 2", "2026-12: a 3"]


def test_few_courses_start_at_once_and_do_not_wait() -> None:
    found = spread([study("a", "1"), study("b", "1")], today=TODAY)
    assert shown(found) == ["2026-11: a 1", "2026-12: b 1"]


def test_what_has_no_day_follows_within_a_year() -> None:
    found = spread([study("a", "12", None), study("b", "12", None)], today=TODAY)
    assert shown(found) == ["2026-11: a 12", "2026-12: b 12"]
    assert found.least == 2


def test_a_month_of_which_less_than_a_week_is_left_is_not_used() -> None:
    late = date(2026, 11, 25)
    assert shown(spread([study("a", "1")], today=late)) == ["2026-12: a 1"]
    assert shown(spread([study("a", "1")], today=date(2026, 11, 24))) == ["2026-11: a 1"]
    pressing = [study("a", "1", date(2026, 11, 30)), study("b", "1")]
    assert shown(spread(pressing, today=late)) == ["2026-11: a 1", "2026-12: b 1"]


def test_a_month_whose_first_week_ends_with_the_day_is_not_counted_on() -> None:
    due = date(2027, 1, 6)
    found = spread([study("a", "2", due), study("b", "2", due)], today=TODAY)
    assert (shown(found), found.least) == (["2026-11: a 2", "2026-12: b 2"], 2)
    assert spread([study("a", "3", date(2027, 1, 7))], today=TODAY).least == 1


def test_a_limit_stretches_a_course_over_months() -> None:
    due = date(2027, 1, 31)
    found = spread([study("a", "2", due), study("b", "2", due)], today=TODAY, most=Decimal("1.5"))
    assert shown(found) == ["2026-11: a 1.5+", "2026-12: a 0.5, b 1+", "2027-01: b 1"]
    assert found.is_kept


def test_a_limit_that_cannot_be_kept_is_said_with_the_least_that_can() -> None:
    due = date(2027, 1, 31)
    found = spread([study("a", "2", due), study("b", "2", due)], today=TODAY, most=Decimal("1.33"))
    assert (found.is_kept, found.least) == (False, Decimal("1.34"))
    assert shown(found) == ["2026-11: a 2", "2026-12: b 2"]


def test_nothing_to_do_needs_no_month() -> None:
    assert spread([], today=TODAY) == Spread((), Decimal(0))


HOURS = st.integers(1, 16).map(lambda quarters: Decimal(quarters) / 4)
DAYS = st.none() | st.integers(0, 900).map(lambda days: TODAY + timedelta(days=days))


@given(
    st.lists(st.tuples(HOURS, DAYS), min_size=1, max_size=25),
    st.none() | HOURS,
    st.integers(0, 40),
)
def test_all_hours_are_spread_and_every_day_is_kept(
    courses: list[tuple[Decimal, date | None]], most: Decimal | None, days: int
) -> None:
    today = TODAY + timedelta(days=days)
    studies = [
        Study(f"c{i}", hours, None if due is None else due + timedelta(days=days))
        for i, (hours, due) in enumerate(courses)
    ]
    found = spread(studies, today=today, most=most)

    given_hours = {each.id: each.hours for each in studies}
    last: dict[str, date] = {}
    for month in found.months:
        assert month.shares
        for share in month.shares:
            given_hours[share.id] -= share.hours
            assert share.is_last == (given_hours[share.id] == 0)
            last[share.id] = month.first
    assert set(given_hours.values()) == {0}
    for each in studies:
        assert each.due is None or last[each.id] <= each.due
    if most is not None:
        assert found.is_kept == (found.least <= most)
        if found.is_kept:
            assert all(month.hours <= most for month in found.months)
    else:
        assert found.is_kept
        assert all(share.is_last for month in found.months for share in month.shares)


@given(st.lists(HOURS, min_size=1, max_size=20))
def test_no_pace_below_the_least_would_do(hours: list[Decimal]) -> None:
    due = date(2027, 4, 30)
    found = spread([Study(f"c{i}", each, due) for i, each in enumerate(hours)], today=TODAY)
    months = 6
    assert found.least >= sum(hours) / months > found.least - Decimal("0.01")
    assert list(accumulate(month.hours for month in found.months))[-1] == sum(hours)


@pytest.mark.parametrize("day", [TODAY, date(2026, 12, 31), date(2027, 2, 28)])
def test_a_day_that_is_today_is_kept(day: date) -> None:
    assert shown(spread([study("a", "1", day)], today=day)) == [f"{day:%Y-%m}: a 1"]
