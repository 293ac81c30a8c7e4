"""Reconciliation: what no event told us, orders that lapse, events that were given up."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import time_machine
from django_tasks_db.models import DBTaskResult

from aliquot.accounts.models import User
from aliquot.commerce import queries
from aliquot.commerce.errors import GatewayDownError
from aliquot.commerce.models import Document, GatewayEvent, MoneyEntry, Order, Payment
from aliquot.commerce.services import end_order
from aliquot.flows import tasks
from aliquot.flows.place_order import Wish
from aliquot.flows.receive_event import receive_event
from aliquot.flows.reconcile import lapse_order, reconcile
from aliquot.infra.jobs.worker import run_ready
from aliquot.infra.models import AuditEntry, OutboxMail
from aliquot.learning.models import Entitlement
from aliquot.lib.money import Money
from tests.factories.shop import open_shop, opened, ordered
from tests.fakes.stripe_checkout import StripeFake

pytestmark = pytest.mark.django_db
YEAR = Wish("unlimited-year")
LATER = timedelta(hours=25)


@pytest.fixture(autouse=True)
def at_this_moment(now: datetime) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(now, tick=False) as traveller:
        yield traveller


@pytest.fixture
def payment(stripe: StripeFake, rosa: User, now: datetime) -> Payment:
    open_shop()
    return opened(ordered(rosa, YEAR, now=now, gateway="stripe"), now=now)


def effects() -> tuple[int, ...]:
    tables = (MoneyEntry, Entitlement, Document)
    return tuple(table.objects.count() for table in tables)


def test_a_payment_whose_event_was_lost_is_found(
    stripe: StripeFake, payment: Payment, now: datetime
) -> None:
    stripe.pay(payment.provider_id)
    assert reconcile(since=now, now=now)["payments"] == 1
    assert effects() == (1, 1, 1)
    audits = AuditEntry.objects.count()
    reconcile(since=now, now=now)
    assert (effects(), AuditEntry.objects.count()) == ((1, 1, 1), audits)


def test_a_refund_made_at_the_gateway_is_entered_though_the_payment_was_settled(
    stripe: StripeFake, payment: Payment, now: datetime
) -> None:
    charge = stripe.pay(payment.provider_id)
    reconcile(since=now, now=now)
    stripe.refund(charge["id"], 10_00, {}, status="succeeded")
    stripe.dispute(charge["id"])
    reconcile(since=now, now=now)
    kinds = MoneyEntry.objects.order_by("pk").values_list("kind", "amount")
    assert list(kinds) == [("capture", 95_00), ("refund", -10_00), ("chargeback", -95_00)]


def test_a_won_dispute_about_a_part_gives_that_part_back(
    stripe: StripeFake, payment: Payment, now: datetime
) -> None:
    charge = stripe.pay(payment.provider_id)
    stripe.refund(charge["id"], 10_00, {}, status="succeeded")
    dispute = stripe.dispute(charge["id"], amount=85_00)
    reconcile(since=now, now=now)
    assert queries.money_of(payment.order).paid == Money(0, "USD")
    stripe.end_dispute(dispute["id"], status="won")
    for _ in range(2):
        reconcile(since=now, now=now)
    assert queries.money_of(payment.order).paid == Money(85_00, "USD")


def test_an_unpaid_order_lapses_and_its_page_is_closed_first(
    stripe: StripeFake, payment: Payment, now: datetime
) -> None:
    stripe.things[payment.provider_id]["status"] = "open"
    assert reconcile(since=now, now=now + LATER)["lapsed"] == 1
    payment.refresh_from_db()
    payment.order.refresh_from_db()
    assert stripe.things[payment.provider_id]["status"] == "expired"
    assert (payment.state, payment.order.state) == ("abandoned", Order.State.LAPSED)
    assert reconcile(since=now, now=now + LATER)["lapsed"] == 0
    assert effects() == (0, 0, 0)


def test_one_that_turns_out_to_be_paid_is_settled_instead(
    stripe: StripeFake, payment: Payment, now: datetime
) -> None:
    stripe.pay(payment.provider_id)
    lapse_order(payment.order, now=now + LATER)
    assert Order.objects.get().state == Order.State.PAID
    assert effects() == (1, 1, 1)


def test_one_whose_bank_debit_is_on_its_way_is_left_alone(
    stripe: StripeFake, payment: Payment, now: datetime
) -> None:
    stripe.start_debit(payment.provider_id)
    lapse_order(payment.order, now=now + LATER)
    assert Order.objects.get().state == Order.State.PLACED
    stripe.end_debit(payment.provider_id, succeeds=False)
    lapse_order(payment.order, now=now + LATER)
    assert Order.objects.get().state == Order.State.LAPSED


def test_an_order_that_never_came_to_a_payment_lapses_and_an_invoice_never_does(
    rosa: User, marcus: User, now: datetime
) -> None:
    open_shop()
    ordered(rosa, YEAR, now=now)
    opened(ordered(marcus, YEAR, now=now, gateway="offline"), now=now)
    reconcile(since=now, now=now + timedelta(days=300))
    states = Order.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == [Order.State.LAPSED, Order.State.PLACED]


def test_the_open_page_of_a_canceled_order_is_closed(
    stripe: StripeFake, payment: Payment, rosa: User, now: datetime
) -> None:
    end_order(order=payment.order, state=Order.State.CANCELED, actor_id=rosa.pk, now=now)
    reconcile(since=now, now=now)
    payment.refresh_from_db()
    assert payment.state == Payment.State.ABANDONED
    assert stripe.things[payment.provider_id]["status"] == "expired"


def test_a_payment_that_does_not_fit_holds_nobody_up_and_is_told_once(
    stripe: StripeFake, payment: Payment, marcus: User, amara: User, now: datetime
) -> None:
    other = opened(ordered(marcus, YEAR, now=now, gateway="stripe"), now=now)
    stripe.pay(payment.provider_id, amount=1_00)
    stripe.pay(other.provider_id)
    for _ in range(2):
        reconcile(since=now, now=now)
    assert effects() == (1, 1, 1)
    told = OutboxMail.objects.exclude(subject__startswith="Receipt")
    assert [mail.recipients for mail in told] == [[amara.email]]


def test_while_one_gateway_is_down_the_others_are_looked_at(
    stripe: StripeFake,
    payment: Payment,
    marcus: User,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("stripe._http_client.time.sleep", lambda _: None)
    ordered(marcus, YEAR, now=now)
    stripe.is_down = True
    with pytest.raises(GatewayDownError):
        reconcile(since=now, now=now + LATER)
    states = Order.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == [Order.State.PLACED, Order.State.LAPSED]


def test_an_event_whose_job_was_given_up_is_acted_on(
    stripe: StripeFake, payment: Payment, now: datetime
) -> None:
    stripe.pay(payment.provider_id)
    body, headers = stripe.signed(stripe.events[-1])
    receive_event(gateway_name="stripe", body=body, headers=headers, now=now)
    DBTaskResult.objects.all().delete()
    reconcile(since=now, now=now + timedelta(minutes=14))
    assert GatewayEvent.objects.get().state == GatewayEvent.State.RECEIVED
    assert reconcile(since=now, now=now + timedelta(minutes=16))["events"] == 1
    assert GatewayEvent.objects.get().state == GatewayEvent.State.APPLIED


def test_the_job_looks_back_to_its_last_run_that_ended_well(
    stripe: StripeFake,
    payment: Payment,
    now: datetime,
    at_this_moment: time_machine.Traveller,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked: list[datetime] = []
    monkeypatch.setattr(
        "aliquot.flows.tasks.reconciling.reconcile",
        lambda *, since, now: looked.append(since) or {"at": (now > since) / (len(looked) != 2)},
    )
    for hours in range(4):
        at_this_moment.move_to(now + timedelta(hours=hours), tick=False)
        tasks.reconcile.enqueue()
        run_ready(now=now + timedelta(hours=hours))
    first, *others = looked
    assert first == now - timedelta(days=30)
    assert [now - each for each in others[:2]] == [timedelta(hours=1)] * 2
    assert others[-1] >= now


def test_two_dozen_orders_end_as_the_provider_has_them_whatever_becomes_of_their_events(
    stripe: StripeFake, rosa: User, now: datetime
) -> None:
    """Events doubled, shuffled, late, some never; tests/commerce/test_storm.py has a thousand."""
    open_shop()
    dice = random.Random(7)
    charges = {}
    for number in range(24):
        order = ordered(rosa, YEAR, now=now, key=f"k{number}", gateway="stripe")
        payment = opened(order, now=now)
        if number % 8 == 0:
            continue
        charges[order.pk] = charge = stripe.pay(payment.provider_id)
        if number % 3 == 0:
            stripe.refund(charge["id"], 10_00 + number, {}, status="succeeded")
    postings = [event for event in stripe.events for _ in range(dice.choice((0, 1, 1, 2)))]
    dice.shuffle(postings)
    for event in postings:
        body, headers = stripe.signed(event)
        receive_event(gateway_name="stripe", body=body, headers=headers, now=now)
        if dice.random() < 0.2:
            run_ready(now=now)
    run_ready(now=now)
    reconcile(since=now, now=now)
    for order in Order.objects.all():
        charge = charges.get(order.pk)
        kept = charge["amount"] - charge["amount_refunded"] if charge else 0
        assert queries.money_of(order).paid == Money(kept, "USD")
        assert order.state == (Order.State.PAID if charge else Order.State.PLACED)
    receipts = Document.objects.filter(kind=Document.Kind.RECEIPT)
    assert Entitlement.objects.count() == receipts.count() == len(charges)
