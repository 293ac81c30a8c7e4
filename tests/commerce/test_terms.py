"""When what was bought begins and ends."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from aliquot.commerce.rules.terms import FOREVER, term_end, term_start, unlimited_until
from aliquot.learning.facts import Right

NEW_YORK = "America/New_York"


def at(*when: int, zone: str = NEW_YORK) -> datetime:
    return datetime(*when, tzinfo=ZoneInfo(zone)).astimezone(UTC)  # type: ignore[misc]


NOW = at(2026, 11, 26, 15, 0)


def right(starts_at: datetime, ends_at: datetime | None, **more: object) -> Right:
    given = {"id": 1, "source": "order", "course_id": None, **more}
    return Right(starts_at=starts_at, ends_at=ends_at, **given)  # type: ignore[arg-type]


def test_365_days_bought_in_the_afternoon_run_through_that_day_of_the_next_year() -> None:
    ends_at = term_end(NOW, days=365, zone=NEW_YORK)
    assert (ends_at, ends_at.tzinfo) == (at(2027, 11, 27), UTC)


def test_a_term_that_begins_at_midnight_is_exact() -> None:
    assert term_end(at(2027, 11, 27), days=365, zone=NEW_YORK) == at(2028, 11, 26)  # leap year


def test_the_midnight_is_the_buyers_also_over_a_change_of_clocks() -> None:
    bought = at(2026, 10, 31, 23, 30)
    assert term_end(bought, days=1, zone=NEW_YORK) == at(2026, 11, 2)
    assert term_end(bought, days=1, zone="Pacific/Honolulu") == at(
        2026, 11, 2, zone="Pacific/Honolulu"
    )


def test_a_second_subscription_begins_when_the_first_ends() -> None:
    first = right(at(2026, 3, 1), at(2027, 3, 2))
    assert term_start("subscription", [first], now=NOW) == at(2027, 3, 2)
    third = right(at(2027, 3, 2), at(2028, 3, 1))
    assert term_start("subscription", [first, third], now=NOW) == at(2028, 3, 1)


def test_a_pack_bought_while_subscribed_waits() -> None:
    assert term_start("pack", [right(at(2026, 3, 1), at(2027, 3, 2))], now=NOW) == at(2027, 3, 2)


def test_a_single_course_begins_at_once() -> None:
    assert term_start("course", [right(at(2026, 3, 1), at(2027, 3, 2))], now=NOW) == NOW


def test_what_has_ended_was_withdrawn_or_is_limited_holds_nothing_up() -> None:
    ended = right(at(2025, 3, 1), NOW)
    withdrawn = right(at(2026, 3, 1), at(2027, 3, 2), withdrawn_at=NOW)
    one_course = right(at(2026, 3, 1), at(2027, 3, 2), course_id=7)
    pack = right(at(2026, 3, 1), at(2027, 3, 2), hours_limit=8)
    rights = [ended, withdrawn, one_course, pack]
    assert unlimited_until(rights, now=NOW) is None
    assert term_start("subscription", rights, now=NOW) == NOW


def test_a_term_that_begins_after_a_gap_does_not_extend_today() -> None:
    later = right(at(2027, 1, 1), at(2028, 1, 1))
    assert unlimited_until([later], now=NOW) is None


def test_access_without_end_is_not_extended() -> None:
    assert unlimited_until([right(at(2026, 1, 1), None)], now=NOW) == FOREVER
    assert term_start("subscription", [right(at(2026, 1, 1), None)], now=NOW) == NOW
