"""Ending an order that nobody has paid: its payments are closed first, so that none comes later."""

from datetime import datetime

from aliquot.commerce import queries, services
from aliquot.commerce.adapters.gateways import gateway
from aliquot.commerce.errors import OrderEndedError
from aliquot.commerce.models import Order, Payment
from aliquot.flows.pay_order import settle_payment


def give_up_order(order: Order, *, state: str, actor_id: int | None, now: datetime) -> Order:
    """Cancel an order or let it lapse; one that turns out to be paid is settled instead.

    A payment that is on its way already (a bank debit, a saved card that was asked) leaves the
    order as it is: look at the state of what is given. Safe to repeat. Raises GatewayDownError and
    PaymentMismatchError.
    """
    for payment in order.payments.filter(state__in=queries.UNSETTLED):
        if payment.state == Payment.State.OPEN:
            gateway(payment.gateway).close(payment.provider_id)
        settle_payment(payment, now=now)
    order.refresh_from_db()
    is_on_its_way = order.payments.filter(state__in=queries.UNSETTLED).exists()
    if order.state != Order.State.PLACED or is_on_its_way:
        return order
    try:
        return services.end_order(order=order, state=state, actor_id=actor_id, now=now)
    except OrderEndedError:  # paid in this very moment
        order.refresh_from_db()
        return order
