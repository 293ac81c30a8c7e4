"""Whoever buys what is open to them already is told so before they pay, and may go on."""

from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client

from aliquot.accounts.models import User
from aliquot.commerce.models import Product
from aliquot.learning.services import grant_entitlement
from tests.factories.catalog import published_course
from tests.factories.shop import bought
from tests.web.shop.buying import put_in

pytestmark = pytest.mark.django_db
Products = dict[str, Product]
NOW = datetime(2026, 11, 26, 15, 0, tzinfo=ZoneInfo("America/New_York")).astimezone(UTC)


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def as_rosa(rosa: User) -> Client:
    """Signed in on that day; a session of another one would have ended."""
    client = Client()
    client.force_login(rosa)
    return client


def said(client: Client, address: str) -> list[str]:
    """The warnings of a page, one for each thing."""
    page = client.get(address).content.decode()
    parts = page.split("<p>You already have ")[1:] + page.split("<p>You can already ")[1:]
    return [each.split("</p>")[0] for each in parts]


def warned(client: Client, code: str, **more: str) -> str:
    """What is said in front of the payment; the same is said in the cart."""
    assert put_in(client, code, **more)["Location"] == "/checkout/"
    found = said(client, "/checkout/")
    assert said(client, "/cart/") == found
    assert len(found) < 2
    return found[0] if found else ""


def test_who_has_nothing_is_told_nothing(as_rosa: Client, products: Products) -> None:
    assert warned(as_rosa, "unlimited-year") == ""


def test_another_year_extends_the_one_that_runs(
    as_rosa: Client, rosa: User, products: Products
) -> None:
    bought(rosa, "unlimited-year", now=NOW)
    assert warned(as_rosa, "unlimited-year") == (
        "unlimited access through November 26, 2027. "
        "This would extend it through November 25, 2028."
    )
    assert "Continue to payment" in as_rosa.get("/checkout/").content.decode()


def test_before_it_is_put_in_the_cart_too(as_rosa: Client, rosa: User, products: Products) -> None:
    bought(rosa, "unlimited-year", now=NOW)
    assert len(said(as_rosa, "/cart/?product=unlimited-year")) == 1
    assert said(as_rosa, "/cart/?product=seats&quantity=5") == []


def test_hours_wait_until_the_year_has_ended(
    as_rosa: Client, rosa: User, products: Products
) -> None:
    bought(rosa, "unlimited-year", now=NOW)
    assert warned(as_rosa, "eight-hours") == (
        "unlimited access through November 26, 2027. These hours would wait until it ends, and "
        "could then be used through November 25, 2028."
    )


def test_a_course_that_is_open_is_named(as_rosa: Client, rosa: User, products: Products) -> None:
    course = published_course("HEM-101", is_free=False)
    bought(rosa, "unlimited-year", now=NOW)
    assert course.current_version is not None
    title = course.current_version.title
    assert warned(as_rosa, "single-course", course="HEM-101") == (
        f"open “{title}” through November 26, 2027. This would add nothing."
    )


def test_access_without_end_makes_everything_needless(
    as_rosa: Client, rosa: User, products: Products
) -> None:
    grant_entitlement(
        person=rosa, source="grant", course=None, starts_at=NOW, ends_at=None, hours_limit=None,
        actor_id=None, now=NOW,
    )  # fmt: skip
    assert warned(as_rosa, "unlimited-year") == (
        "unlimited access without end. This would add nothing."
    )


def test_one_course_of_ones_own_and_a_longer_term(
    as_rosa: Client, rosa: User, products: Products
) -> None:
    course = published_course("HEM-101", is_free=False)
    grant_entitlement(
        person=rosa, source="grant", course=course, starts_at=NOW,
        ends_at=datetime(2026, 12, 1, 5, 0, tzinfo=UTC), hours_limit=None, actor_id=None, now=NOW,
    )  # fmt: skip
    assert warned(as_rosa, "single-course", course="HEM-101").endswith(
        "through November 30, 2026. Bought now, it would stay open through November 26, 2027."
    )
    put_in(as_rosa, "unlimited-year")
    assert len(said(as_rosa, "/checkout/")) == 1


def test_what_is_given_to_somebody_else_is_no_double(
    as_rosa: Client, rosa: User, products: Products
) -> None:
    bought(rosa, "unlimited-year", now=NOW)
    put_in(as_rosa, "unlimited-year")
    item = rosa.cart.items.get()
    as_rosa.post(f"/cart/{item.pk}/gift/", {"gift_to": "marcus@example.org"})
    item.refresh_from_db()
    assert item.gift_to == "marcus@example.org"
    assert said(as_rosa, "/checkout/") == said(as_rosa, "/cart/") == []


def test_a_year_and_a_pack_at_once_are_one_too_many(as_rosa: Client, products: Products) -> None:
    put_in(as_rosa, "eight-hours")
    put_in(as_rosa, "unlimited-year")
    for address in ("/cart/", "/checkout/"):
        page = as_rosa.get(address).content.decode()
        assert page.count("Unlimited access opens every course by itself.") == 1
        assert page.count("The hours would wait until it ends.") == 1
