"""An order paid twice: the second money goes back by itself, once, and the buyer is told."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import time_machine

from aliquot.accounts.models import User
from aliquot.commerce import queries, services
from aliquot.commerce.adapters.gateways import gateway
from aliquot.commerce.errors import GatewayDownError
from aliquot.commerce.facts import CheckoutItem, Wanted
from aliquot.commerce.models import Document, MoneyEntry, Order, Payment
from aliquot.flows.pay_order import settle_payment
from aliquot.flows.place_order import Wish
from aliquot.flows.reconcile import reconcile
from aliquot.flows.return_double_payment import return_double_payment
from aliquot.infra.jobs.worker import run_ready
from aliquot.infra.models import OutboxMail
from aliquot.learning.models import Entitlement
from aliquot.lib.money import Money
from tests.concurrency import at_once
from tests.factories.shop import open_shop, opened, ordered
from tests.fakes.stripe_checkout import StripeFake

pytestmark = pytest.mark.django_db
TOTAL = Money(95_00, "USD")


@pytest.fixture(autouse=True)
def at_this_moment(now: datetime) -> Iterator[None]:
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def order(stripe: StripeFake, rosa: User, now: datetime) -> Order:
    open_shop()
    return ordered(rosa, Wish("unlimited-year"), now=now, gateway="stripe")


def second_window(order: Order, *, now: datetime) -> Payment:
    """A second hosted page for the same order, as an old window may still show one."""
    checkout = gateway("stripe").open(
        Wanted(
            order_number=order.number,
            buyer_email="rosa@example.org",
            items=(CheckoutItem("A year", TOTAL),),
            total=TOTAL,
            return_address="https://example.org/",
            cancel_address="https://example.org/",
            key=f"{order.number}-second",
        )
    )
    return services.open_payment(
        order=order, gateway="stripe", checkout=checkout, amount=TOTAL, is_live=False, now=now
    )


@pytest.fixture
def double(stripe: StripeFake, order: Order, now: datetime) -> Payment:
    """The second payment of an order that was paid already, settled as it came in."""
    first, second = opened(order, now=now), second_window(order, now=now)
    for payment in (first, second):
        stripe.pay(payment.provider_id)
        settle_payment(payment, now=now)
    second.refresh_from_db()
    return second


def back() -> list[tuple[int, int]]:
    entries = MoneyEntry.objects.filter(kind="refund")
    return list(entries.values_list("payment", "amount"))


def test_the_second_payment_goes_back_and_its_buyer_is_told(
    stripe: StripeFake, order: Order, double: Payment, now: datetime
) -> None:
    assert double.state == Payment.State.DOUBLE
    assert queries.money_of(order).paid == Money(190_00, "USD")
    run_ready(now=now)
    assert back() == [(double.pk, -95_00)]
    assert [refund["amount"] for refund in stripe.all("refund")] == [95_00]
    assert queries.money_of(order).paid == TOTAL
    order.refresh_from_db()
    assert queries.money_states([order]) == {order.pk: "paid"}
    assert (Entitlement.objects.count(), Document.objects.count()) == (1, 1)
    subjects = sorted(OutboxMail.objects.values_list("subject", flat=True))
    assert subjects[1] == f"You paid order {order.number} twice; we are sending $95.00 back"
    assert len(subjects) == 2


def test_it_goes_back_once_whatever_is_repeated_or_killed(
    stripe: StripeFake, double: Payment, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as killed:
        killed.setattr("aliquot.flows.return_double_payment.enter_charged", lambda *_, **__: 1 / 0)
        run_ready(now=now)
    assert (len(stripe.all("refund")), back()) == (1, [])
    stripe.forget_keys()
    for minutes in range(3):
        run_ready(now=now + timedelta(minutes=minutes))
        return_double_payment(double, now=now)
        settle_payment(double, now=now)
    assert (len(stripe.all("refund")), back()) == (1, [(double.pk, -95_00)])
    assert OutboxMail.objects.count() == 2


def test_what_was_given_back_by_hand_is_not_given_again(
    stripe: StripeFake, double: Payment, now: datetime
) -> None:
    stripe.refund(double.charge_id, 90_00, {}, status="succeeded")
    run_ready(now=now)
    assert sorted(amount for _, amount in back()) == [-90_00, -5_00]
    assert queries.money_of(double.order).paid == TOTAL


def test_the_hourly_look_sends_back_what_a_job_could_not(
    stripe: StripeFake, double: Payment, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stripe._http_client.time.sleep", lambda _: None)
    stripe.is_down = True
    with pytest.raises(GatewayDownError):
        reconcile(since=now, now=now)
    assert back() == []
    stripe.is_down = False
    assert reconcile(since=now, now=now)["doubles"] == 1
    assert back() == [(double.pk, -95_00)]
    assert reconcile(since=now, now=now)["doubles"] == 0


def test_a_first_payment_never_goes_back_by_itself(
    stripe: StripeFake, order: Order, now: datetime
) -> None:
    payment = opened(order, now=now)
    stripe.pay(payment.provider_id)
    settle_payment(payment, now=now)
    return_double_payment(payment, now=now)
    assert stripe.all("refund") == []


@pytest.mark.django_db(transaction=True)
def test_two_payments_settled_at_once_make_one_order_and_one_refund(
    stripe: StripeFake, order: Order, now: datetime
) -> None:
    payments = [opened(order, now=now), second_window(order, now=now)]
    for payment in payments:
        stripe.pay(payment.provider_id)
    at_once(4, lambda number: settle_payment(payments[number % 2], now=now))
    run_ready(now=now)
    assert sorted(Payment.objects.values_list("state", flat=True)) == ["captured", "double"]
    assert queries.money_of(order).paid == TOTAL
    assert (Entitlement.objects.count(), len(stripe.all("refund"))) == (1, 1)
