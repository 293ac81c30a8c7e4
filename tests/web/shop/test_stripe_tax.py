"""The checkout with Stripe Tax: asks for the ZIP code, shows the tax, and never guesses it."""

from typing import Any

import pytest
from django.test import Client

from aliquot.commerce.adapters.taxes import source_called
from aliquot.commerce.models import FakeCharge, Order, Product
from tests.fakes.stripe_checkout import StripeFake
from tests.web.shop.buying import ANSWERS, hidden, put_in, summary

pytestmark = pytest.mark.django_db
Products = dict[str, Product]
ZIP = {"postal_code": "78701"}
TAX = "Sales Tax and Local Sales Tax (Texas, Austin), 8.25%"


@pytest.fixture
def cart(products: Products, stripe_tax: StripeFake, as_rosa: Client) -> Client:
    way: Any = source_called("stripe")
    way._api._requestor._options.max_network_retries = 0
    put_in(as_rosa, "unlimited-year")
    return as_rosa


def looked_at(client: Client, **changes: str) -> str:
    """The summary of a place."""
    answers = {**ANSWERS, **ZIP, **changes, "step": "update"}
    return client.post("/checkout/", answers).content.decode()


def test_the_tax_is_shown_once_the_place_is_known_and_is_what_is_charged(cart: Client) -> None:
    first = cart.get("/checkout/").content.decode()
    assert "Enter your state and your ZIP or postal code to see the tax." in first
    assert ("Total so far" in first, hidden(first, "agreed_total")) == (True, "9500")
    page = looked_at(cart)
    assert (TAX in page, "$7.84" in page, hidden(page, "agreed_total")) == (True, True, "10284")
    agreed = {**summary(cart), **ZIP, "agreed_total": "10284"}
    cart.post("/checkout/", agreed)
    cart.post("/checkout/", agreed)
    assert [each.total for each in Order.objects.all()] == [102_84]
    assert FakeCharge.objects.get().amount == 102_84


def test_who_agreed_before_the_tax_was_known_is_asked_again(cart: Client) -> None:
    page = cart.post("/checkout/", {**summary(cart), **ZIP})
    assert page.status_code == 409
    assert "The total is $102.84 now; it was $95.00." in page.content.decode()
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Enter your ZIP or postal code: it decides the tax."),
        ("787", "Enter the ZIP code as 5 digits, such as 33602."),
    ],
)
def test_a_zip_code_that_is_none_is_asked_for(cart: Client, typed: str, words: str) -> None:
    page = cart.post("/checkout/", {**summary(cart), "postal_code": typed})
    assert (page.status_code, words in page.content.decode()) == (422, True)
    assert not Order.objects.exists()


def test_without_an_answer_the_page_says_so_and_nothing_is_placed(
    cart: Client, stripe_tax: StripeFake
) -> None:
    words = "Tax cannot be computed now; nothing was charged. Try again in a few minutes."
    agreed = {**summary(cart), **ZIP, "agreed_total": "10284"}
    stripe_tax.is_down = True
    page = looked_at(cart)
    assert (words in page, "not known yet" in page) == (True, True)
    sent = cart.post("/checkout/", agreed)
    assert (sent.status_code, words in sent.content.decode()) == (503, True)
    assert not Order.objects.exists()
    assert not FakeCharge.objects.exists()
    stripe_tax.is_down = False
    cart.post("/checkout/", agreed)
    assert Order.objects.get().total == 102_84


def test_the_table_asks_for_no_zip_code(products: Products, as_rosa: Client) -> None:
    put_in(as_rosa, "unlimited-year")
    assert 'name="postal_code"' not in as_rosa.get("/checkout/").content.decode()
