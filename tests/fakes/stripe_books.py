"""What the fake Stripe remembers, and what its card network, banks and dashboard do."""

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable
from copy import deepcopy
from typing import Any

API_VERSION = "2026-10-28.endive"
type Thing = dict[str, Any]


class Refusal(Exception):  # noqa: N818 (it is an answer)
    """A request that Stripe refuses: status, type, code, message."""

    def __init__(self, message: str, *, code: str = "", status: int = 400, **more: Any) -> None:
        super().__init__(message)
        kind = {402: "card_error", 401: "invalid_request_error"}.get(status)
        self.status = status
        self.error = {"type": kind or "invalid_request_error", "message": message, **more}
        if code:
            self.error["code"] = code


class Books:
    """Sessions, intents, charges, refunds, disputes and events, each by its id."""

    def __init__(self, *, secret: str, is_live: bool = False) -> None:
        self.secret, self.is_live = secret, is_live
        self.things: dict[str, Thing] = {}
        self.events: list[Thing] = []
        self.lock = threading.RLock()
        self.listener: Callable[[bytes, dict[str, str]], None] | None = None
        self._count = 0

    def make(self, kind: str, prefix: str, **values: Any) -> Thing:
        """A new object with an id, the present moment and the mode."""
        self._count += 1
        made = {
            "id": f"{prefix}_{'live' if self.is_live else 'test'}{self._count:06d}",
            "object": kind,
            "created": int(time.time()),
            "livemode": self.is_live,
            "number": self._count,
            **values,
        }
        self.things[made["id"]] = made
        return made

    def get(self, identity: str, kind: str) -> Thing:
        """An object by its id; refused as Stripe refuses what it does not have."""
        found = self.things.get(identity)
        if found is None or found["object"] != kind:
            raise Refusal(f"No such {kind}: {identity!r}", code="resource_missing", status=404)
        return found

    def all(self, kind: str) -> list[Thing]:
        """Objects of a kind, the newest first."""
        found = [each for each in self.things.values() if each["object"] == kind]
        return sorted(found, key=lambda each: -each["number"])

    # What buyers do on the hosted page

    def pay(self, session_id: str, *, amount: int | None = None) -> Thing:
        """The buyer pays; returns the charge. ``amount``: another one, as only a forger could."""
        with self.lock:
            session = self.get(session_id, "checkout.session")
            if session["status"] != "open":
                raise Refusal("This page has ended.")
            intent = self._intent_of(session, amount)
            charge = self.charge(intent)
            session.update(status="complete", payment_status="paid", payment_intent=intent["id"])
            self.happened("payment_intent.succeeded", intent)
            self.happened("checkout.session.completed", session)
            return charge

    def start_debit(self, session_id: str) -> Thing:
        """The buyer pays by a bank debit, which takes days to arrive or fail."""
        with self.lock:
            session = self.get(session_id, "checkout.session")
            intent = self._intent_of(session, None)
            intent["status"] = "processing"
            session.update(status="complete", payment_intent=intent["id"])
            self.happened("checkout.session.completed", session)
            return intent

    def end_debit(self, session_id: str, *, succeeds: bool) -> None:
        """The bank has decided."""
        with self.lock:
            session = self.get(session_id, "checkout.session")
            intent = self.get(session["payment_intent"], "payment_intent")
            if succeeds:
                self.charge(intent)
                session["payment_status"] = "paid"
            else:
                intent["status"] = "requires_payment_method"
            end = "succeeded" if succeeds else "failed"
            self.happened(f"checkout.session.async_payment_{end}", session)

    def expire(self, session_id: str) -> Thing:
        """The page ends unpaid."""
        with self.lock:
            session = self.get(session_id, "checkout.session")
            if session["status"] != "open":
                raise Refusal("Only Checkout Sessions with a status in [open] can be expired.")
            session.update(status="expired", url=None)
            self.happened("checkout.session.expired", session)
            return session

    # What Stripe, banks and the dashboard do

    def charge(self, intent: Thing) -> Thing:
        """Take the money of an intent."""
        made = self.make(
            "charge",
            "ch",
            amount=intent["amount"],
            amount_captured=intent["amount"],
            amount_refunded=0,
            currency=intent["currency"],
            customer=intent["customer"],
            captured=True,
            paid=True,
            disputed=False,
            metadata=dict(intent["metadata"]),
            payment_intent=intent["id"],
            status="succeeded",
        )
        intent.update(status="succeeded", latest_charge=made["id"])
        return made

    def refund(self, charge_id: str, amount: int, metadata: Thing, *, status: str) -> Thing:
        """Give back; never more than is left."""
        with self.lock:
            charge = self.get(charge_id, "charge")
            if amount <= 0 or amount > charge["amount_captured"] - charge["amount_refunded"]:
                raise Refusal("Refund amount is greater than unrefunded amount on charge.")
            charge["amount_refunded"] += amount
            made = self.make(
                "refund",
                "re",
                amount=amount,
                charge=charge_id,
                currency=charge["currency"],
                metadata=metadata,
                payment_intent=charge["payment_intent"],
                status=status,
            )
            self.happened("refund.created", made)
            self.happened("charge.refunded", charge)
            return made

    def dispute(
        self, charge_id: str, *, status: str = "needs_response", amount: int | None = None
    ) -> Thing:
        """The buyer's bank takes all or a part of the money back (or only asks: ``warning_…``)."""
        with self.lock:
            charge = self.get(charge_id, "charge")
            charge["disputed"] = True
            made = self.make(
                "dispute",
                "dp",
                amount=charge["amount"] if amount is None else amount,
                charge=charge_id,
                currency=charge["currency"],
                payment_intent=charge["payment_intent"],
                status=status,
            )
            self.happened("charge.dispute.created", made)
            return made

    def end_dispute(self, dispute_id: str, *, status: str) -> None:
        """The bank decides: won or lost."""
        with self.lock:
            dispute = self.get(dispute_id, "dispute")
            dispute["status"] = status
            self.happened("charge.dispute.closed", dispute)

    def happened(self, kind: str, about: Thing) -> Thing:
        """Write an event down, and post it if somebody listens."""
        event = {
            "api_version": API_VERSION,
            "data": {"object": deepcopy(about)},
            "pending_webhooks": 1,
            "request": None,
            "type": kind,
        }
        made = self.make("event", "evt", **event)
        self.events.append(made)
        if self.listener is not None:
            self.listener(*self.signed(made))
        return made

    def signed(
        self, event: Thing, *, secret: str | None = None, at: int | None = None
    ) -> tuple[bytes, dict[str, str]]:
        """The body and the header with which Stripe would post an event."""
        body = json.dumps(event).encode()
        moment = int(time.time()) if at is None else at
        key = (self.secret if secret is None else secret).encode()
        signature = hmac.new(key, f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
        return body, {"Stripe-Signature": f"t={moment},v1={signature}"}

    def _intent_of(self, session: Thing, amount: int | None) -> Thing:
        wanted = session["intent_wanted"]
        keeps = wanted.get("setup_future_usage")
        customer = self.make("customer", "cus")["id"] if session["customer_creation"] else None
        return self.make(
            "payment_intent",
            "pi",
            amount=session["amount_total"] if amount is None else amount,
            currency=session["currency"],
            customer=customer,
            latest_charge=None,
            metadata=dict(wanted.get("metadata", {})),
            payment_method=self.make("payment_method", "pm")["id"],
            setup_future_usage=keeps,
            status="requires_payment_method",
        )
