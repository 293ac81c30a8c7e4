"""Webhooks: what is kept, what is refused at the door, and the twelve forgeries that grant nothing.

Every forgery is tried twice: as the site stands, and with the guard that stops it taken away, which
must be noticed.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django_tasks_db.models import DBTaskResult

from aliquot.accounts.models import User
from aliquot.commerce.models import Document, GatewayEvent, LineGrant, MoneyEntry, Order, Payment
from aliquot.flows.place_order import Wish
from aliquot.flows.receive_event import LARGEST_EVENT
from aliquot.infra.jobs.worker import run_ready
from aliquot.infra.models import AuditEntry, OutboxMail
from aliquot.learning.models import Entitlement
from tests.concurrency import at_once
from tests.factories.catalog import provider
from tests.factories.shop import open_shop, opened, ordered
from tests.fakes.stripe_books import Thing
from tests.fakes.stripe_checkout import SECRET, StripeFake

pytestmark = pytest.mark.django_db
YEAR = Wish("unlimited-year")
ADDRESS = "/webhooks/stripe/"
State = GatewayEvent.State


@pytest.fixture(autouse=True)
def at_this_moment(now: datetime) -> Iterator[None]:
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def payment(stripe: StripeFake, rosa: User, now: datetime) -> Payment:
    """Rosa's payment for a year, opened at Stripe and not paid."""
    provider()
    open_shop()
    return opened(ordered(rosa, YEAR, now=now, gateway="stripe"), now=now)


def effects() -> tuple[int, ...]:
    tables = (MoneyEntry, LineGrant, Entitlement, Document)
    return tuple(table.objects.count() for table in tables)


def post(body: bytes, headers: dict[str, str]) -> int:
    client = Client(enforce_csrf_checks=True)
    answer = client.post(ADDRESS, body, content_type="application/json", headers=headers)
    return answer.status_code


def deliver(stripe: StripeFake, kind: str = "checkout.session.completed") -> int:
    """Stripe posts its newest event of a kind."""
    event = next(each for each in reversed(stripe.events) if each["type"] == kind)
    return post(*stripe.signed(event))


def run_jobs(now: datetime) -> None:
    run_ready(now=now)


def test_a_paid_session_gives_access_once_the_job_has_run(
    stripe: StripeFake, payment: Payment, now: datetime
) -> None:
    stripe.pay(payment.provider_id)
    assert deliver(stripe) == 200
    assert effects() == (0, 0, 0, 0)
    event = GatewayEvent.objects.get()
    assert (event.state, event.object_id) == (State.RECEIVED, payment.provider_id)
    assert json.loads(bytes(event.raw))["type"] == "checkout.session.completed"
    run_jobs(now)
    event.refresh_from_db()
    assert (event.state, event.processed_at) == (State.APPLIED, now)
    assert effects() == (1, 1, 1, 1)
    assert Order.objects.get().state == Order.State.PAID


def test_an_event_about_nothing_of_ours_is_ignored(
    stripe: StripeFake, payment: Payment, now: datetime
) -> None:
    stripe.happened("customer.created", {"id": "cus_1", "object": "customer"})
    assert deliver(stripe, "customer.created") == 200
    stripe.happened("checkout.session.completed", {"id": "cs_foreign", "object": "x"})
    assert deliver(stripe) == 200
    run_jobs(now)
    assert set(GatewayEvent.objects.values_list("state", "outcome")) == {
        (State.IGNORED, "It is about nothing that was ordered here.")
    }
    assert effects() == (0, 0, 0, 0)


def test_only_a_post_is_taken_and_only_for_a_gateway_that_is_on(
    stripe: StripeFake, payment: Payment
) -> None:
    assert Client().get(ADDRESS).status_code == 405
    stripe.pay(payment.provider_id)
    body, headers = stripe.signed(stripe.events[-1])
    for gateway, status in (("paypal", 404), ("test", 400), ("offline", 400)):
        answer = Client().post(
            f"/webhooks/{gateway}/", body, content_type="application/json", headers=headers
        )
        assert (gateway, answer.status_code) == (gateway, status)
    assert not GatewayEvent.objects.exists()


def test_a_body_that_is_too_large_is_not_read(stripe: StripeFake, payment: Payment) -> None:
    event = {**stripe.happened("x", {}), "padding": "x" * LARGEST_EVENT}
    assert post(*stripe.signed(event)) == 413
    assert post(b"", {}) == 400
    assert not GatewayEvent.objects.exists()


# The twelve forgeries of security.md 7

Posting = tuple[bytes, dict[str, str]]


@dataclass(frozen=True)
class Forgery:
    """Something that somebody posts; ``guard`` is what stops it, by its dotted name.

    ``without`` is what stands there when the guard is taken away. One that is stopped at the door
    is not kept; one that is stopped at the fold is kept, refused and told to staff.
    """

    make: Callable[[StripeFake, Payment, Any], Posting]
    guard: str
    without: Any
    is_stopped_at_the_door: bool = True


def _paid_event(stripe: StripeFake, payment: Payment) -> Thing:
    stripe.pay(payment.provider_id)
    return stripe.events[-1]


def no_signature(stripe: StripeFake, payment: Payment, _: Any) -> Posting:
    return stripe.signed(_paid_event(stripe, payment))[0], {}


def empty_secret(stripe: StripeFake, payment: Payment, settings: Any) -> Posting:
    settings.STRIPE_WEBHOOK_SECRET = ""
    return stripe.signed(_paid_event(stripe, payment), secret="")


def wrong_secret(stripe: StripeFake, payment: Payment, _: Any) -> Posting:
    return stripe.signed(_paid_event(stripe, payment), secret="whsec_somebodyelsessecret")


def stale(stripe: StripeFake, payment: Payment, _: Any) -> Posting:
    event = _paid_event(stripe, payment)
    return stripe.signed(event, at=event["created"] - 301)


def from_the_future(stripe: StripeFake, payment: Payment, _: Any) -> Posting:
    event = _paid_event(stripe, payment)
    return stripe.signed(event, at=event["created"] + 301)


def other_account(stripe: StripeFake, payment: Payment, _: Any) -> Posting:
    return stripe.signed({**_paid_event(stripe, payment), "account": "acct_another"})


def livemode_flip(stripe: StripeFake, payment: Payment, _: Any) -> Posting:
    return stripe.signed({**_paid_event(stripe, payment), "livemode": True})


def mutated_body(stripe: StripeFake, payment: Payment, _: Any) -> Posting:
    body, headers = stripe.signed(_paid_event(stripe, payment))
    return body.replace(b"evt_", b"evil"), headers


def live_session(stripe: StripeFake, payment: Payment, _: Any) -> Posting:
    event = _paid_event(stripe, payment)
    stripe.things[payment.provider_id]["livemode"] = True
    return stripe.signed(event)


def other_users_session(stripe: StripeFake, payment: Payment, _: Any) -> Posting:
    session = stripe.things[payment.provider_id]
    session["client_reference_id"] = "OTHE-R000"
    session["metadata"] = session["intent_wanted"]["metadata"] = {"order": "OTHE-R000"}
    return stripe.signed(_paid_event(stripe, payment))


def price_swap(stripe: StripeFake, payment: Payment, _: Any) -> Posting:
    stripe.pay(payment.provider_id, amount=1_00)
    return stripe.signed(stripe.events[-1])


def currency_swap(stripe: StripeFake, payment: Payment, _: Any) -> Posting:
    stripe.things[payment.provider_id]["currency"] = "mxn"
    return stripe.signed(_paid_event(stripe, payment))


def nothing_to_pay(stripe: StripeFake, payment: Payment, _: Any) -> Posting:
    session = stripe.things[payment.provider_id]
    session.update(amount_total=0, payment_status="no_payment_required", status="complete")
    return stripe.signed(stripe.happened("checkout.session.completed", session))


EVENTS = "aliquot.commerce.adapters.gateways.stripe.events"
FOLD = "aliquot.commerce.rules.folding"


def _no_check(*_: Any, **__: Any) -> str:
    return ""


SIGNATURE = (f"{EVENTS}._check_signature", _no_check)
FORGERIES = {
    "no signature": Forgery(no_signature, *SIGNATURE),
    "an empty secret": Forgery(empty_secret, *SIGNATURE),
    "a wrong secret": Forgery(wrong_secret, *SIGNATURE),
    "stale": Forgery(stale, f"{EVENTS}._check_age", _no_check),
    "from the future": Forgery(from_the_future, f"{EVENTS}._check_age", _no_check),
    "another account": Forgery(other_account, f"{EVENTS}._check_account", _no_check),
    "livemode flipped in the event": Forgery(livemode_flip, f"{EVENTS}._check_mode", _no_check),
    "a mutated body": Forgery(mutated_body, *SIGNATURE),
    "livemode of the session": Forgery(live_session, f"{FOLD}._mismatch", _no_check, False),
    "another user's session": Forgery(other_users_session, f"{FOLD}._mismatch", _no_check, False),
    "a price swap": Forgery(price_swap, f"{FOLD}._wrong_money", _no_check, False),
    "a currency swap": Forgery(currency_swap, f"{FOLD}._wrong_money", _no_check, False),
    "an amount of 0": Forgery(nothing_to_pay, f"{FOLD}._wrong_money", _no_check, False),
}


@pytest.fixture(params=FORGERIES)
def forgery(request: pytest.FixtureRequest) -> Forgery:
    return FORGERIES[request.param]


def test_a_forgery_grants_nothing(
    stripe: StripeFake, payment: Payment, settings: Any, now: datetime, forgery: Forgery
) -> None:
    before = AuditEntry.objects.count()
    status = post(*forgery.make(stripe, payment, settings))
    run_jobs(now)
    assert effects() == (0, 0, 0, 0)
    assert Order.objects.get().state == Order.State.PLACED
    if forgery.is_stopped_at_the_door:
        assert (status, GatewayEvent.objects.count(), OutboxMail.objects.count()) == (400, 0, 0)
        assert AuditEntry.objects.count() == before
        return
    event = GatewayEvent.objects.get()
    assert (status, event.state) == (200, State.REFUSED)
    assert event.outcome.startswith("The payment ")
    mail = OutboxMail.objects.get()
    assert mail.subject == f"A payment does not fit order {payment.order.number}"
    assert event.outcome in mail.text
    assert AuditEntry.objects.filter(action="payment.refused").count() == 1


def test_without_its_guard_a_forgery_would_be_noticed(
    stripe: StripeFake,
    payment: Payment,
    settings: Any,
    now: datetime,
    forgery: Forgery,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(forgery.guard, forgery.without)
    status = post(*forgery.make(stripe, payment, settings))
    assert (status, GatewayEvent.objects.count()) == (200, 1)
    run_jobs(now)
    if not forgery.is_stopped_at_the_door:
        assert GatewayEvent.objects.get().state != State.REFUSED
        assert effects() != (0, 0, 0, 0) or forgery.make is nothing_to_pay


def test_a_replayed_event_grants_nothing_more(
    stripe: StripeFake, payment: Payment, now: datetime
) -> None:
    """The twelfth forgery: the very same posting again, also after the order was given back."""
    stripe.pay(payment.provider_id)
    for _ in range(3):
        assert deliver(stripe) == 200
        run_jobs(now)
    assert (GatewayEvent.objects.count(), effects()) == (1, (1, 1, 1, 1))
    assert DBTaskResult.objects.filter(task_path="aliquot.flows.tasks.process_event").count() == 1


def test_without_the_event_id_a_replay_would_be_kept_twice(
    stripe: StripeFake, payment: Payment, now: datetime
) -> None:
    event = _paid_event(stripe, payment)
    for number in range(2):
        assert post(*stripe.signed({**event, "id": f"evt_{number}"})) == 200
        run_jobs(now)
    assert (GatewayEvent.objects.count(), effects()) == (2, (1, 1, 1, 1))


# What goes wrong on the way


def test_while_stripe_is_down_the_event_waits_and_the_job_comes_back(
    stripe: StripeFake, payment: Payment, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stripe._http_client.time.sleep", lambda _: None)
    stripe.pay(payment.provider_id)
    stripe.is_down = True
    assert deliver(stripe) == 200
    run_jobs(now)
    assert GatewayEvent.objects.get().state == State.FAILED
    assert effects() == (0, 0, 0, 0)
    stripe.is_down = False
    run_jobs(now + timedelta(minutes=1))
    assert GatewayEvent.objects.get().state == State.APPLIED
    assert effects() == (1, 1, 1, 1)


@pytest.mark.parametrize(
    "place", ["outbox.send_template", "grant_order", "_give_receipt", "mark_paid"]
)
def test_a_kill_between_payment_and_receipt_heals_by_itself(
    stripe: StripeFake,
    payment: Payment,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
    place: str,
) -> None:
    stripe.pay(payment.provider_id)
    assert deliver(stripe) == 200
    with monkeypatch.context() as killed:
        killed.setattr(f"aliquot.flows.pay_order.{place}", lambda *_, **__: 1 / 0)
        run_jobs(now)
    assert (GatewayEvent.objects.get().state, effects()) == (State.RECEIVED, (0, 0, 0, 0))
    run_jobs(now + timedelta(minutes=1))
    assert (GatewayEvent.objects.get().state, effects()) == (State.APPLIED, (1, 1, 1, 1))


def test_a_kill_after_the_receipt_changes_nothing_more(
    stripe: StripeFake, payment: Payment, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    stripe.pay(payment.provider_id)
    assert deliver(stripe) == 200
    with monkeypatch.context() as killed:
        killed.setattr("aliquot.flows.process_event.services.note_event", lambda **_: 1 / 0)
        run_jobs(now)
    assert (GatewayEvent.objects.get().state, effects()) == (State.RECEIVED, (1, 1, 1, 1))
    run_jobs(now + timedelta(minutes=1))
    assert (GatewayEvent.objects.get().state, effects()) == (State.APPLIED, (1, 1, 1, 1))


@pytest.mark.django_db(transaction=True)
def test_fifty_parallel_postings_have_one_effect(
    stripe: StripeFake, payment: Payment, now: datetime
) -> None:
    stripe.pay(payment.provider_id)
    body, headers = stripe.signed(stripe.events[-1])
    assert at_once(50, lambda _: post(body, headers)) == [200] * 50
    assert GatewayEvent.objects.count() == 1
    at_once(4, lambda _: run_jobs(now))
    assert effects() == (1, 1, 1, 1)
    assert GatewayEvent.objects.get().state == State.APPLIED
    assert DBTaskResult.objects.filter(task_path="aliquot.flows.tasks.process_event").count() == 1


def test_a_refused_payment_is_told_to_staff_once(
    stripe: StripeFake, payment: Payment, now: datetime
) -> None:
    stripe.pay(payment.provider_id, amount=1_00)
    for _ in range(2):
        stripe.happened("checkout.session.completed", stripe.things[payment.provider_id])
        assert deliver(stripe) == 200
        run_jobs(now)
    assert list(GatewayEvent.objects.values_list("state", flat=True)) == [State.REFUSED] * 2
    assert OutboxMail.objects.get().recipients == [provider().contact_email]
    assert SECRET not in OutboxMail.objects.get().text
