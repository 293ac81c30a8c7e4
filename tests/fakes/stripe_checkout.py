"""A fake of Stripe on 127.0.0.1, for tests: a server that the official library talks to.

It is ours, so it proves only that our code does what we believe of Stripe. It has Checkout Sessions
in payment mode with a hosted page (``/pay/<id>``), PaymentIntents charged off session, charges,
refunds, disputes, events with real signatures, idempotency keys (the same key with other
parameters is refused), lists in pages, Stripe Tax (``stripe_tax``), and refusals in Stripe's form.
It refuses parameters that it does not know, and keys and API versions that are not the ones it was
made with.

It leaves out: prices and products kept at Stripe, subscriptions, coupons, 3-D Secure, other
payment methods than a card and a bank debit, balance transactions and fees, rate limits, and the
day after which Stripe forgets idempotency keys (``forget_keys()`` does that at once).
"""

import html
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.fakes.stripe_books import API_VERSION, Refusal, Thing
from tests.fakes.stripe_tax import TaxBooks

KEY = "sk_test_afakekeyfortests"
SECRET = "whsec_afakesecretfortests"
LISTS = {"refunds", "charges", "disputes", "events", "payment_intents"}
HALF_AN_HOUR, A_DAY = 30 * 60, 24 * 3600
SESSION_FIELDS = {
    "mode", "client_reference_id", "customer_email", "line_items", "metadata", "success_url",
    "payment_intent_data", "cancel_url", "expires_at", "customer_creation",
}  # fmt: skip
INTENT_FIELDS = {
    "amount", "currency", "customer", "payment_method", "off_session", "confirm", "metadata",
}  # fmt: skip


class StripeFake(TaxBooks):
    """The server and what it remembers. ``is_down`` and ``loses_answers`` make trouble."""

    def __init__(self, *, key: str = KEY, secret: str = SECRET) -> None:
        super().__init__(secret=secret, is_live="_live_" in key)
        self.key = key
        self.is_down = False
        self.loses_answers = 0  # do what is asked, then break the line: so many times
        self.asked: list[tuple[str, str]] = []
        self.rates = {}
        self._answers: dict[str, tuple[Any, int, Thing]] = {}
        fake = self

        class Handler(_Handler):
            books = fake

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.base = f"http://127.0.0.1:{self.server.server_port}"

    @contextmanager
    def running(self) -> Iterator["StripeFake"]:
        """Serve until the block ends."""
        thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self.server.shutdown()
            self.server.server_close()

    def forget_keys(self) -> None:
        """A day later: Stripe remembers no idempotency key any more."""
        self._answers.clear()

    def answer(self, method: str, path: str, data: Thing, key: str) -> tuple[int, Thing]:
        """Do what is asked; the same idempotency key gives the first answer again."""
        with self.lock:
            self.asked.append((method, path))
            if method == "POST" and key in self._answers:
                before, status, said = self._answers[key]
                if before != (path, data):
                    raise Refusal("Keys for idempotent requests can only be used with the same "
                                  "parameters.", type="idempotency_error")  # fmt: skip
                return status, said
            try:
                status, said = 200, self._do(method, path.removeprefix("/v1/").split("/"), data)
            except Refusal as refusal:
                if refusal.status != 402:
                    raise
                status, said = 402, {"error": refusal.error}
            if method == "POST" and key:
                self._answers[key] = ((path, data), status, said)
            return status, said

    def _do(self, method: str, path: list[str], data: Thing) -> Thing:
        data = dict(data)
        expand = data.pop("expand", [])
        match method, path:
            case "POST", ["checkout", "sessions"]:
                found = self._open(data)
            case "GET", ["checkout", "sessions", identity]:
                found = self.get(identity, "checkout.session")
            case "POST", ["checkout", "sessions", identity, "expire"]:
                found = self.expire(identity)
            case "POST", ["payment_intents"]:
                found = self._charge_again(data)
            case "GET", ["payment_intents", identity]:
                found = self.get(identity, "payment_intent")
            case "POST", ["payment_intents", identity, "cancel"]:
                found = self._cancel(identity)
            case "POST", ["refunds"]:
                metadata = data.get("metadata", {})
                amount = int(data["amount"])
                found = self.refund(data["charge"], amount, metadata, status="succeeded")
            case "GET", [kind] if kind in LISTS:
                return self._list(kind, data)
            case _, ["tax", *rest]:
                return self.tax(method, rest, data, expand)
            case _:
                raise Refusal(f"Unrecognized request URL ({method}: /v1/{'/'.join(path)}).")
        return self._expanded(found, expand)

    def _open(self, data: Thing) -> Thing:
        _only(data, SESSION_FIELDS)
        if data.get("mode") != "payment" or not data.get("success_url"):
            raise Refusal("This fake has only mode=payment with a success_url.")
        expires = int(data.get("expires_at", time.time() + A_DAY))
        if not HALF_AN_HOUR <= expires - int(time.time()) <= A_DAY:
            raise Refusal("expires_at must be between 30 minutes and 24 hours from now.")
        prices = [each["price_data"] for each in data["line_items"]]
        total = sum(
            int(price["unit_amount"]) * int(each["quantity"])
            for price, each in zip(prices, data["line_items"], strict=True)
        )
        session = self.make(
            "checkout.session",
            "cs",
            amount_total=total,
            cancel_url=data.get("cancel_url"),
            client_reference_id=data.get("client_reference_id"),
            currency=prices[0]["currency"],
            customer_creation=data.get("customer_creation"),
            customer_email=data.get("customer_email"),
            expires_at=expires,
            intent_wanted=data.get("payment_intent_data", {}),
            metadata=data.get("metadata", {}),
            mode="payment",
            payment_intent=None,
            payment_status="unpaid",
            status="open",
            success_url=data["success_url"],
            titles=[price["product_data"]["name"] for price in prices],
        )
        session["url"] = f"{self.base}/pay/{session['id']}"
        return session

    def _charge_again(self, data: Thing) -> Thing:
        _only(data, INTENT_FIELDS)
        self.get(data["customer"], "customer")
        self.get(data["payment_method"], "payment_method")
        intent = self.make(
            "payment_intent",
            "pi",
            amount=int(data["amount"]),
            currency=data["currency"],
            customer=data["customer"],
            latest_charge=None,
            metadata=data.get("metadata", {}),
            payment_method=data["payment_method"],
            setup_future_usage=None,
            status="requires_payment_method",
        )
        if self.things[data["payment_method"]].get("is_declined"):
            self.happened("payment_intent.payment_failed", intent)
            message = "Your card was declined."
            raise Refusal(message, code="card_declined", status=402, payment_intent=dict(intent))
        self.charge(intent)
        self.happened("payment_intent.succeeded", intent)
        return intent

    def _cancel(self, identity: str) -> Thing:
        intent = self.get(identity, "payment_intent")
        if intent["status"] in {"succeeded", "canceled"}:
            raise Refusal("You cannot cancel this PaymentIntent.")
        intent["status"] = "canceled"
        self.happened("payment_intent.canceled", intent)
        return intent

    def _list(self, kind: str, data: Thing) -> Thing:
        found = self.all(kind.removesuffix("s"))
        for name in ("charge", "customer"):
            if name in data:
                found = [each for each in found if each[name] == data[name]]
        if "types" in data:
            found = [each for each in found if each["type"] in data["types"]]
        created = data.get("created", {})
        found = [
            each
            for each in found
            if int(created.get("gte", 0)) <= each["created"] < int(created.get("lt", 1 << 40))
        ]
        if "starting_after" in data:
            ids = [each["id"] for each in found]
            found = found[ids.index(data["starting_after"]) + 1 :]
        limit = int(data.get("limit", 10))
        return {
            "object": "list",
            "url": f"/v1/{kind}",
            "data": found[:limit],
            "has_more": len(found) > limit,
        }

    def _expanded(self, found: Thing, paths: list[str]) -> Thing:
        """A copy in which ids are replaced by what they name, along dotted paths."""
        copy = deepcopy(found)
        for path in paths:
            name, _, rest = path.partition(".")
            if copy.get(name):
                inner = self.things[copy[name]] if isinstance(copy[name], str) else copy[name]
                copy[name] = self._expanded(inner, [rest] if rest else [])
        return copy


def _only(data: Thing, known: set[str]) -> None:
    unknown = sorted(set(data) - known)
    if unknown:
        raise Refusal(f"Received unknown parameter: {unknown[0]}", code="parameter_unknown")


def nested(pairs: list[tuple[str, str]]) -> Thing:
    """``a[0][b]=c`` as ``{"a": [{"b": "c"}]}``, as Stripe reads forms."""
    whole: Thing = {}
    for name, value in pairs:
        head, *inner = name.replace("]", "").split("[")
        at: Thing = whole
        for step, following in zip([head, *inner], [*inner, None], strict=True):
            if following is None:
                at[step] = value
            else:
                at = at.setdefault(step, {})
    return _lists(whole)


def _lists(thing: Any) -> Any:
    if not isinstance(thing, dict):
        return thing
    values = {name: _lists(value) for name, value in thing.items()}
    return list(values.values()) if values and all(n.isdigit() for n in values) else values


class _Handler(BaseHTTPRequestHandler):
    books: StripeFake
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        """Tests stay quiet."""

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if parts.path.startswith("/pay/"):
            return self._page(parts.path.rpartition("/")[2])
        return self._api("GET", parts.path, nested(parse_qsl(parts.query)))

    def do_POST(self) -> None:
        sent = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        pairs = parse_qsl(sent, keep_blank_values=True)
        parts = urlsplit(self.path)
        if parts.path.startswith("/pay/"):
            return self._paid(parts.path.rpartition("/")[2], dict(pairs))
        return self._api("POST", parts.path, nested(pairs))

    def _api(self, method: str, path: str, data: Thing) -> None:
        fake = self.books
        if fake.is_down:
            return self._say(503, {"error": {"type": "api_error", "message": "We are down."}})
        try:
            self._check_caller()
            key = self.headers.get("Idempotency-Key", "")
            status, said = fake.answer(method, path, data, key)
        except Refusal as refusal:
            return self._say(refusal.status, {"error": refusal.error})
        if method == "POST" and fake.loses_answers:
            fake.loses_answers -= 1
            self.close_connection = True
            return None
        return self._say(status, said)

    def _check_caller(self) -> None:
        if self.headers.get("Authorization") != f"Bearer {self.books.key}":
            raise Refusal("Invalid API Key provided.", status=401)
        if self.headers.get("Stripe-Version") != API_VERSION:
            raise Refusal(f"This fake speaks {API_VERSION} only.")

    def _page(self, identity: str) -> None:
        session = self.books.get(identity, "checkout.session")
        total = f"{session['amount_total'] / 100:,.2f} {session['currency'].upper()}"
        titles = "".join(f"<li>{html.escape(title)}</li>" for title in session["titles"])
        button = "<button name=do value={0}>{1}</button>".format
        text = (
            "<!doctype html><html lang=en><title>Pay (a fake of Stripe)</title>"
            f"<h1>Pay {total}</h1><p>A fake of Stripe: no money moves.</p><ul>{titles}</ul>"
            f"<form method=post>{button('pay', 'Pay')}{button('back', 'Go back')}</form></html>"
        )
        self._send(200, text.encode(), "text/html; charset=utf-8")

    def _paid(self, identity: str, form: dict[str, str]) -> None:
        session = self.books.get(identity, "checkout.session")
        if form.get("do") == "pay":
            self.books.pay(identity)
        self.send_response(303)
        target = "success_url" if form.get("do") == "pay" else "cancel_url"
        self.send_header("Location", session[target])
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _say(self, status: int, said: Thing) -> None:
        self._send(status, json.dumps(said).encode(), "application/json")

    def _send(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
