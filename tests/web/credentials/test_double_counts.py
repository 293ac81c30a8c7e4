"""The map of what counts where, and the forecast on the cards."""

from datetime import date
from typing import Any

import pytest
from django.test import Client

from aliquot.accounts.models import User
from aliquot.credentials.facts import Reason
from aliquot.web.credentials.double_counts import SHORT
from tests.factories.credentials import credit, holding
from tests.web.credentials.reading import ALL, heading, words

MAP = "/credentials/map/"
FLORIDA = date(2028, 8, 31)


def test_one_activity_counts_for_each_credential_and_the_map_says_toward_what(
    rosas: Client, rosa: User
) -> None:
    holding(rosa)
    holding(rosa, "amt_mt")
    credit(rosa, title="Smears", hematology="1.5", day=date(2026, 9, 9))
    page = rosas.get(MAP)
    assert heading(page) == "1 activity counts for more than one credential"
    told = words(page)
    assert "Smears Sep 9, 2026 · counts 2 times" in told
    assert "1.5 Hematology" in told
    assert "Counted in all MLS(ASCP) 1.5 of 36 points MT(AMT) 1.5 of 45 points" in told


def test_what_does_not_count_says_why_in_short_and_in_full(rosas: Client, rosa: User) -> None:
    holding(rosa)
    holding(rosa, "lic_fl", ends_on=FLORIDA, first_certified_on=None, specialties=["hematology"])
    credit(rosa, title="Old smears", hematology="1", day=date(2026, 3, 2))
    credit(rosa, title="A talk", kind="staff_meeting", hematology="1", day=date(2026, 10, 1))
    told = words(rosas.get(MAP))
    assert "1 does not count: outside the dates" in told
    assert "September 1, 2026" in told
    assert told.count("1 does not count: this kind never counts") == 2


def test_points_and_hours_are_never_in_one_sum(rosas: Client, rosa: User) -> None:
    holding(rosa)
    holding(rosa, "lic_fl", ends_on=FLORIDA, first_certified_on=None, specialties=["hematology"])
    credit(rosa, hematology="2", day=date(2026, 10, 1))
    told = words(rosas.get(MAP))
    assert "2 of 36 points" in told
    assert "of 24 hours" in told
    assert "4 " not in told.partition("Counted in all")[2].partition("Requirements")[0].replace(
        "24 hours", ""
    )


def test_an_opening_balance_is_of_its_own_credential_only(rosas: Client, rosa: User) -> None:
    holding(rosa, opening_balances={"hematology": ALL["hematology"]})
    holding(rosa, "amt_mt")
    page = rosas.get(MAP).content.decode()
    assert "Already on ASCP&#x27;s page: Hematology" in page
    assert 'aria-label="not for MT(AMT)"' in page


def test_nobody_elses_activity_is_on_the_map(rosas: Client, rosa: User, stella: User) -> None:
    holding(rosa)
    credit(stella, title="Stella's secret", hematology="1")
    assert "secret" not in words(rosas.get(MAP))


def test_without_a_credential_the_way_in_is_shown(rosas: Client) -> None:
    assert "Two minutes" in words(rosas.get(MAP))


def test_every_reason_has_a_short_form() -> None:
    assert set(SHORT) == set(Reason)


def test_the_map_takes_as_many_reads_for_three_of_everything_as_for_one(
    rosas: Client, rosa: User, django_assert_num_queries: Any
) -> None:
    holding(rosa)
    credit(rosa, hematology="1")
    rosas.get(MAP)
    with django_assert_num_queries(11):
        rosas.get(MAP)
    holding(rosa, "amt_mt")
    holding(rosa, "ascp_sbb")
    credit(rosa, chemistry="1")
    credit(rosa, ethics="1")
    with django_assert_num_queries(11):
        rosas.get(MAP)


@pytest.mark.parametrize("page", ["/credentials/", "detail"])
def test_a_card_says_what_the_pace_promises(rosas: Client, rosa: User, page: str) -> None:
    held = holding(rosa, opening_balances={**ALL, "remainder": ALL["remainder"] - 10})
    if page == "/credentials/":
        holding(rosa, "amt_mt")
    address = f"/credentials/{held.pk}/" if page == "detail" else page
    told = words(rosas.get(address))
    assert "At your pace you will have 31.6 of 36 points by May 31, 2027: 4.4 short." in told
    assert "1.6 points a month are enough; so far it was 0.8." in told
