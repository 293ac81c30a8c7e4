"""Acting on a stored event: it says where to look, and the payment is fetched and folded."""

from datetime import datetime

from aliquot.commerce import queries, services
from aliquot.commerce.errors import GatewayDownError, PaymentMismatchError
from aliquot.commerce.models import GatewayEvent, Payment
from aliquot.flows.pay_order import settle_payment

State = GatewayEvent.State


def process_event(event: GatewayEvent, *, now: datetime) -> GatewayEvent:
    """Settle the payment that an event is about, and write down what became of it.

    Safe to repeat: a crash in between leaves the event waiting, and settling again enters nothing
    twice. Raises GatewayDownError: the job comes back.
    """
    event.refresh_from_db()
    if event.state not in {State.RECEIVED, State.FAILED}:
        return event
    payment = queries.payment_called(event.gateway, event.object_id)
    if payment is None:
        outcome = "It is about nothing that was ordered here."
        services.note_event(event=event, state=State.IGNORED, outcome=outcome, now=now)
    else:
        _settle(event, payment, now)
    event.refresh_from_db()
    return event


def _settle(event: GatewayEvent, payment: Payment, now: datetime) -> None:
    try:
        settle_payment(payment, now=now)
    except PaymentMismatchError as refused:
        services.note_mismatch(payment=payment, sentence=refused.message)
        services.note_event(event=event, state=State.REFUSED, outcome=refused.message, now=now)
    except GatewayDownError as down:
        services.note_event(event=event, state=State.FAILED, outcome=down.message, now=now)
        raise
    else:
        services.note_event(event=event, state=State.APPLIED, now=now)
