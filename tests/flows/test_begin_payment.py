"""Coming to the payment page again: never a dead page, never a second one for what is paid."""

from datetime import datetime, timedelta

import pytest

from aliquot.accounts.models import User
from aliquot.commerce.errors import GatewayDownError, OrderEndedError
from aliquot.commerce.models import MoneyEntry, Order, Payment
from aliquot.flows.place_order import Wish
from tests.factories.shop import open_shop, opened, ordered
from tests.fakes.stripe_checkout import StripeFake

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(stripe: StripeFake, rosa: User, now: datetime) -> Order:
    open_shop()
    return ordered(rosa, Wish("unlimited-year"), now=now, gateway="stripe")


def test_the_same_page_is_shown_while_it_is_open(
    stripe: StripeFake, order: Order, now: datetime
) -> None:
    first, again = opened(order, now=now), opened(order, now=now + timedelta(minutes=1))
    assert (first.pk, first.address) == (again.pk, again.address)
    assert len(stripe.all("checkout.session")) == 1


def test_a_page_that_has_ended_makes_room_for_a_new_one(
    stripe: StripeFake, order: Order, now: datetime
) -> None:
    first = opened(order, now=now)
    stripe.expire(first.provider_id)
    again = opened(order, now=now)
    assert again.provider_id != first.provider_id
    assert list(Payment.objects.order_by("pk").values_list("state", flat=True)) == [
        "abandoned",
        "open",
    ]


def test_an_order_paid_in_another_window_is_not_paid_again(
    stripe: StripeFake, order: Order, now: datetime
) -> None:
    stripe.pay(opened(order, now=now).provider_id)
    with pytest.raises(OrderEndedError, match="This order is paid"):
        opened(order, now=now)
    order.refresh_from_db()
    assert (order.state, MoneyEntry.objects.count()) == (Order.State.PAID, 1)
    assert len(stripe.all("checkout.session")) == 1


def test_a_page_whose_address_was_lost_is_found_again(
    stripe: StripeFake, order: Order, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed between Stripe's answer and our row: the next try gets the same page."""
    with monkeypatch.context() as killed:
        killed.setattr("aliquot.flows.pay_order.services.open_payment", lambda **_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            opened(order, now=now)
    assert not Payment.objects.exists()
    assert opened(order, now=now).provider_id == stripe.all("checkout.session")[0]["id"]
    assert len(stripe.all("checkout.session")) == 1


def test_while_stripe_is_down_no_payment_is_written(
    stripe: StripeFake, order: Order, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stripe._http_client.time.sleep", lambda _: None)
    stripe.is_down = True
    with pytest.raises(GatewayDownError):
        opened(order, now=now)
    assert not Payment.objects.exists()
