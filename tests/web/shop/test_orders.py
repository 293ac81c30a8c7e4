"""The list of one's orders and the page of each."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from aliquot.accounts.models import User
from aliquot.commerce.models import FakeCharge, Order, Payment, Product
from aliquot.infra import clock
from aliquot.infra.models import AuditEntry
from tests.factories.shop import bought
from tests.web.shop.buying import buy, put_in, summary

pytestmark = pytest.mark.django_db
Products = dict[str, Product]


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_the_same_few_questions_for_any_number(
    as_rosa: Client,
    rosa: User,
    products: Products,
    count: int,
    django_assert_num_queries: Any,
) -> None:
    for place in range(count):
        bought(rosa, "unlimited-year", now=clock.now(), key=f"{place}")
    as_rosa.get("/orders/")
    with django_assert_num_queries(7):
        page = as_rosa.get("/orders/")
    assert page.content.decode().count("$95.00") == count


def test_the_list_says_the_day_on_the_buyers_own_clock(
    as_rosa: Client, rosa: User, products: Products
) -> None:
    bought(rosa, "unlimited-year", now=datetime(2026, 11, 27, 4, 48, tzinfo=UTC))
    assert rosa.time_zone == "America/New_York"
    page = as_rosa.get("/orders/").content.decode()
    assert "Nov 26, 2026" in page
    assert "Nov 27, 2026" not in page


def test_a_paid_order_shows_its_lines_payment_receipt_and_what_it_opened(
    as_rosa: Client, products: Products
) -> None:
    page = as_rosa.get(f"/orders/{buy(as_rosa, 'eight-hours')}/").content.decode()
    for words in ("8 of 8 hours left", "Payment: $50.00", "R-", "A test: no money moved."):
        assert words in page
    assert "Cancel this unpaid order" not in page


def test_an_unpaid_order_is_canceled_and_its_payment_closed(
    as_rosa: Client, products: Products
) -> None:
    put_in(as_rosa, "unlimited-year")
    as_rosa.post("/checkout/", summary(as_rosa))
    order = Order.objects.get()
    for _ in range(2):
        as_rosa.post(f"/orders/{order.number}/cancel/")
    order.refresh_from_db()
    assert order.state == "canceled"
    assert FakeCharge.objects.get().state == "abandoned"
    assert Payment.objects.get().state == "abandoned"
    assert AuditEntry.objects.filter(action="order.canceled").count() == 1


def test_a_paid_order_is_not_canceled(as_rosa: Client, products: Products) -> None:
    number = buy(as_rosa, "unlimited-year")
    page = as_rosa.post(f"/orders/{number}/cancel/", follow=True).content.decode()
    assert "This order is paid already" in page
    assert Order.objects.get().state == "paid"


def test_money_that_came_in_the_moment_of_canceling_pays_the_order(
    as_rosa: Client, products: Products
) -> None:
    put_in(as_rosa, "unlimited-year")
    to_pay = as_rosa.post("/checkout/", summary(as_rosa))["Location"]
    as_rosa.post(to_pay, {"deed": "pay"})
    as_rosa.post(f"/orders/{Order.objects.get().number}/cancel/")
    assert Order.objects.get().state == "paid"


def test_somebody_without_orders_is_led_to_the_prices(as_rosa: Client, products: Products) -> None:
    page = as_rosa.get("/orders/").content.decode()
    assert "You have not bought anything yet" in page
    assert 'href="/pricing/"' in page
