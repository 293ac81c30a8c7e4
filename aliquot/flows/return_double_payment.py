"""An order was paid twice, in two windows or after it had lapsed: the second money goes back."""

from datetime import datetime

from aliquot.commerce.adapters.gateways import gateway
from aliquot.commerce.facts import Charged
from aliquot.commerce.models import Payment
from aliquot.flows.pay_order import enter_charged
from aliquot.lib.money import Money


def return_double_payment(payment: Payment, *, now: datetime) -> None:
    """Give back what is left of a second payment at its gateway, and enter it.

    One key per payment, so a job that runs again gives nothing back twice; what somebody gave back
    by hand, or a bank took, is not given again. Raises GatewayDownError.
    """
    payment.refresh_from_db()
    if payment.state != Payment.State.DOUBLE:
        return
    way = gateway(payment.gateway)
    charged = way.fetch(payment.provider_id)
    left = _left(charged)
    if left > Money(0, left.currency):
        way.refund(charged, left, key=f"double-{payment.provider_id}")
        charged = way.fetch(payment.provider_id)
    enter_charged(payment, charged, now=now)


def _left(charged: Charged) -> Money:
    gone = [each.amount.cents for each in charged.refunds if each.state != "failed"]
    taken = charged.disputed.cents if charged.disputed else 0
    return Money(charged.captured.cents - sum(gone) - taken, charged.captured.currency)
