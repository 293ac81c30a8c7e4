"""Refunds: asked for, decided, sent, and what came of it. The stories around are in flows."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from aliquot.commerce.errors import RefundRefusedError
from aliquot.commerce.models import Gift, Order, OrderLine, Payment, Refund, Renewal
from aliquot.infra import audit
from aliquot.lib.money import Money

State = Refund.State


def lock_refund(refund: Refund) -> Refund:
    """The row as it is now, locked; its order and payment are locked before it."""
    Refund.objects.select_for_update().get(pk=refund.pk)
    return Refund.objects.select_related("order__person", "payment").get(pk=refund.pk)


@transaction.atomic
def open_refund(
    *,
    order: Order,
    payment: Payment,
    parts: Mapping[int, Money],
    assessment: Mapping[str, Any],
    actor_id: int | None,
    now: datetime,
) -> Refund:
    """Write down that somebody wants money back: how much of which line, by its position.

    An order has one open refund at most (a constraint); its row is locked by the caller.
    """
    amount = Money.total(parts.values(), order.currency)
    refund = Refund.objects.create(
        order=order,
        payment=payment,
        state=State.REQUESTED,
        amount=amount.cents,
        currency=amount.currency,
        lines=_as_json(parts),
        assessment=dict(assessment),
        requested_at=now,
        requested_by_id=actor_id,
    )
    audit.record(
        action="refund.requested",
        actor_id=actor_id,
        subject=refund,
        details={"order": order.number, "amount": str(amount)},
    )
    return refund


@transaction.atomic
def approve_refund(
    *,
    refund: Refund,
    parts: Mapping[int, Money],
    revokes: Sequence[int],
    reason: str,
    actor_id: int | None,
    now: datetime,
) -> Refund:
    """A locked refund is to be sent. ``actor_id`` None: by the rule itself."""
    amount = Money.total(parts.values(), refund.currency)
    refund.state, refund.amount, refund.lines = State.APPROVED, amount.cents, _as_json(parts)
    refund.revokes, refund.reason = list(revokes), reason
    refund.decided_at, refund.decided_by_id = now, actor_id
    refund.save()
    audit.record(
        action="refund.approved",
        actor_id=actor_id,
        subject=refund,
        details={"amount": str(amount), "reason": reason, "revokes": list(revokes)},
    )
    return refund


@transaction.atomic
def decline_refund(*, refund: Refund, reason: str, actor_id: int | None, now: datetime) -> Refund:
    """A locked refund is not made, and why. Raises RefundRefusedError without a reason."""
    if not reason.strip():
        raise RefundRefusedError("Say why; the buyer reads the reason.")
    refund.state, refund.reason = State.DECLINED, reason.strip()
    refund.decided_at, refund.decided_by_id = now, actor_id
    refund.save(update_fields=["state", "reason", "decided_at", "decided_by_id"])
    audit.record(
        action="refund.declined",
        actor_id=actor_id,
        subject=refund,
        details={"reason": refund.reason},
    )
    return refund


@transaction.atomic
def note_refund_sent(*, refund: Refund, provider_id: str) -> Refund:
    """The gateway's name for a refund that it has taken; the same again changes nothing."""
    refund = lock_refund(refund)
    if refund.provider_id:
        return refund
    refund.provider_id = provider_id
    refund.save(update_fields=["provider_id"])
    audit.record(
        action="refund.sent",
        actor_id=None,
        subject=refund,
        details={"provider_id": provider_id},
    )
    return refund


@transaction.atomic
def settle_refund(*, refund: Refund, provider_id: str, now: datetime) -> Refund:
    """The money of a locked refund has gone back."""
    refund.state, refund.settled_at = State.SUCCEEDED, now
    refund.provider_id = provider_id
    refund.save(update_fields=["state", "settled_at", "provider_id"])
    audit.record(action="refund.succeeded", actor_id=None, subject=refund)
    return refund


@transaction.atomic
def fail_refund(*, refund: Refund, problem: str, now: datetime) -> Refund:
    """A locked refund could not be paid back; staff look at it."""
    refund.state, refund.settled_at = State.FAILED, now
    refund.save(update_fields=["state", "settled_at"])
    audit.record(
        action="refund.failed", actor_id=None, subject=refund, details={"problem": problem}
    )
    return refund


@transaction.atomic
def trace_refund(
    *,
    payment: Payment,
    provider_id: str,
    amount: Money,
    parts: Mapping[int, Money],
    now: datetime,
) -> Refund:
    """What was given back at the gateway without us, so that the books agree."""
    refund = Refund.objects.create(
        order_id=payment.order_id,
        payment=payment,
        state=State.SUCCEEDED,
        amount=amount.cents,
        currency=amount.currency,
        lines=_as_json(parts),
        provider_id=provider_id,
        assessment={},
        reason="Paid back at the payment provider, not from here.",
        requested_at=now,
        decided_at=now,
        settled_at=now,
    )
    audit.record(
        action="refund.found",
        actor_id=None,
        subject=refund,
        details={"amount": str(amount), "provider_id": provider_id},
    )
    return refund


@transaction.atomic
def cancel_gifts(*, lines: Sequence[OrderLine], actor_id: int | None, now: datetime) -> int:
    """Codes of gifts that nobody opened no longer open anything; returns how many."""
    count = 0
    for gift in Gift.objects.select_for_update().filter(
        line__in=lines, opened_at=None, canceled_at=None
    ):
        gift.canceled_at = now
        gift.save(update_fields=["canceled_at"])
        audit.record(action="gift.canceled", actor_id=actor_id, subject=gift)
        count += 1
    return count


@transaction.atomic
def stop_renewals(*, order: Order, actor_id: int | None, now: datetime) -> None:
    """A subscription that was paid back is not renewed."""
    for wish in Renewal.objects.select_for_update().filter(
        order=order, switched_off_at=None, renewed_by=None
    ):
        wish.switched_off_at = now
        wish.save(update_fields=["switched_off_at"])
        audit.record(action="renewal.switched_off", actor_id=actor_id, subject=wish)


def _as_json(parts: Mapping[int, Money]) -> list[dict[str, int]]:
    return [
        {"line": position, "amount": amount.cents}
        for position, amount in sorted(parts.items())
        if amount
    ]
