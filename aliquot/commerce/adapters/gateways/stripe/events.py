"""Reading Stripe's events: whether they are Stripe's, and where they say to look."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from aliquot.commerce.adapters.gateways import LARGEST_EVENT
from aliquot.commerce.adapters.gateways.stripe.settings import TOLERANCE_SECONDS
from aliquot.commerce.errors import ForgedEventError
from aliquot.commerce.facts import Happened

# What may change a payment: the endpoint at Stripe is told to send these, and no others.
KINDS = (
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
    "checkout.session.expired",
    "payment_intent.succeeded",
    "payment_intent.payment_failed",
    "payment_intent.canceled",
    "charge.refunded",
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.closed",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.funds_reinstated",
    "refund.created",
    "refund.updated",
    "refund.failed",
)


def read(
    body: bytes, headers: Mapping[str, str], *, secret: str, is_live: bool, now: datetime
) -> Happened:
    """An event whose signature holds, that is fresh, of our own account and of our mode.

    Raises ForgedEventError. The signature is checked over the raw body before a byte is parsed.
    """
    if len(body) > LARGEST_EVENT:
        raise ForgedEventError(f"The body is larger than {LARGEST_EVENT} bytes.")
    _check_signature(body, headers.get("Stripe-Signature", ""), secret=secret, now=now)
    event = _parsed(body)
    _check_account(event)
    _check_mode(event, is_live=is_live)
    return Happened(
        event_id=event["id"],
        kind=event["type"],
        object_id=object_id(event["type"], event["data"].get("object") or {}),
        is_live=is_live,
        created_at=datetime.fromtimestamp(event["created"], UTC),
    )


def object_id(kind: str, about: Any) -> str:
    """Where an event says to look: a session, a charge or an intent; empty: of no concern."""
    if kind not in KINDS:
        return ""
    name = "charge" if kind.startswith(("refund.", "charge.dispute.")) else "id"
    return str(about[name] or "") if name in about else ""


def _check_signature(body: bytes, header: str, *, secret: str, now: datetime) -> None:
    """The library checks the signature; we check its age, by our clock and in both directions."""
    from stripe import SignatureVerificationError, WebhookSignature

    if not secret:
        raise ForgedEventError("There is no secret to check a signature with.")
    try:
        WebhookSignature.verify_header(body, header, secret)
    except (SignatureVerificationError, UnicodeDecodeError) as error:
        raise ForgedEventError("The signature does not hold.") from error
    _check_age(header, now=now)


def _check_age(header: str, *, now: datetime) -> None:
    stamps = [part.partition("=")[2] for part in header.split(",") if part.startswith("t=")]
    if len(stamps) != 1 or not stamps[0].isdecimal():
        raise ForgedEventError("The signature names no single moment.")
    if abs(now.timestamp() - int(stamps[0])) > TOLERANCE_SECONDS:
        raise ForgedEventError("The signature is too old.")


def _check_account(event: Mapping[str, Any]) -> None:
    if event.get("account"):
        raise ForgedEventError("The event is of another account.")


def _check_mode(event: Mapping[str, Any], *, is_live: bool) -> None:
    if event["livemode"] is not is_live:
        raise ForgedEventError("The event is of the other mode: test and live do not mix.")


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        event = json.loads(body)
    except ValueError as error:
        raise ForgedEventError("The body is not JSON.") from error
    if not (isinstance(event, dict) and _shape(event) == _FIELDS and event["object"] == "event"):
        raise ForgedEventError("The body is not an event of Stripe.")
    return event


_FIELDS = {"id": str, "object": str, "type": str, "created": int, "livemode": bool, "data": dict}


def _shape(event: dict[str, Any]) -> dict[str, type]:
    return {name: type(event.get(name)) for name in _FIELDS}
