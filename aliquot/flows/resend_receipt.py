"""Sending a receipt again, as it was issued: the same number, the same words."""

from aliquot.commerce.errors import OrderNotFoundError
from aliquot.commerce.models import Document, Order
from aliquot.flows.pay_order import mail_receipt
from aliquot.infra import audit


def resend_receipt(order: Order, *, actor_id: int) -> Document:
    """Write the receipt's mail to the buyer once more. Raises OrderNotFoundError without one."""
    receipt = order.documents.filter(kind=Document.Kind.RECEIPT).first()
    if receipt is None or order.paid_at is None:
        raise OrderNotFoundError
    with audit.story(action="receipt.resent", actor_id=actor_id, subject=order) as story:
        story.details = {"number": receipt.number}
        mail_receipt(order, receipt, paid_on=order.paid_at)
    return receipt
