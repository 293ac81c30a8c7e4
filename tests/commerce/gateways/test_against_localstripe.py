"""What of the Stripe gateway can be tried against localstripe, a stand-in that others wrote.

It has no Checkout Sessions, disputes or idempotency keys, accepts refunds beyond the charge, and
lists no payments by customer: for those there is our own fake. Here it shows that refunds, their
list, closing a payment, what is missing, and signed events are read as others believe them.
"""

import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from queue import Queue
from typing import Any

import pytest
import stripe as library

from aliquot.commerce.adapters.gateways import Gateway, gateway
from aliquot.commerce.errors import ForgedEventError, PaymentMismatchError
from aliquot.commerce.facts import Charged
from aliquot.lib.money import Money
from tests.fakes.stripe_checkout import KEY, SECRET
from tests.infra.own_site import SETTLE_SECONDS, wait_until
from tests.ports import free_port

SERVE = (
    "from aiohttp import web; from localstripe.server import app;"
    "web.run_app(app, host='127.0.0.1', port={port}, print=None)"
)
GOOD_CARD = "4242424242424242"
KIND = "payment_intent.succeeded"
type Posted = tuple[bytes, dict[str, str]]


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    """Localstripe, listening on this machine only."""
    port = free_port()
    process = subprocess.Popen([sys.executable, "-c", SERVE.format(port=port)])
    try:
        wait_until(lambda: process.poll() is not None or listens(port))
        assert process.poll() is None, "localstripe did not start"
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(SETTLE_SECONDS)


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def way(base: str, settings: Any) -> Iterator[Gateway]:
    settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRET = KEY, SECRET
    settings.STRIPE_API_BASE = base
    gateway.cache_clear()
    yield gateway("stripe")
    gateway.cache_clear()


@pytest.fixture
def intents(base: str) -> Any:
    """The library itself, to do what Stripe's pages would do."""
    return library.StripeClient(KEY, base_addresses={"api": base}).v1


def paid(intents: Any, cents: int) -> Any:
    card = {"number": GOOD_CARD, "exp_month": 12, "exp_year": 2030, "cvc": "123"}
    customer = intents.customers.create({})
    method = intents.payment_methods.create({"type": "card", "card": card})
    intents.payment_methods.attach(method.id, {"customer": customer.id})
    return intents.payment_intents.create(
        {
            "amount": cents,
            "currency": "usd",
            "customer": customer.id,
            "payment_method": method.id,
            "confirm": True,
            "off_session": True,
            "metadata": {"order": "7QK2-M9XD"},
            "expand": ["latest_charge"],
        }
    )


def charged(intent: Any) -> Charged:
    return Charged(
        intent.id,
        intent.latest_charge.id,
        "captured",
        "7QK2-M9XD",
        Money(intent.amount, "USD"),
        is_live=False,
    )


def test_a_refund_is_made_once_for_one_key_though_idempotency_keys_are_ignored(
    way: Gateway, intents: Any
) -> None:
    payment = charged(paid(intents, 95_00))
    first = way.refund(payment, Money(10_00, "USD"), key="a")
    assert (first.amount, first.state) == (Money(10_00, "USD"), "succeeded")
    assert way.refund(payment, Money(10_00, "USD"), key="a") == first
    way.refund(payment, Money(5_00, "USD"), key="b")
    listed = intents.refunds.list({"charge": payment.charge_id}).data
    assert sorted(each.amount for each in listed) == [5_00, 10_00]


def test_closing_ends_an_unpaid_payment_and_leaves_a_paid_one(way: Gateway, intents: Any) -> None:
    unpaid = intents.payment_intents.create({"amount": 95_00, "currency": "usd"})
    done = paid(intents, 95_00)
    for each in (unpaid, done):
        way.close(each.id)
    assert intents.payment_intents.retrieve(unpaid.id).status == "canceled"
    assert intents.payment_intents.retrieve(done.id).status == "succeeded"
    assert way.fetch(unpaid.id).state == "abandoned"


def test_a_payment_that_is_not_there_fits_no_order(way: Gateway) -> None:
    with pytest.raises(PaymentMismatchError):
        way.fetch("pi_of_nobody")


def test_its_signed_events_are_read_and_altered_ones_refused(
    way: Gateway, intents: Any, base: str
) -> None:
    with listening() as (address, posted):
        import requests

        requests.post(
            f"{base}/_config/webhooks/ours",
            json={"url": address, "secret": SECRET, "events": [KIND]},
            timeout=SETTLE_SECONDS,
        ).raise_for_status()
        payment = paid(intents, 95_00)
        read = []
        while payment.id not in {found.object_id for found in read}:  # earlier tests paid as well
            body, headers = posted.get(timeout=SETTLE_SECONDS)
            read.append(way.read_event(body, headers, now=datetime.now(UTC)))
            with pytest.raises(ForgedEventError):
                way.read_event(body + b" ", headers, now=datetime.now(UTC))
    assert {(found.kind, found.event_id[:4], found.is_live) for found in read} == {
        (KIND, "evt_", False)
    }


class listening:  # noqa: N801 (read as a sentence)
    """A server of one page that keeps what is posted to it."""

    def __enter__(self) -> tuple[str, "Queue[Posted]"]:
        posted: Queue[Posted] = Queue()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                size = int(self.headers["Content-Length"])
                posted.put((self.rfile.read(size), dict(self.headers)))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Tests stay quiet."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self.server.server_port}/", posted

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()
