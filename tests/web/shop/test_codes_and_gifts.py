"""A code typed in the cart and a gift, from the cart to whoever opens it."""

import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client

from aliquot.accounts.models import User
from aliquot.commerce.models import CartItem, Gift, Order, Product, Voucher, VoucherUse
from aliquot.commerce.services import create_voucher, send_gift, withdraw_voucher
from aliquot.infra import clock
from aliquot.infra.models import OutboxMail
from aliquot.learning.models import Entitlement
from tests.web.shop.buying import buy, put_in, summary

pytestmark = pytest.mark.django_db
Products = dict[str, Product]


@pytest.fixture
def voucher(db: None) -> Voucher:
    return create_voucher(
        code="WELCOME", percent_off=Decimal(20), valid_from=clock.now(), now=clock.now(),
        actor_id=None,
    )  # fmt: skip


def use(client: Client, code: str) -> str:
    answer = client.post("/cart/code/", {"code": code}, follow=True)
    return str(answer.content.decode())


def test_a_code_with_a_character_that_no_database_keeps_is_a_bad_request(as_rosa: Client) -> None:
    as_rosa.raise_request_exception = False
    answer = as_rosa.post("/cart/code/", {"code": "a\0b"})
    assert answer.status_code == (400 if connection.vendor == "postgresql" else 422)


def test_a_code_lowers_the_total_before_the_consent_and_is_charged(
    as_rosa: Client, products: Products, voucher: Voucher
) -> None:
    put_in(as_rosa, "unlimited-year")
    assert "The code WELCOME is used" in use(as_rosa, " welcome")
    page = as_rosa.get("/checkout/").content.decode()
    assert "−$19.00" in page
    assert "$76.00" in page
    buy(as_rosa, "unlimited-year")
    assert Order.objects.get().total == 76_00
    assert VoucherUse.objects.count() == 1
    assert "WELCOME" not in as_rosa.get("/cart/").content.decode()


@pytest.mark.parametrize(
    ("typed", "words"), [("", "Enter a code first."), ("nope1", "The code NOPE1 is not known.")]
)
def test_a_code_that_does_not_apply_says_why_beside_the_box(
    as_rosa: Client, products: Products, typed: str, words: str
) -> None:
    put_in(as_rosa, "unlimited-year")
    answer = as_rosa.post("/cart/code/", {"code": typed})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert "<title>Error: " in page


def test_a_code_can_be_taken_out(as_rosa: Client, products: Products, voucher: Voucher) -> None:
    put_in(as_rosa, "unlimited-year")
    use(as_rosa, "welcome")
    as_rosa.post("/cart/code/", {"remove": "yes"})
    assert "$95.00" in as_rosa.get("/checkout/").content.decode()


def test_a_code_withdrawn_meanwhile_shows_the_total_without_it(
    as_rosa: Client, products: Products, voucher: Voucher
) -> None:
    put_in(as_rosa, "unlimited-year")
    use(as_rosa, "welcome")
    sent = summary(as_rosa)
    withdraw_voucher(voucher=voucher, actor_id=None, now=clock.now())
    answer = as_rosa.post("/checkout/", sent)
    assert answer.status_code == 409
    assert "was withdrawn by the seller. This is the total without it." in answer.content.decode()
    assert not Order.objects.exists()
    assert as_rosa.post("/checkout/", summary(as_rosa)).status_code == 302
    assert Order.objects.get().total == 95_00


def test_a_checkout_begun_anew_uses_the_same_code(
    as_rosa: Client, products: Products, voucher: Voucher
) -> None:
    put_in(as_rosa, "unlimited-year")
    use(as_rosa, "welcome")
    for _ in range(2):
        assert "/demo/pay/" in as_rosa.post("/checkout/", summary(as_rosa))["Location"]
    first, second = Order.objects.order_by("pk")
    assert (first.state, second.state, second.total) == ("canceled", "placed", 76_00)


def test_a_code_of_everything_needs_no_payment_page(as_rosa: Client, products: Products) -> None:
    create_voucher(
        code="GRATIS", percent_off=Decimal(100), valid_from=clock.now(), now=clock.now(),
        actor_id=None,
    )  # fmt: skip
    put_in(as_rosa, "unlimited-year")
    use(as_rosa, "gratis")
    back = as_rosa.post("/checkout/", summary(as_rosa))["Location"]
    order = Order.objects.get()
    assert (back, order.state) == (f"/checkout/{order.number}/", "paid")
    assert Entitlement.objects.count() == 1


def test_a_gift_goes_from_the_cart_to_whoever_opens_it(
    as_rosa: Client, as_stella: Client, rosa: User, stella: User, products: Products
) -> None:
    put_in(as_rosa, "eight-hours")
    item = CartItem.objects.get()
    refused = as_rosa.post(f"/cart/{item.pk}/gift/", {"gift_to": "", "gift_on": "2020-01-01"})
    assert refused.status_code == 422
    assert "Choose a day from today on" in refused.content.decode()
    as_rosa.post(f"/cart/{item.pk}/gift/", {"gift_to": "s@example.org", "gift_message": "Enjoy!"})
    assert "A gift for s@example.org" in as_rosa.get("/cart/").content.decode()
    to_pay = as_rosa.post("/checkout/", summary(as_rosa))["Location"]
    as_rosa.get(as_rosa.post(to_pay, {"deed": "pay"})["Location"])
    gift = Gift.objects.get()
    assert as_stella.get(f"/gifts/{gift.pk}/").status_code == 404
    meter = as_rosa.get(f"/orders/{gift.line.order.number}/refund/").content.decode()
    assert "Once somebody opens the gift, a person decides whether you get money back." in meter
    assert "A gift that nobody has opened can no longer be opened." in meter
    assert ("Not opened yet. Once it is, a person decides." in meter, "complete" in meter) == (
        True, False,
    )  # fmt: skip
    send_gift(gift, now=clock.now())
    mail = OutboxMail.objects.get(subject__contains="gift for you")
    found = re.search(r"(/gifts/open/\S+)", mail.text)
    assert found is not None
    page = as_stella.get(found[1])
    assert "Enjoy!" in page.content.decode()
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "strict-origin", "no referrer would be no origin"
    assert not Entitlement.objects.exists()
    code = found[1].partition("=")[2]
    as_stella.post("/gifts/open/", {"code": code, "open": "yes"})
    assert Entitlement.objects.get().person == stella
    assert "Opened on" in as_rosa.get(f"/gifts/{gift.pk}/").content.decode()
    again = as_rosa.post(f"/gifts/{gift.pk}/", {"gift_to": "x@example.org"})
    assert (again.status_code, "opened already" in again.content.decode()) == (422, True)


def test_a_wrong_code_of_a_gift_opens_nothing(as_stella: Client, products: Products) -> None:
    answer = as_stella.post("/gifts/open/", {"code": "7QK2", "open": "yes"})
    assert answer.status_code == 422
    assert "No gift has this code" in answer.content.decode()
    assert not Entitlement.objects.exists()
