"""What no event told us: every open payment is asked for, and so is whatever changed at a gateway.

It also lets unpaid orders lapse, sends second payments back that are still here, and acts on
events whose jobs were given up.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime, timedelta

from aliquot.commerce import queries, services
from aliquot.commerce.adapters.gateways import gateway, names_on
from aliquot.commerce.errors import GatewayDownError, PaymentMismatchError
from aliquot.commerce.models import Order, Payment
from aliquot.flows.give_up_order import give_up_order
from aliquot.flows.pay_order import settle_payment
from aliquot.flows.process_event import process_event
from aliquot.flows.return_double_payment import return_double_payment

EVENTS_MAY_TAKE = timedelta(minutes=15)  # until then their own jobs are at work


def reconcile(*, since: datetime, now: datetime) -> dict[str, int]:
    """Bring our books in line with what gateways hold; returns how many of each were looked at.

    One that fails holds up nobody else. Raises GatewayDownError at the end if a gateway was down,
    so that the next run looks as far back again.
    """
    trouble: list[GatewayDownError] = []
    looked = {
        "payments": sum(
            _each(_to_look_at(name, since, trouble), _look(now), trouble)
            for name in sorted({*names_on(), *queries.gateways_of_open_payments()})
        ),
        "lapsed": _each(
            queries.orders_to_lapse(now), lambda order: lapse_order(order, now=now), trouble
        ),
        "doubles": _each(
            queries.double_payments_to_return(),
            lambda payment: return_double_payment(payment, now=now),
            trouble,
        ),
        "events": _each(
            queries.events_to_process(now - EVENTS_MAY_TAKE),
            lambda event: process_event(event, now=now),
            trouble,
        ),
    }
    if trouble:
        raise trouble[0]
    return looked


def lapse_order(order: Order, *, now: datetime) -> None:
    """End an order that was not paid in time. Raises GatewayDownError.

    A payment that does not fit was noted when the open ones were looked at; its order waits for
    the staff who were told.
    """
    with suppress(PaymentMismatchError):
        give_up_order(order, state=Order.State.LAPSED, actor_id=None, now=now)


def _to_look_at(name: str, since: datetime, trouble: list[GatewayDownError]) -> Iterable[Payment]:
    """Open payments, and those in which something changed; each once."""
    found = {payment.pk: payment for payment in queries.open_payments(name)}
    try:
        changed = set(gateway(name).changed_since(since))
    except GatewayDownError as down:
        trouble.append(down)
        changed = set()
    for payment in queries.payments_called(name, changed):
        found.setdefault(payment.pk, payment)
    return found.values()


def _look(now: datetime) -> Callable[[Payment], object]:
    """Settle a payment, or note that it does not fit.

    One still open although its order has ended is closed before.
    """

    def look(payment: Payment) -> None:
        if payment.state == Payment.State.OPEN and payment.order.state != Order.State.PLACED:
            gateway(payment.gateway).close(payment.provider_id)
        try:
            settle_payment(payment, now=now)
        except PaymentMismatchError as refused:
            services.note_mismatch(payment=payment, sentence=refused.message)

    return look


def _each[Thing](
    things: Iterable[Thing], do: Callable[[Thing], object], trouble: list[GatewayDownError]
) -> int:
    count = 0
    for thing in things:
        try:
            do(thing)
        except GatewayDownError as down:
            trouble.append(down)
        count += 1
    return count
