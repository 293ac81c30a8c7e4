"""Sending an approved refund to its gateway, and entering what came of it.

The gateway is asked outside of our transactions, with the refund as the key: asked again after a
crash it gives back nothing more. What was given back is entered by the fold that enters all money.
"""

from datetime import datetime

from aliquot.commerce import queries, services
from aliquot.commerce.adapters.gateways import gateway
from aliquot.commerce.errors import GatewayDownError, RefundRefusedError
from aliquot.commerce.models import Refund
from aliquot.commerce.services.orders import lock_order
from aliquot.commerce.services.payments import lock_payment
from aliquot.flows.enter_movements import tell_refund_failed
from aliquot.flows.pay_order import enter_charged, settle_payment
from aliquot.infra import audit
from aliquot.lib.money import Money


def send_refund(refund: Refund, *, now: datetime) -> Refund:
    """Have an approved refund paid back; safe to repeat. Raises GatewayDownError.

    The books are brought up to date first: what a run that was cut off has sent is found, and
    what is no longer there is not sent.
    """
    refund.refresh_from_db()
    if refund.state != Refund.State.APPROVED:
        return refund
    settle_payment(refund.payment, now=now)
    refund.refresh_from_db()
    refund = _still_owed(refund, now)
    if refund.state != Refund.State.APPROVED or refund.provider_id:
        return refund
    way = gateway(refund.payment.gateway)
    charged = way.fetch(refund.payment.provider_id)
    try:
        made = way.refund(charged, Money(refund.amount, refund.currency), key=f"refund-{refund.pk}")
    except RefundRefusedError as refused:
        return _failed(refund, refused.message, now)
    services.note_refund_sent(refund=refund, provider_id=made.provider_id)
    enter_charged(refund.payment, way.fetch(refund.payment.provider_id), now=now)
    refund.refresh_from_db()
    return refund


def send_refunds(*, now: datetime) -> int:
    """Send all that wait, one after the other; returns how many were paid back.

    Raises GatewayDownError at the end if a gateway was down.
    """
    sent, trouble = 0, None
    for refund in queries.refunds_to_send():
        try:
            sent += send_refund(refund, now=now).state == Refund.State.SUCCEEDED
        except GatewayDownError as down:
            trouble = down
    if trouble is not None:
        raise trouble
    return sent


def _still_owed(refund: Refund, now: datetime) -> Refund:
    """The refund, failed when the money has gone another way since it was approved."""
    if refund.state != Refund.State.APPROVED or refund.provider_id:
        return refund
    left = queries.left_of_payment(refund.payment, besides=refund)
    if refund.amount <= left.cents:
        return refund
    return _failed(refund, f"Only {left} of the payment is still there.", now)


def _failed(refund: Refund, problem: str, now: datetime) -> Refund:
    with audit.story(action="refund.ended", actor_id=None, subject=refund):
        lock_order(refund.order)
        lock_payment(refund.payment)
        refund = services.lock_refund(refund)
        if refund.state == Refund.State.APPROVED and not refund.provider_id:
            refund = services.fail_refund(refund=refund, problem=problem, now=now)
            tell_refund_failed(refund, problem)
    return refund
