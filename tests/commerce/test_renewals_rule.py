"""When a renewal is announced and charged: to the second, in time or not at all."""

from datetime import UTC, datetime, timedelta

import pytest

from aliquot.commerce.facts import RenewalStep
from aliquot.commerce.rules.renewals import can_switch_on, charge_at, step

DUE = datetime(2027, 11, 27, 5, 0, tzinfo=UTC)
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
LATEST_NOTICE = DUE - 8 * DAY


def found(now: datetime, noticed_at: datetime | None = None, attempts: int = 0) -> RenewalStep:
    return step(due_at=DUE, noticed_at=noticed_at, attempts=attempts, notice_days=14, now=now)


def test_the_card_is_charged_a_day_before_the_term_ends() -> None:
    assert charge_at(DUE) == datetime(2027, 11, 26, 5, 0, tzinfo=UTC)


def test_it_can_be_switched_on_until_a_day_before_the_last_moment_for_its_notice() -> None:
    assert can_switch_on(DUE, now=DUE - 9 * DAY)
    assert not can_switch_on(DUE, now=DUE - 9 * DAY + SECOND)


def test_it_is_announced_fourteen_days_before_the_charge_and_at_the_latest_seven() -> None:
    assert found(DUE - 15 * DAY - SECOND) is RenewalStep.WAIT
    assert found(DUE - 15 * DAY) is RenewalStep.NOTICE
    assert found(LATEST_NOTICE) is RenewalStep.NOTICE
    assert found(LATEST_NOTICE + SECOND) is RenewalStep.TOO_LATE


def test_a_notice_of_the_last_moment_is_in_time_and_one_after_it_charges_nothing() -> None:
    assert found(DUE - DAY, noticed_at=LATEST_NOTICE) is RenewalStep.CHARGE
    assert found(DUE - DAY, noticed_at=LATEST_NOTICE + SECOND) is RenewalStep.TOO_LATE


@pytest.mark.parametrize(("attempts", "after"), [(0, 0), (1, 8), (2, 16), (3, 24)])
def test_tries_are_eight_hours_apart(attempts: int, after: int) -> None:
    when = DUE - DAY + timedelta(hours=after)
    assert found(when - SECOND, LATEST_NOTICE, attempts) is RenewalStep.WAIT
    assert found(when, LATEST_NOTICE, attempts) is RenewalStep.CHARGE


def test_after_four_tries_or_a_week_it_is_given_up() -> None:
    assert found(DUE, LATEST_NOTICE, attempts=4) is RenewalStep.GIVE_UP
    assert found(DUE + 7 * DAY - SECOND, LATEST_NOTICE, attempts=3) is RenewalStep.CHARGE
    assert found(DUE + 7 * DAY, LATEST_NOTICE) is RenewalStep.GIVE_UP
