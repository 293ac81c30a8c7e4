"""Staff saw the money of an invoice arrive: it is written down, and the order becomes paid."""

from datetime import datetime

from aliquot.commerce.errors import OrderEndedError
from aliquot.commerce.models import Order, Payment
from aliquot.commerce.services.offline_gateway import record_offline_payment
from aliquot.flows.pay_order import settle_payment
from aliquot.lib.money import Money


def open_invoice_of(order: Order) -> Payment | None:
    """The payment by invoice that waits for its money; None: there is none."""
    rows = order.payments.filter(gateway="offline", state=Payment.State.OPEN)
    return rows.order_by("-pk").first()


def record_payment(
    order: Order, *, amount: Money, reference: str, actor_id: int, now: datetime
) -> Order:
    """Write down that the money arrived, and settle. Safe to repeat.

    Raises OrderEndedError when nothing waits for money, PaymentMismatchError for another amount.
    """
    payment = open_invoice_of(order)
    if payment is None:
        raise OrderEndedError("No invoice of this order waits for its money.")
    record_offline_payment(
        payment.provider_id, amount=amount, reference=reference, actor_id=actor_id, now=now
    )
    return settle_payment(payment, now=now)
