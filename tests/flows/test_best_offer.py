"""The best offer for this person: what runs already, a pack's price set off, prices of now."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.test import Client

from aliquot.accounts.models import User
from aliquot.commerce.facts import Needed
from aliquot.flows.best_offer import best_offer, course_prices
from aliquot.web.shop.offer_words import offer_words
from tests.factories.catalog import published_course
from tests.factories.shop import bought, open_shop

NOW = datetime(2026, 11, 26, 15, 0, tzinfo=UTC)
PLAN = [Needed(f"C-{place}", Decimal("1.5")) for place in range(6)] + [Needed("C-6", Decimal(9))]


def said(person: User | None, needed: list[Needed]) -> list[str]:
    """The sentences of the answer, the first first."""
    words = offer_words(
        best_offer(person, needed, now=NOW), subject="Your plan needs", zone="America/New_York"
    )
    return [] if words is None else [words.sentence, *words.notes]


@pytest.mark.django_db
def test_a_newcomer_is_told_the_cheapest_way_and_the_others() -> None:
    open_shop()
    assert said(None, [Needed("C-1", Decimal("1.25"))]) == [
        "Your plan needs 1.25 hours: a single course is cheapest ($20.00).",
        "Instead: a pack of 8 hours for $50.00 or “Unlimited year” for $95.00.",
        "Prices are before sales tax, where your state asks for it.",
    ]


def test_who_has_everything_is_told_until_when_and_sold_nothing(rosa: User) -> None:
    open_shop()
    bought(rosa, "unlimited-year", now=NOW)
    assert said(rosa, PLAN) == ["You have access to everything through November 26, 2027."]


def test_hours_left_in_a_pack_are_used_first_and_its_price_is_set_off(rosa: User) -> None:
    open_shop()
    bought(rosa, "eight-hours", now=NOW)
    assert said(rosa, [Needed("C-1", Decimal(5))])[0] == (
        "Your plan needs 5 hours: your hour pack has enough."
    )
    twenty = [Needed(f"C-{place}", Decimal(4)) for place in range(5)]
    assert said(rosa, twenty) == [
        "Your plan needs 20 hours: “Unlimited year” is cheapest ($45.00).",
        "Instead: three single courses for $60.00 or two packs of 8 hours for $100.00.",
        "The hours left in your pack are used first.",
        "The subscription's price is less the $50.00 that you paid for your pack.",
        "Prices are before sales tax, where your state asks for it.",
    ]


@pytest.mark.django_db
def test_nothing_is_said_where_nothing_is_sold_or_needed() -> None:
    assert said(None, PLAN) == []
    open_shop()
    assert said(None, []) == []


@pytest.mark.django_db
def test_every_course_costs_what_a_single_one_costs() -> None:
    course = published_course(is_free=False)
    assert course_prices(now=NOW) == {}
    open_shop()
    assert course_prices(now=NOW) == {course.code: 20_00}


@pytest.mark.django_db
def test_the_course_page_says_it() -> None:
    course = published_course(is_free=False)
    open_shop()
    page = Client().get(f"/courses/{course.slug}/").content.decode()
    assert "a single course is cheapest ($20.00)." in page


@pytest.mark.django_db
def test_a_free_course_names_no_price() -> None:
    course = published_course()
    open_shop()
    assert "cheapest" not in Client().get(f"/courses/{course.slug}/").content.decode()
