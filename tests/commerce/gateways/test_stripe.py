"""What is Stripe's own: what it is asked, how it fails, disputes, debits, refused secrets."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ImproperlyConfigured

from aliquot.commerce.adapters.gateways import Gateway, check_gateways, gateway, names_on
from aliquot.commerce.adapters.gateways.stripe.settings import API_VERSION
from aliquot.commerce.errors import GatewayDownError, RefundRefusedError
from aliquot.commerce.facts import Charged, CheckoutItem, Wanted
from aliquot.lib.money import Money
from tests.fakes.stripe_books import API_VERSION as FAKE_VERSION
from tests.fakes.stripe_checkout import KEY, SECRET, StripeFake

TOTAL = Money(95_00, "USD")
WANTED = Wanted(
    order_number="7QK2-M9XD",
    buyer_email="rosa@example.org",
    items=(CheckoutItem("Unlimited access for a year", TOTAL),),
    total=TOTAL,
    return_address="https://example.org/orders/7QK2-M9XD/",
    cancel_address="https://example.org/checkout/",
    key="7QK2-M9XD-0",
)


@pytest.fixture(autouse=True)
def at_this_moment(now: datetime) -> Iterator[None]:
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def way(stripe: StripeFake) -> Gateway:
    return gateway("stripe")


def paid(stripe: StripeFake, way: Gateway) -> Charged:
    opened = way.open(WANTED)
    stripe.pay(opened.provider_id)
    return way.fetch(opened.provider_id)


def test_the_hosted_page_asks_for_our_amounts_and_names_our_order(
    stripe: StripeFake, way: Gateway, now: datetime
) -> None:
    ends = now + timedelta(hours=2)
    opened = way.open(replace(WANTED, expires_at=ends))
    session = stripe.things[opened.provider_id]
    assert session["amount_total"] == 95_00
    assert session["currency"] == "usd"
    assert session["client_reference_id"] == session["metadata"]["order"] == "7QK2-M9XD"
    assert session["customer_email"] == "rosa@example.org"
    assert session["expires_at"] == ends.timestamp()
    assert session["intent_wanted"] == {"metadata": {"order": "7QK2-M9XD"}}
    assert session["customer_creation"] is None
    assert opened.address == f"{stripe.base}/pay/{opened.provider_id}"
    assert API_VERSION == FAKE_VERSION


@pytest.mark.parametrize("hours", [0.25, 25])
def test_an_end_that_stripe_would_refuse_is_left_to_stripe(
    stripe: StripeFake, way: Gateway, now: datetime, hours: float
) -> None:
    opened = way.open(replace(WANTED, expires_at=now + timedelta(hours=hours)))
    day_later = now + timedelta(hours=24)
    assert stripe.things[opened.provider_id]["expires_at"] == day_later.timestamp()


def test_a_card_is_kept_only_when_the_buyer_wants_renewal(stripe: StripeFake, way: Gateway) -> None:
    assert paid(stripe, way).method_reference == ""
    opened = way.open(replace(WANTED, key="again", saves_method=True))
    stripe.pay(opened.provider_id)
    reference = way.fetch(opened.provider_id).method_reference
    found = way.charge_again(reference, replace(WANTED, key="renewal-1"))
    assert (found.state, found.captured) == ("captured", TOTAL)


@pytest.mark.parametrize("deed", ["open", "refund", "charge_again"])
def test_an_answer_that_was_lost_makes_nothing_twice(
    stripe: StripeFake, way: Gateway, deed: str
) -> None:
    charged = paid(stripe, way)
    customer, method = stripe.make("customer", "cus"), stripe.make("payment_method", "pm")
    card, other = f"{customer['id']}:{method['id']}", replace(WANTED, key="other")
    asked = {
        "open": lambda: way.open(other).provider_id,
        "refund": lambda: way.refund(charged, Money(5_00, "USD"), key="r").provider_id,
        "charge_again": lambda: way.charge_again(card, other).provider_id,
    }[deed]
    before = len(stripe.things)
    stripe.loses_answers = 1
    first = asked()
    made = len(stripe.things) - before
    assert stripe.loses_answers == 0
    assert asked() == first
    assert len(stripe.things) - before == made


@pytest.mark.parametrize("deed", ["refund", "charge_again"])
def test_money_moves_once_also_when_stripe_has_forgotten_our_key(
    stripe: StripeFake, way: Gateway, deed: str
) -> None:
    charged = paid(stripe, way)
    customer, method = stripe.make("customer", "cus"), stripe.make("payment_method", "pm")
    card = f"{customer['id']}:{method['id']}"
    asked = {
        "refund": lambda: way.refund(charged, Money(5_00, "USD"), key="r").provider_id,
        "charge_again": lambda: way.charge_again(card, WANTED).provider_id,
    }[deed]
    first = asked()
    stripe.forget_keys()
    assert asked() == first
    assert len(stripe.all("refund")) + len(stripe.all("charge")) == 2


def test_what_stripe_refuses_to_give_back_is_said(stripe: StripeFake, way: Gateway) -> None:
    charged = paid(stripe, way)
    way.refund(charged, TOTAL, key="a")
    with pytest.raises(RefundRefusedError, match="greater than unrefunded"):
        way.refund(charged, Money(1, "USD"), key="b")
    assert len(stripe.all("refund")) == 1


def test_a_refund_that_failed_at_the_bank_gave_nothing_back(
    stripe: StripeFake, way: Gateway
) -> None:
    charged = paid(stripe, way)
    refund = stripe.refund(charged.charge_id, 5_00, {}, status="pending")
    assert [each.state for each in way.fetch(charged.provider_id).refunds] == ["pending"]
    refund["status"] = "failed"
    assert [each.state for each in way.fetch(charged.provider_id).refunds] == ["failed"]


def test_a_bank_debit_is_open_until_the_bank_has_decided(stripe: StripeFake, way: Gateway) -> None:
    states = []
    for key, succeeds in (("a", True), ("b", False)):
        opened = way.open(replace(WANTED, key=key))
        stripe.start_debit(opened.provider_id)
        states.append(way.fetch(opened.provider_id).state)
        stripe.end_debit(opened.provider_id, succeeds=succeeds)
        states.append(way.fetch(opened.provider_id).state)
    assert states == ["open", "captured", "open", "failed"]


def test_a_dispute_takes_the_money_and_a_won_one_returns_it(
    stripe: StripeFake, way: Gateway, now: datetime
) -> None:
    charged = paid(stripe, way)
    dispute = stripe.dispute(charged.charge_id)
    found = way.fetch(charged.provider_id)
    assert (found.disputed, found.disputed_at) == (TOTAL, now)
    stripe.end_dispute(dispute["id"], status="lost")
    assert way.fetch(charged.provider_id).disputed == TOTAL
    stripe.end_dispute(dispute["id"], status="won")
    found = way.fetch(charged.provider_id)
    assert (found.disputed, found.returned) == (Money(0, "USD"), TOTAL)


def test_a_dispute_about_a_part_takes_and_returns_that_part(
    stripe: StripeFake, way: Gateway
) -> None:
    charged = paid(stripe, way)
    dispute = stripe.dispute(charged.charge_id, amount=85_00)
    assert way.fetch(charged.provider_id).disputed == Money(85_00, "USD")
    stripe.end_dispute(dispute["id"], status="won")
    assert way.fetch(charged.provider_id).returned == Money(85_00, "USD")


def test_an_inquiry_of_a_bank_takes_nothing(stripe: StripeFake, way: Gateway) -> None:
    charged = paid(stripe, way)
    stripe.dispute(charged.charge_id, status="warning_needs_response")
    assert way.fetch(charged.provider_id).disputed is None


@pytest.mark.parametrize("place", ["client_reference_id", "metadata", "intent", "mode"])
def test_a_payment_whose_names_disagree_is_nobodys(
    stripe: StripeFake, way: Gateway, place: str
) -> None:
    charged = paid(stripe, way)
    session = stripe.things[charged.provider_id]
    if place == "client_reference_id":
        session["client_reference_id"] = "OTHE-R000"
    elif place == "metadata":
        session["metadata"] = {"order": "OTHE-R000"}
    elif place == "mode":
        session["livemode"] = True
    else:
        stripe.things[session["payment_intent"]]["metadata"] = {}
    assert way.fetch(charged.provider_id).order_number == ""


def test_a_long_list_is_read_to_its_end(stripe: StripeFake, way: Gateway, now: datetime) -> None:
    charged = paid(stripe, way)
    for cents in range(1, 121):
        stripe.refund(charged.charge_id, cents % 3 + 1, {}, status="succeeded")
    assert len(way.fetch(charged.provider_id).refunds) == 120
    assert len(list(way.movements(now, now + timedelta(days=1)))) == 121


def test_when_stripe_is_down_nothing_is_assumed(
    stripe: StripeFake, way: Gateway, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    charged = paid(stripe, way)
    monkeypatch.setattr("stripe._http_client.time.sleep", lambda _: None)
    stripe.is_down = True
    for ask in (
        lambda: way.open(replace(WANTED, key="x")),
        lambda: way.fetch(charged.provider_id),
        lambda: way.close(charged.provider_id),
        lambda: way.refund(charged, TOTAL, key="x"),
        lambda: way.charge_again("cus_1:pm_1", WANTED),
        lambda: list(way.changed_since(now)),
        lambda: list(way.movements(now, now)),
    ):
        with pytest.raises(GatewayDownError, match="try again later"):
            ask()
    stripe.is_down, stripe.key = False, "sk_test_anotherkeythanours"
    with pytest.raises(GatewayDownError):
        way.fetch(charged.provider_id)
    assert len(stripe.all("checkout.session")) == 1
    assert not stripe.all("refund")


LIVE = "sk_live_abcdefghijklmnop"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"STRIPE_SECRET_KEY": ""}, "ALIQUOT_STRIPE_SECRET_KEY is missing or malformed"),
        ({"STRIPE_SECRET_KEY": "pk_test_abcdefghijkl"}, "is missing or malformed"),
        ({"STRIPE_WEBHOOK_SECRET": ""}, "ALIQUOT_STRIPE_WEBHOOK_SECRET is missing or malformed"),
        ({"STRIPE_WEBHOOK_SECRET": "whsec_"}, "WEBHOOK_SECRET is missing or malformed"),
        ({"STRIPE_SECRET_KEY": LIVE}, "takes no real money"),
        ({"IS_DEMO": False}, "would give access for test money"),
        ({"STRIPE_API_BASE": "https://example.org"}, "an address of this machine"),
        (
            {"IS_DEMO": False, "STRIPE_SECRET_KEY": LIVE, "STRIPE_API_BASE": "http://127.0.0.1"},
            "for the demo profile only",
        ),
        ({"GATEWAYS": ["paypal"]}, "names paypal; accepted: stripe, offline, test"),
        ({"GATEWAYS": ["test"], "IS_DEMO": False}, "test gateway is for the demo profile only"),
    ],
)
def test_unsafe_settings_stop_the_start_with_one_sentence(
    settings: Any, change: dict[str, Any], sentence: str
) -> None:
    settings.GATEWAYS = ["stripe", "offline"]
    settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRET = KEY, SECRET
    check_gateways()
    assert names_on() == ("stripe", "offline")
    for name, value in change.items():
        setattr(settings, name, value)
    with pytest.raises(ImproperlyConfigured, match=sentence) as refused:
        check_gateways()
    assert str(refused.value).endswith(".")
    assert SECRET not in str(refused.value)
    assert LIVE not in str(refused.value)
