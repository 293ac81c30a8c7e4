"""The list: from here and elsewhere, always told apart; filters in the address."""

from datetime import date, datetime
from typing import Any

import pytest
from django.test import Client

from aliquot.accounts.models import User
from aliquot.ledger.services import withdraw_activity
from tests.factories.activities import logged, proven
from tests.factories.catalog import provider, published_course
from tests.factories.certificates import finished
from tests.factories.credentials import holding
from tests.web.ledger.reading import words_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def both(rosa: User, now: datetime) -> None:
    provider()
    finished(rosa, published_course(pages=1), now)
    proven(logged(rosa, now), now)
    logged(rosa, now, title="Old talk", completed_on=date(2020, 5, 1), areas=("coagulation",))


def test_nothing_yet_says_what_to_do_next(rosas: Client) -> None:
    words = words_of(rosas.get("/activities/"))
    assert "No activity yet" in words
    assert words.count("Log an activity") == 1


def test_what_was_entered_never_looks_like_a_certificate(rosas: Client, both: None) -> None:
    words = words_of(rosas.get("/activities/"))
    assert "3 activities, newest first" in words
    here, elsewhere, old = words.split("newest first")[1].split(" · ", 1)[0], words, words
    assert "Interpreting the Peripheral Blood Smear" in here
    assert words.count("Completed here 1") == 1  # the tab
    assert words.count("You entered this") == 2
    assert words.count("Certificate ") == 1
    assert "1 proof" in elsewhere
    assert "no proof yet" in old


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("origin=here", ["Interpreting the Peripheral Blood Smear"]),
        ("origin=elsewhere", ["Blood bank update", "Old talk"]),
        ("q=SOCIETY+update", ["Blood bank update"]),
        ("year=2020", ["Old talk"]),
        ("area=hematology", ["Interpreting the Peripheral Blood Smear", "Old talk"]),
        ("area=hematology&origin=elsewhere", ["Old talk"]),
        ("q=nothing", []),
        (
            "year=abc&area=alchemy&origin=x&page=999",
            ["Interpreting the Peripheral Blood Smear", "Blood bank update", "Old talk"],
        ),
    ],
)
def test_filters_live_in_the_address(
    rosas: Client, both: None, query: str, titles: list[str]
) -> None:
    response = rosas.get(f"/activities/?{query}")
    assert [line.activity.title for line in response.context["page"]] == titles


def test_many_are_shown_in_pages(rosas: Client, rosa: User, now: datetime) -> None:
    for number in range(26):
        logged(rosa, now, title=f"Meeting {number}")
    assert "Page 1 of 2" in words_of(rosas.get("/activities/"))
    assert "Page 2 of 2" in words_of(rosas.get("/activities/?page=2&q=meeting"))


def test_only_ones_own(stellas: Client, both: None) -> None:
    assert "No activity yet" in words_of(stellas.get("/activities/"))


def test_a_withdrawn_one_is_left_out(rosas: Client, rosa: User, now: datetime) -> None:
    withdraw_activity(activity=logged(rosa, now), now=now, actor_id=rosa.pk)
    assert "No activity yet" in words_of(rosas.get("/activities/"))


@pytest.mark.parametrize("count", [1, 3])
def test_the_pages_take_a_fixed_number_of_queries(
    rosas: Client, rosa: User, now: datetime, count: int, django_assert_num_queries: Any
) -> None:
    holding(rosa)
    made = [proven(logged(rosa, now, title=f"Talk {number}"), now) for number in range(count)]
    rosas.get("/activities/")  # what the first visit of a process looks up
    with django_assert_num_queries(7):
        rosas.get("/activities/")
    with django_assert_num_queries(15):
        rosas.get(f"/activities/{made[0].pk}/")


def test_a_title_is_only_text(rosas: Client, rosa: User, now: datetime) -> None:
    activity = logged(rosa, now, title='../<script>alert(1)</script>"')
    for url in ("/activities/", f"/activities/{activity.pk}/"):
        html = rosas.get(url).content.decode()
        assert "<script>alert(1)" not in html
        assert "&lt;script&gt;alert(1)" in html
