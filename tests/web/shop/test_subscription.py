"""My access, and renewal that is on only by consent and off by a click."""

from decimal import Decimal

import pytest
from django.test import Client

from aliquot.accounts.models import User
from aliquot.commerce.models import Product, Renewal
from aliquot.infra import clock
from aliquot.learning.services import grant_entitlement
from tests.factories.shop import bought
from tests.web.shop.buying import buy, hidden

pytestmark = pytest.mark.django_db
Products = dict[str, Product]


def page(client: Client, address: str = "/subscription/") -> str:
    return client.get(address).content.decode()


def test_it_says_what_runs_what_waits_and_that_nothing_renews(
    as_rosa: Client, rosa: User, products: Products
) -> None:
    assert "You have no access that runs" in page(as_rosa)
    now = clock.now()
    bought(rosa, "unlimited-year", now=now, key="a")
    bought(rosa, "eight-hours", now=now, key="b")
    text = page(as_rosa)
    for words in ("All courses", "Hour pack", "Waits: begins on", "8 of 8 hours left"):
        assert words in text
    assert "Renewal is <strong>off</strong>" in text


def test_without_a_kept_card_it_says_why_renewal_cannot_be_switched_on(
    as_rosa: Client, products: Products
) -> None:
    buy(as_rosa, "unlimited-year")
    assert "Your card was not kept" in page(as_rosa, "/subscription/renewal/")


def test_on_by_consent_to_the_shown_price_and_off_by_one_click(
    as_rosa: Client, rosa: User, products: Products
) -> None:
    buy(as_rosa, "unlimited-year", keep_card="on")
    text = page(as_rosa, "/subscription/renewal/")
    assert "$95.00" in text
    assert "checked" not in text
    said = {"agreed_total": hidden(text, "agreed_total")}
    refused = as_rosa.post("/subscription/renewal/", said)
    assert (refused.status_code, Renewal.objects.count()) == (422, 0)
    stale = as_rosa.post("/subscription/renewal/", {"agreed_total": "9400", "agree": "on"})
    assert (stale.status_code, Renewal.objects.count()) == (409, 0)
    for _ in range(2):
        as_rosa.post("/subscription/renewal/", said | {"agree": "on"})
    renewal = Renewal.objects.get()
    assert (renewal.person, renewal.switched_off_at) == (rosa, None)
    assert "Renewal is <strong>on</strong>" in page(as_rosa)
    for _ in range(2):
        as_rosa.post("/subscription/renewal/off/")
    renewal.refresh_from_db()
    assert renewal.switched_off_at is not None
    assert "Renewal is <strong>off</strong>" in page(as_rosa)


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_however_much_there_is(
    as_rosa: Client,
    rosa: User,
    products: Products,
    count: int,
    django_assert_num_queries: object,
) -> None:
    now = clock.now()
    for _ in range(count):
        grant_entitlement(
            person=rosa, source="pack", course=None, starts_at=now, ends_at=None,
            hours_limit=Decimal(8), actor_id=None, now=now,
        )  # fmt: skip
    page(as_rosa)
    with django_assert_num_queries(7):  # type: ignore[operator]
        page(as_rosa)
