"""Prices before anything is asked, and a cart that survives a sign-in."""

from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from aliquot.accounts.models import User
from aliquot.catalog.facts import CatalogCounts
from aliquot.commerce.models import CartItem, Product
from aliquot.commerce.services import add_to_cart, save_product, set_price
from aliquot.infra import cache, clock
from aliquot.learning.services import grant_entitlement
from aliquot.lib.money import Money
from aliquot.web.shop.words import free_words
from tests.factories.catalog import published_course
from tests.web.shop.buying import put_in

pytestmark = pytest.mark.django_db
Products = dict[str, Product]


def text(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def test_the_page_shows_every_price_and_what_it_includes(
    client: Client, products: Products
) -> None:
    published_course(is_free=False)
    page = text(client, "/pricing/")
    for words in ("$95.00", "$50.00", "$20.00", "8 contact hours", "1 course today", "30 days"):
        assert words in page
    assert "checked" not in page


def test_the_page_says_how_many_courses_are_free(client: Client, products: Products) -> None:
    published_course("A-1", is_free=False)
    assert "free" not in text(client, "/pricing/").partition("today")[2].partition("</li>")[0]
    published_course("A-2", is_free=True)
    published_course("A-3", is_free=False)
    cache.raise_generation("catalog")
    page = text(client, "/pricing/")
    assert "3 courses today: 1 free, 2\N{NO-BREAK SPACE}need access<" in page
    assert "All 3 courses of today, 3.75 contact hours; 1 of them free anyway" in page


@pytest.mark.parametrize(
    ("courses", "free", "said"),
    [
        (2, 0, ""),
        (1, 1, "free"),
        (3, 3, "all free"),
        (2, 1, "1 free, 1\N{NO-BREAK SPACE}needs access"),
    ],
)
def test_what_is_free_is_said_in_words(courses: int, free: int, said: str) -> None:
    assert free_words(CatalogCounts(courses, Decimal(courses), free)) == said


def test_a_kept_page_shows_a_new_price_at_once(client: Client, products: Products) -> None:
    published_course()
    assert "$95.00" in text(client, "/pricing/")
    set_price(
        product=products["unlimited-year"], amount=Money(99_00, "USD"), now=clock.now(),
        actor_id=None,
    )  # fmt: skip
    page = text(client, "/pricing/")
    assert "$99.00" in page


def test_a_site_without_courses_offers_nothing_for_money(
    client: Client, products: Products
) -> None:
    page = text(client, "/pricing/")
    assert "Nothing is sold here at the moment" in page
    assert "$" not in page
    assert "for a year $" not in text(client, "/")
    published_course()
    cache.raise_generation("catalog")
    assert "$95.00" in text(client, "/pricing/")


def test_the_price_of_seats_falls_with_their_number(client: Client, products: Products) -> None:
    published_course()
    for quantity, cents in ((5, 85_00), (10, 75_00)):
        set_price(
            product=products["seats"], amount=Money(cents, "USD"), from_quantity=quantity,
            now=clock.now(), actor_id=None,
        )  # fmt: skip
    page = text(client, "/pricing/")
    for words in (
        "1\N{NO-BREAK SPACE}to\N{NO-BREAK SPACE}4",
        "10 or\N{NO-BREAK SPACE}more",
        "10 for $750.00",
    ):
        assert words in page


def test_a_visitor_signs_in_and_finds_what_was_chosen(
    client: Client, rosa: User, products: Products
) -> None:
    published_course("HEM-101", is_free=False)
    answer = put_in(client, "single-course", course="HEM-101")["Location"]
    assert answer.startswith("/account/login/?next=")
    after = parse_qs(urlsplit(answer).query)["next"][0]
    assert not CartItem.objects.exists()
    client.force_login(rosa)
    page = text(client, after)
    assert "You were about to buy" in page
    assert "Interpreting the Peripheral Blood Smear" in page
    assert "$20.00" in page
    assert not CartItem.objects.exists()  # reading puts nothing in


def test_a_thing_is_in_the_cart_once_and_goes_out(as_rosa: Client, products: Products) -> None:
    for _ in range(3):
        put_in(as_rosa, "unlimited-year", then="cart")
    item = CartItem.objects.get()
    for _ in range(2):
        as_rosa.post(f"/cart/{item.pk}/remove/")
    assert not CartItem.objects.exists()
    assert "Your cart is empty" in text(as_rosa, "/cart/")


def test_seats_are_bought_in_numbers_and_nothing_else_is(
    as_rosa: Client, products: Products
) -> None:
    put_in(as_rosa, "seats", quantity="6", then="cart")
    item = CartItem.objects.get()
    as_rosa.post(f"/cart/{item.pk}/", {"quantity": "8"})
    for wrong in ("0", "-1", "501", "many", ""):
        as_rosa.post(f"/cart/{item.pk}/", {"quantity": wrong})
    put_in(as_rosa, "unlimited-year", quantity="2")
    item = CartItem.objects.get()
    assert item.quantity == 8
    assert "$760.00" in text(as_rosa, "/cart/")


def test_what_is_no_longer_sold_says_so_and_stops_the_checkout(
    as_rosa: Client, rosa: User, products: Products
) -> None:
    put_in(as_rosa, "unlimited-year")
    product = products["unlimited-year"]
    save_product(
        code=product.code, kind=product.kind, title=product.title, term_days=365,
        active_until=clock.now(), now=clock.now(), actor_id=None,
    )  # fmt: skip
    page = text(as_rosa, "/cart/")
    assert "No longer sold" in page
    assert 'href="/checkout/"' not in page
    assert as_rosa.get("/checkout/")["Location"] == "/cart/"


def test_nobody_touches_anothers_cart(as_stella: Client, rosa: User, products: Products) -> None:
    item = add_to_cart(person=rosa, product=products["seats"], quantity=3, now=clock.now())
    assert as_stella.post(f"/cart/{item.pk}/", {"quantity": "9"}).status_code == 404
    assert as_stella.post(f"/cart/{item.pk}/remove/").status_code == 404
    assert CartItem.objects.get().quantity == 3


def test_a_course_says_what_it_costs_alone(as_rosa: Client, products: Products) -> None:
    published_course("HEM-101", is_free=False)
    page = text(as_rosa, "/courses/hem-101/")
    assert '<strong>$20.00</strong> <span class="quiet">for this course</span>' in page
    assert "See all prices" in page


def test_a_course_says_what_it_draws_from_ones_pack(
    as_rosa: Client, rosa: User, products: Products
) -> None:
    from decimal import Decimal

    published_course("HEM-101", is_free=False)
    now = clock.now()
    grant_entitlement(
        person=rosa, source="pack", course=None, starts_at=now, ends_at=None,
        hours_limit=Decimal(8), actor_id=None, now=now,
    )  # fmt: skip
    page = text(as_rosa, "/courses/hem-101/")
    assert "Start with your hour pack" in page
    assert "Takes 1.25 contact hours" in page
    assert "8 of 8 contact hours left" in page
    assert "Buy this course" not in page


def test_a_free_course_asks_for_no_money(as_rosa: Client, products: Products) -> None:
    published_course("HEM-101")
    page = text(as_rosa, "/courses/hem-101/")
    assert "Buy this course" not in page
    assert "See all prices" not in page


def test_a_free_course_cannot_be_bought(as_rosa: Client, products: Products) -> None:
    published_course("HEM-101")
    page = as_rosa.post(
        "/cart/add/", {"product": "single-course", "course": "HEM-101"}, follow=True
    ).content.decode()
    assert "This course is free" in page
    assert not CartItem.objects.exists()


def test_a_bundle_names_its_courses(client: Client, products: Products) -> None:
    course = published_course("HEM-101", is_free=False)
    bundle = save_product(
        code="hematology", kind="bundle", title="Hematology", term_days=365, courses=[course],
        now=clock.now(), actor_id=None,
    )  # fmt: skip
    set_price(product=bundle, amount=Money(30_00, "USD"), now=clock.now(), actor_id=None)
    page = text(client, "/pricing/")
    assert "$30.00" in page
    assert 'href="/courses/hem-101/"' in page
