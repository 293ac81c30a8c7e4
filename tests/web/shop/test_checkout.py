"""The checkout: what is shown is what is charged, once, whatever is clicked."""

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from aliquot.accounts.models import User
from aliquot.commerce.adapters.gateways.test.gateway import TestGateway
from aliquot.commerce.errors import GatewayDownError
from aliquot.commerce.models import (
    CartItem,
    Document,
    FakeCharge,
    LineGrant,
    MoneyEntry,
    Order,
    Product,
    TaxRate,
)
from aliquot.commerce.services import set_price
from aliquot.flows.switch_renewal import saved_method
from aliquot.infra import clock
from aliquot.infra.models import OutboxMail
from aliquot.learning.models import Entitlement
from aliquot.lib.money import Money
from tests.concurrency import at_once
from tests.web.shop.buying import ANSWERS, buy, put_in, summary

pytestmark = pytest.mark.django_db
Products = dict[str, Product]


def effects() -> tuple[int, ...]:
    tables = (Order, FakeCharge, MoneyEntry, LineGrant, Entitlement, Document, OutboxMail)
    return tuple(table.objects.count() for table in tables)


@pytest.fixture
def florida(db: None) -> TaxRate:
    return TaxRate.objects.create(
        jurisdiction="US-FL",
        name="Florida sales tax",
        percent=Decimal("7.5"),
        valid_from=date(2024, 1, 1),
    )


def test_a_subscription_is_bought_in_four_steps(as_rosa: Client, products: Products) -> None:
    assert put_in(as_rosa, "unlimited-year")["Location"] == "/checkout/"
    page = as_rosa.get("/checkout/")
    assert "checked" not in page.content.decode()
    answer = as_rosa.post("/checkout/", summary(as_rosa))
    assert answer.status_code == 302
    pay_page = as_rosa.get(answer["Location"]).content.decode()
    assert "Test payment. No money moves." in pay_page
    assert effects() == (1, 1, 0, 0, 0, 0, 0)
    back = as_rosa.post(answer["Location"], {"deed": "pay"})["Location"]
    received = as_rosa.get(back).content.decode()
    assert "Received, thank you" in received
    assert f"R-{clock.now().year}-000001" in received
    assert effects() == (1, 1, 1, 1, 1, 1, 1)
    assert not CartItem.objects.exists()
    order = Order.objects.get()
    assert (order.total, order.state) == (95_00, "paid")


def test_double_click_reload_and_back_are_one_order(as_rosa: Client, products: Products) -> None:
    put_in(as_rosa, "unlimited-year")
    answers = summary(as_rosa)
    first = as_rosa.post("/checkout/", answers)["Location"]
    assert as_rosa.post("/checkout/", answers)["Location"] == first
    for _ in range(2):
        back = as_rosa.post(first, {"deed": "pay"})["Location"]
    for _ in range(2):
        as_rosa.get(back)
    again = as_rosa.post("/checkout/", answers)  # the back button, long after
    assert again["Location"] == f"/checkout/{Order.objects.get().number}/"
    assert effects() == (1, 1, 1, 1, 1, 1, 1)


def test_the_tax_of_the_place_is_shown_before_anything_is_agreed(
    as_rosa: Client, products: Products, florida: TaxRate
) -> None:
    put_in(as_rosa, "unlimited-year")
    page = as_rosa.post("/checkout/", ANSWERS | {"step": "update", "region": "FL", "key": "k"})
    text = page.content.decode()
    assert page.status_code == 200
    assert "Florida sales tax, 7.5%" in text
    assert "$102.13" in text
    assert 'value="10213"' in text
    assert "There is a problem" not in text
    assert not Order.objects.exists()


def test_a_total_that_changed_is_shown_again_and_consent_asked_anew(
    as_rosa: Client, products: Products
) -> None:
    put_in(as_rosa, "unlimited-year")
    answers = summary(as_rosa)
    set_price(
        product=products["unlimited-year"],
        amount=Money(99_00, "USD"),
        now=clock.now(),
        actor_id=None,
    )
    page = as_rosa.post("/checkout/", answers)
    text = page.content.decode()
    assert page.status_code == 409
    assert "The total is $99.00 now; it was $95.00." in text
    assert 'value="9900"' in text
    assert 'name="terms" checked' not in text
    assert effects() == (0, 0, 0, 0, 0, 0, 0)


@pytest.mark.parametrize(
    ("missing", "words"),
    [
        ("terms", "Agree to the terms to go on."),
        ("gateway", "Choose how you pay."),
        ("region", "Choose your state"),
        ("name", "Enter the name for the receipt."),
    ],
)
def test_what_is_missing_is_named_and_nothing_is_placed(
    as_rosa: Client, products: Products, missing: str, words: str
) -> None:
    put_in(as_rosa, "unlimited-year")
    page = as_rosa.post("/checkout/", summary(as_rosa) | {missing: ""})
    assert page.status_code == 422
    assert "<title>Error: Checkout" in page.content.decode()
    assert words in page.content.decode()
    assert not Order.objects.exists()


def test_a_buyer_abroad_names_no_state(as_rosa: Client, products: Products) -> None:
    buy(as_rosa, "unlimited-year", country="CA", region="")
    assert Order.objects.get().buyer["region"] == ""


def test_going_back_from_the_payment_keeps_everything_and_replaces_the_order(
    as_rosa: Client, products: Products
) -> None:
    put_in(as_rosa, "unlimited-year")
    to_pay = as_rosa.post("/checkout/", summary(as_rosa) | {"organization": "Bench Lab"})
    stopped = as_rosa.post(to_pay["Location"], {"deed": "cancel"})["Location"]
    page = as_rosa.get(stopped).content.decode()
    assert "You stopped before paying" in page
    assert "Bench Lab" in page
    second = as_rosa.post("/checkout/", summary(as_rosa))["Location"]
    assert second != to_pay["Location"]
    assert list(Order.objects.order_by("pk").values_list("state", flat=True)) == [
        "canceled",
        "placed",
    ]
    late = as_rosa.post(to_pay["Location"], {"deed": "pay"})  # the old page, still open
    assert FakeCharge.objects.filter(state="captured").count() == 0
    assert "This order has ended" in as_rosa.get(late["Location"]).content.decode()


def test_an_earlier_checkout_paid_meanwhile_is_not_bought_again(
    as_rosa: Client, products: Products
) -> None:
    put_in(as_rosa, "unlimited-year")
    first = as_rosa.post("/checkout/", summary(as_rosa))["Location"]
    other_page = summary(as_rosa)
    as_rosa.post(first, {"deed": "pay"})  # and the return page is never reached
    answer = as_rosa.post("/checkout/", other_page)
    paid, ended = Order.objects.order_by("pk")
    assert (paid.state, ended.state) == ("paid", "canceled")
    assert answer["Location"] == f"/checkout/{paid.number}/"
    assert Entitlement.objects.count() == 1


def test_a_declined_payment_charges_nothing_and_can_be_tried_again(
    as_rosa: Client, products: Products
) -> None:
    put_in(as_rosa, "unlimited-year")
    first = as_rosa.post("/checkout/", summary(as_rosa))["Location"]
    back = as_rosa.post(first, {"deed": "decline"})["Location"]
    assert "The payment did not go through" in as_rosa.get(back).content.decode()
    order = Order.objects.get()
    again = as_rosa.post(f"/orders/{order.number}/pay/")["Location"]
    assert again != first
    as_rosa.post(again, {"deed": "pay"})
    assert "Received, thank you" in as_rosa.get(back).content.decode()
    assert MoneyEntry.objects.count() == 1


def test_the_return_page_never_guesses(
    as_rosa: Client, products: Products, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_in(as_rosa, "unlimited-year")
    as_rosa.post("/checkout/", summary(as_rosa))
    address = f"/checkout/{Order.objects.get().number}/?paid=true&status=success"

    def down(self: TestGateway, provider_id: str) -> None:
        raise GatewayDownError("no answer")

    for _ in range(2):
        page = as_rosa.get(address).content.decode()
        assert "Still processing" in page
        assert '<meta http-equiv="refresh"' in page
        assert "Received" not in page
        monkeypatch.setattr(TestGateway, "fetch", down)
    assert not Entitlement.objects.exists()


def test_a_payment_page_that_is_down_keeps_the_order(
    as_rosa: Client, products: Products, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_in(as_rosa, "unlimited-year")

    def down(self: TestGateway, wanted: object) -> None:
        raise GatewayDownError("no answer")

    monkeypatch.setattr(TestGateway, "open", down)
    answers = summary(as_rosa)
    for _ in range(2):
        answer = as_rosa.post("/checkout/", answers)
    order = Order.objects.get()
    assert answer["Location"] == f"/orders/{order.number}/"
    assert "Nothing was charged" in as_rosa.get(answer["Location"]).content.decode()


def test_the_card_is_kept_also_when_the_order_is_paid_later_from_its_page(
    as_rosa: Client, rosa: User, products: Products, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_in(as_rosa, "unlimited-year")

    def down(self: TestGateway, wanted: object) -> None:
        raise GatewayDownError("no answer")

    with monkeypatch.context() as away:
        away.setattr(TestGateway, "open", down)
        as_rosa.post("/checkout/", summary(as_rosa) | {"keep_card": "on"})
    order = Order.objects.get()
    to_pay = as_rosa.post(f"/orders/{order.number}/pay/")["Location"]
    as_rosa.get(as_rosa.post(to_pay, {"deed": "pay"})["Location"])
    order.refresh_from_db()
    assert (order.state, bool(saved_method(rosa, order))) == (Order.State.PAID, True)


def test_an_invoice_is_sent_once_and_gives_no_access(as_rosa: Client, products: Products) -> None:
    put_in(as_rosa, "unlimited-year")
    answers = summary(as_rosa) | {"gateway": "offline", "purchase_order_number": "PO-7"}
    for _ in range(2):
        answer = as_rosa.post("/checkout/", answers)
    order = Order.objects.get()
    assert answer["Location"] == f"/orders/{order.number}/"
    page = as_rosa.get(answer["Location"]).content.decode()
    assert "Please pay $95.00" in page
    assert "PO-7" in page
    assert (order.state, order.lapses_at) == ("placed", None)
    mail = OutboxMail.objects.get()
    assert mail.subject.startswith(f"Invoice I-{clock.now().year}-000001: $95.00")
    assert "purchase order PO-7" in mail.text
    assert not Entitlement.objects.exists()
    assert not CartItem.objects.exists()


def test_a_pack_is_set_off_when_the_year_is_bought(as_rosa: Client, products: Products) -> None:
    buy(as_rosa, "eight-hours")
    put_in(as_rosa, "unlimited-year")
    page = as_rosa.get("/checkout/").content.decode()
    assert "Your hour pack of" in page
    assert "−$50.00" in page
    as_rosa.post(as_rosa.post("/checkout/", summary(as_rosa))["Location"], {"deed": "pay"})
    as_rosa.get(f"/checkout/{Order.objects.latest('pk').number}/")
    assert Order.objects.latest("pk").total == 45_00


def test_an_order_of_nothing_is_settled_at_once(as_rosa: Client, products: Products) -> None:
    set_price(
        product=products["unlimited-year"], amount=Money(40_00, "USD"), now=clock.now(),
        actor_id=None,
    )  # fmt: skip
    buy(as_rosa, "eight-hours")
    put_in(as_rosa, "unlimited-year")
    answer = as_rosa.post("/checkout/", summary(as_rosa))
    order = Order.objects.latest("pk")
    assert (order.total, order.state) == (0, "paid")
    assert answer["Location"] == f"/checkout/{order.number}/"
    assert FakeCharge.objects.count() == 1
    assert order.documents.get().total == 0


def test_nobody_elses_order_or_payment_opens(
    as_rosa: Client, as_stella: Client, products: Products
) -> None:
    put_in(as_rosa, "unlimited-year")
    to_pay = as_rosa.post("/checkout/", summary(as_rosa))["Location"]
    number = Order.objects.get().number
    for address in (to_pay, f"/checkout/{number}/", f"/orders/{number}/"):
        assert as_stella.get(address).status_code == 404
    assert as_stella.post(to_pay, {"deed": "pay"}).status_code == 404
    assert as_stella.post(f"/orders/{number}/cancel/").status_code == 404
    assert FakeCharge.objects.get().state == "open"
    assert Order.objects.get().state == "placed"


def test_the_test_payment_does_not_exist_in_production(
    as_rosa: Client, products: Products, settings: object
) -> None:
    put_in(as_rosa, "unlimited-year")
    to_pay = as_rosa.post("/checkout/", summary(as_rosa))["Location"]
    settings.IS_DEMO = False  # type: ignore[attr-defined]
    assert as_rosa.get(to_pay).status_code == 404
    assert as_rosa.post(to_pay, {"deed": "pay"}).status_code == 404
    assert FakeCharge.objects.get().state == "open"


def test_an_empty_cart_leads_to_the_cart(as_rosa: Client, products: Products) -> None:
    assert as_rosa.get("/checkout/")["Location"] == "/cart/"


@pytest.mark.django_db(transaction=True)
def test_fifty_posts_at_once_are_one_order_and_one_charge(rosa: User, products: Products) -> None:
    browsers = [Client() for _ in range(50)]
    browsers[0].force_login(rosa)
    for browser in browsers[1:]:
        browser.cookies = browsers[0].cookies
    put_in(browsers[0], "unlimited-year")
    answers = summary(browsers[0])
    where = at_once(50, lambda place: browsers[place].post("/checkout/", answers)["Location"])
    assert len(set(where)) == 1
    browsers[0].post(where[0], {"deed": "pay"})
    back = f"/checkout/{Order.objects.get().number}/"
    assert {page.status_code for page in at_once(8, lambda at: browsers[at].get(back))} == {200}
    assert effects() == (1, 1, 1, 1, 1, 1, 1)
