"""Payments as gateways open and settle them, and the append-only entries of money."""

from datetime import datetime

from django.db import transaction

from aliquot.commerce.facts import Charged, Checkout, Movement
from aliquot.commerce.models import MoneyEntry, Order, Payment, Refund
from aliquot.infra import audit
from aliquot.lib.money import Money


@transaction.atomic
def open_payment(
    *, order: Order, gateway: str, checkout: Checkout, amount: Money, is_live: bool, now: datetime
) -> Payment:
    """Write down a payment that a gateway opened; the same one twice gives the same row."""
    payment, is_new = Payment.objects.get_or_create(
        gateway=gateway,
        provider_id=checkout.provider_id,
        defaults={
            "order": order,
            "state": Payment.State.OPEN,
            "amount": amount.cents,
            "currency": amount.currency,
            "is_live": is_live,
            "address": checkout.address,
            "opened_at": now,
        },
    )
    if is_new:
        audit.record(
            action="payment.opened",
            actor_id=order.person_id,
            subject=payment,
            details={"order": order.number, "amount": str(amount)},
        )
    return payment


@transaction.atomic
def ask_payment(*, order: Order, key: str, now: datetime) -> Payment:
    """Write down that a gateway is about to be asked for a charge; the same key gives the same row.

    Whatever becomes of the answer, the charge is seen: in the office, and by reconciliation.
    """
    payment, is_new = Payment.objects.get_or_create(
        asked_as=key,
        defaults={
            "order": order,
            "gateway": order.gateway,
            "provider_id": key,
            "state": Payment.State.ASKED,
            "amount": order.total,
            "currency": order.currency,
            "is_live": order.is_live,
            "opened_at": now,
        },
    )
    if is_new:
        audit.record(
            action="payment.asked",
            actor_id=None,
            subject=payment,
            details={"order": order.number, "amount": str(Money(order.total, order.currency))},
        )
    return payment


@transaction.atomic
def name_payment(*, payment: Payment, provider_id: str) -> Payment:
    """The gateway answered: from now on the payment has the gateway's name for it."""
    payment = lock_payment(payment)
    if payment.provider_id == payment.asked_as:
        payment.provider_id, payment.state = provider_id, Payment.State.OPEN
        payment.save(update_fields=["provider_id", "state"])
    return payment


@transaction.atomic
def abandon_asked(*, payment: Payment, now: datetime) -> bool:
    """The gateway knows nothing of a charge that it was asked for; False: it has answered since."""
    payment = lock_payment(payment)
    if payment.state != Payment.State.ASKED:
        return False
    payment.state = Payment.State.ABANDONED
    payment.settled_at = payment.checked_at = now
    payment.save(update_fields=["state", "settled_at", "checked_at"])
    audit.record(action="payment.abandoned", actor_id=None, subject=payment)
    return True


def lock_payment(payment: Payment) -> Payment:
    """The row as it is now, locked; its order is locked before it."""
    return Payment.objects.select_for_update().get(pk=payment.pk)


def set_payment_state(*, payment: Payment, state: str, charged: Charged, now: datetime) -> Payment:
    """What the gateway said last of a locked payment; an audit row only when it is news."""
    is_news = payment.state != state
    payment.checked_at = now
    payment.charge_id = charged.charge_id or payment.charge_id
    if is_news:
        payment.state, payment.settled_at = state, now
    payment.save(update_fields=["state", "charge_id", "settled_at", "checked_at"])
    if is_news:
        audit.record(action=f"payment.{state}", actor_id=None, subject=payment)
    return payment


def enter_movement(
    *, payment: Payment, movement: Movement, now: datetime, refund: Refund | None = None
) -> MoneyEntry:
    """Enter money that moved; a constraint keeps each of the gateway's objects at one entry."""
    entry = MoneyEntry.objects.create(
        order_id=payment.order_id,
        payment=payment,
        refund=refund,
        kind=movement.kind,
        amount=movement.amount.cents,
        currency=movement.amount.currency,
        object_id=movement.object_id,
        occurred_at=movement.occurred_at or now,
        recorded_at=now,
    )
    audit.record(
        action=f"money.{movement.kind}",
        actor_id=None,
        subject=entry,
        details={"amount": str(movement.amount)},
    )
    return entry
