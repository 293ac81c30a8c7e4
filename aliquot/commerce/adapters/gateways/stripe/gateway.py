"""The Stripe gateway: Checkout Sessions, refunds and saved cards, and how Stripe's errors read."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from django.conf import settings as site

from aliquot.commerce.adapters.gateways.stripe import events, reading, settings
from aliquot.commerce.adapters.gateways.stripe.client import stripe_client
from aliquot.commerce.errors import GatewayDownError, PaymentMismatchError, RefundRefusedError
from aliquot.commerce.facts import Charged, Checkout, Happened, Movement, PaidBack, Wanted
from aliquot.infra import clock
from aliquot.lib.errors import AliquotError
from aliquot.lib.money import Money

# Stripe lets a page run for 30 minutes to 24 hours.
SHORTEST, LONGEST = timedelta(minutes=31), timedelta(hours=24)
EVENTS_KEPT = timedelta(days=30)


class StripeGateway:
    """Payments on a page of Stripe's."""

    name = "stripe"
    title = "Card or bank, paid at Stripe"
    is_online = True

    def __init__(self) -> None:
        self.is_live = "_live_" in site.STRIPE_SECRET_KEY
        self._client = stripe_client()
        self._api: Any = self._client.v1

    def open(self, wanted: Wanted) -> Checkout:
        """A hosted page with our amounts, tax inside; the same key gives the same page.

        The key also says whether the page ends with the order: a try much later, when so little
        time is left that Stripe's own limit holds, is another request.
        """
        now = clock.now()
        ends = wanted.expires_at
        is_timed = ends is not None and now + SHORTEST < ends <= now + LONGEST
        params: dict[str, Any] = {
            "mode": "payment",
            "client_reference_id": wanted.order_number,
            "customer_email": wanted.buyer_email,
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {
                        "currency": each.amount.currency.lower(),
                        "unit_amount": each.amount.cents,
                        "product_data": {"name": each.title},
                    },
                }
                for each in wanted.items
                if each.amount
            ],
            "metadata": {"order": wanted.order_number},
            "payment_intent_data": {"metadata": {"order": wanted.order_number}},
            "success_url": wanted.return_address,
            "cancel_url": wanted.cancel_address,
        }
        if is_timed and ends is not None:
            params["expires_at"] = int(ends.timestamp())
        if wanted.saves_method:
            params["payment_intent_data"]["setup_future_usage"] = "off_session"
            params["customer_creation"] = "always"
        key = f"{wanted.key}-{'timed' if is_timed else 'open'}"
        with _plainly():
            session = self._api.checkout.sessions.create(params, {"idempotency_key": key})
        return Checkout(session.id, session.url or "")

    def fetch(self, provider_id: str) -> Charged:
        """The payment with its charge, refunds and disputes as they are this moment."""
        with _plainly():
            if provider_id.startswith("pi_"):
                expand = {"expand": ["latest_charge"]}
                intent = self._api.payment_intents.retrieve(provider_id, expand)
                return self._charged(None, intent)
            expand = {"expand": ["payment_intent.latest_charge"]}
            session = self._api.checkout.sessions.retrieve(provider_id, expand)
            return self._charged(session, session.payment_intent)

    def close(self, provider_id: str) -> None:
        """Let the page expire, so that nobody can pay on it; one that has ended stays."""
        import stripe

        with _plainly():
            try:
                if provider_id.startswith("pi_"):
                    self._api.payment_intents.cancel(provider_id)
                else:
                    self._api.checkout.sessions.expire(provider_id)
            except stripe.InvalidRequestError:  # it is paid, expired or gone already
                return

    def refund(self, charged: Charged, amount: Money, *, key: str) -> PaidBack:
        """Give back at most what is left of a charge; the same key gives it back once.

        Stripe forgets idempotency keys after a day, so the key is also kept on the refund itself
        and looked for first.
        """
        with _plainly(refusal=RefundRefusedError):
            for known in self._refunds(charged.charge_id):
                if known.metadata and "key" in known.metadata and known.metadata["key"] == key:
                    return reading.paid_back(known)
            made = self._api.refunds.create(
                {
                    "charge": charged.charge_id,
                    "amount": amount.cents,
                    "metadata": {"order": charged.order_number, "key": key},
                },
                {"idempotency_key": f"refund-{key}"},
            )
        return reading.paid_back(made)

    def charge_again(self, method_reference: str, wanted: Wanted) -> Charged:
        """Charge a card that its owner let us keep; declined is an answer, not an error."""
        import stripe

        known = self.charged_before(method_reference, wanted.key)
        if known is not None:
            return known
        customer, _, method = method_reference.partition(":")
        with _plainly():
            try:
                intent = self._api.payment_intents.create(
                    {
                        "amount": wanted.total.cents,
                        "currency": wanted.total.currency.lower(),
                        "customer": customer,
                        "payment_method": method,
                        "off_session": True,
                        "confirm": True,
                        "metadata": {"order": wanted.order_number, "key": wanted.key},
                        "expand": ["latest_charge"],
                    },
                    {"idempotency_key": f"again-{wanted.key}"},
                )
            except stripe.CardError as error:
                refused = getattr(error.error, "payment_intent", None)
                if refused is None:
                    raise
                return self.fetch(refused.id)
            return self._charged(None, intent)

    def charged_before(self, method_reference: str, key: str) -> Charged | None:
        """The charge that carries our key: Stripe forgets keys of requests after a day."""
        customer, _, _ = method_reference.partition(":")
        with _plainly():
            found = self._api.payment_intents.list({"customer": customer, "limit": 100})
            for intent in found.auto_paging_iter():
                if intent.metadata and "key" in intent.metadata and intent.metadata["key"] == key:
                    return self.fetch(intent.id)
        return None

    def read_event(self, body: bytes, headers: Mapping[str, str], *, now: datetime) -> Happened:
        """Check signature, age, size, account and mode of an event."""
        secret = site.STRIPE_WEBHOOK_SECRET
        return events.read(body, headers, secret=secret, is_live=self.is_live, now=now)

    def changed_since(self, moment: datetime) -> Iterator[str]:
        """What the events of at most the last 30 days are about; Stripe keeps no others."""
        oldest = clock.now() - EVENTS_KEPT
        since = int(max(moment, oldest).timestamp())
        with _plainly():
            found = self._api.events.list(
                {"created": {"gte": since}, "types": list(events.KINDS), "limit": 100}
            )
            for event in found.auto_paging_iter():
                about = events.object_id(event.type, event.data.object)
                if about:
                    yield about

    def movements(self, start: datetime, end: datetime) -> Iterator[Movement]:
        """Money that moved at Stripe from ``start`` until before ``end``."""
        within = {"created": {"gte": int(start.timestamp()), "lt": int(end.timestamp())}}
        params = {**within, "limit": 100}
        with _plainly():
            for each in self._api.charges.list(params).auto_paging_iter():
                if each.paid and each.captured:
                    amount = reading.money(each.amount_captured, each.currency)
                    yield Movement("capture", amount, each.id, reading.moment(each.created))
            for each in self._api.refunds.list(params).auto_paging_iter():
                back = reading.paid_back(each)
                if back.state == "succeeded":
                    yield Movement("refund", -back.amount, each.id, back.occurred_at)
            for each in self._api.disputes.list(params).auto_paging_iter():
                if reading.is_taken(each) and each.status != "won":
                    amount = reading.money(each.amount, each.currency)
                    when = reading.moment(each.created)
                    yield Movement("chargeback", -amount, each.charge, when)

    def _charged(self, session: Any, intent: Any) -> Charged:
        charge = None if intent is None else intent.latest_charge
        if charge is None or not charge.paid:
            return reading.charged(session, intent, (), ())
        refunds = self._refunds(charge.id) if charge.amount_refunded else ()
        disputes: Any = ()
        if charge.disputed:
            found = self._api.disputes.list({"charge": charge.id, "limit": 100})
            disputes = found.auto_paging_iter()
        return reading.charged(session, intent, refunds, disputes)

    def _refunds(self, charge_id: str) -> Iterator[Any]:
        found = self._api.refunds.list({"charge": charge_id, "limit": 100})
        yield from found.auto_paging_iter()


def make() -> StripeGateway:
    """The gateway; ImproperlyConfigured without proper secrets."""
    settings.check()
    return StripeGateway()


@contextmanager
def _plainly(refusal: type[AliquotError] = GatewayDownError) -> Iterator[None]:
    """Stripe's errors in our words: it does not have it, it refuses it, or nothing is known."""
    import stripe

    try:
        yield
    except stripe.InvalidRequestError as error:
        if error.code == "resource_missing" or error.http_status == HTTPStatus.NOT_FOUND:
            raise PaymentMismatchError("Stripe has no such payment.") from error
        raise refusal(f"Stripe refuses: {error.user_message or error.code}") from error
    except stripe.StripeError as error:
        raise GatewayDownError("Stripe does not answer as it should; try again later.") from error
