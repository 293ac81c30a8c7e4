"""What Stripe's objects mean in our words. Amounts at Stripe are minor units, as ours are."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from aliquot.commerce.facts import Charged, PaidBack
from aliquot.lib.money import Money

_REFUND_STATES = {"succeeded": "succeeded", "failed": "failed", "canceled": "failed"}
# An inquiry (warning_…) takes no money; every other dispute has taken it until it is won.
_NOT_TAKEN = {"warning_needs_response", "warning_under_review", "warning_closed", "prevented"}


def moment(seconds: int) -> datetime:
    """Stripe counts seconds from 1970."""
    return datetime.fromtimestamp(seconds, UTC)


def money(cents: int, currency: str) -> Money:
    """Stripe writes currencies in small letters."""
    return Money(cents, currency.upper())


def charged(
    session: Any,
    intent: Any,
    refunds: Iterable[Any],
    disputes: Iterable[Any],
) -> Charged:
    """The state of a payment from its Checkout Session, its PaymentIntent, or both.

    Either may be None, not both. The order's number stands in the session, in its metadata and in
    those of the intent; where they do not agree, or test and live are mixed, it names no order.
    """
    whole: Any = session if session is not None else intent
    charge: Any = getattr(intent, "latest_charge", None)
    state = _state(session, intent)
    is_paid = state == "captured" and charge is not None
    is_one_mode = charge is None or charge.livemode == whole.livemode
    cents = session.amount_total if session is not None else whole.amount
    return Charged(
        provider_id=whole.id,
        charge_id=charge.id if is_paid else "",
        state=state,
        order_number=_order_number(session, intent) if is_one_mode else "",
        captured=money(charge.amount_captured, charge.currency)
        if is_paid
        else money(cents or 0, whole.currency),
        is_live=bool(whole.livemode),
        occurred_at=moment(charge.created) if is_paid else None,
        method_reference=_method(intent),
        refunds=tuple(paid_back(each) for each in refunds),
        **_disputed(list(disputes)),
    )


def paid_back(refund: Any) -> PaidBack:
    """One refund; what needs an action of somebody is pending."""
    return PaidBack(
        provider_id=refund.id,
        amount=money(refund.amount, refund.currency),
        state=_REFUND_STATES.get(refund.status, "pending"),
        occurred_at=moment(refund.created),
    )


def is_taken(dispute: Any) -> bool:
    """Whether a dispute has moved money: an inquiry has not."""
    return dispute.status not in _NOT_TAKEN


def _state(session: Any, intent: Any) -> str:
    if session is not None and session.status == "expired":
        return "abandoned"
    if session is not None and session.payment_status in {"paid", "no_payment_required"}:
        return "captured"
    status = "" if intent is None else intent.status
    if session is None and status == "succeeded":
        return "captured"
    if status == "canceled":
        return "abandoned"
    # A finished page whose bank debit failed later; on an open page the buyer may try again.
    is_finished = session is None or session.status == "complete"
    return "failed" if is_finished and status == "requires_payment_method" else "open"


def _order_number(session: Any, intent: Any) -> str:
    names = set()
    if session is not None:
        names |= {session.client_reference_id, _order_in(session)}
    if intent is not None:
        names.add(_order_in(intent))
    return str(names.pop() or "") if len(names) == 1 else ""


def _order_in(thing: Any) -> str | None:
    metadata = thing.metadata
    if metadata is None or "order" not in metadata:
        return None
    return str(metadata["order"])


def _method(intent: Any) -> str:
    """Customer and card, if the buyer agreed that the card is kept; else nothing."""
    if intent is None or getattr(intent, "setup_future_usage", None) != "off_session":
        return ""
    customer, method = intent.customer, intent.payment_method
    return f"{customer}:{method}" if customer and method else ""


def _disputed(disputes: list[Any]) -> dict[str, Any]:
    """What a bank has taken back and holds, when it took it, and what it gave back again."""
    moved = [each for each in disputes if is_taken(each)]
    if not moved:
        return {}
    sums = {True: 0, False: 0}
    for each in moved:
        sums[each.status == "won"] += each.amount
    return {
        "disputed": money(sums[False], moved[0].currency),
        "returned": money(sums[True], moved[0].currency),
        "disputed_at": moment(min(each.created for each in moved)),
    }
