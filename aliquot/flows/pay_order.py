"""Paying an order: opening a payment at its gateway, and settling what the gateway says of it.

A gateway is asked outside of our transactions, with keys that make asking twice one deed; what it
answers is folded in one transaction. A crash between the two leaves nothing wrong: asked again,
the gateway gives the same answer, and what is entered already is not entered twice.
"""

from datetime import datetime, timedelta

from aliquot.commerce import queries, services
from aliquot.commerce.adapters.gateways import gateway
from aliquot.commerce.errors import OrderEndedError, PaymentMismatchError
from aliquot.commerce.facts import Charged, CheckoutItem, Owed, Wanted
from aliquot.commerce.models import Document, MoneyEntry, Order, Payment, Renewal
from aliquot.commerce.rules.folding import fold
from aliquot.commerce.services.carts import take_ordered_out
from aliquot.commerce.services.orders import lock_order, mark_paid
from aliquot.commerce.services.payments import lock_payment
from aliquot.flows.enter_movements import enter_movements
from aliquot.flows.grant_order import grant_order
from aliquot.flows.order_papers import paper_of
from aliquot.infra import audit, outbox
from aliquot.lib.dates import day_in_zone, long_date
from aliquot.lib.money import Money

ANSWER_MAY_TAKE = timedelta(hours=1)  # so long a charge may still be on its way to the gateway


def begin_payment(
    order: Order, *, return_address: str, cancel_address: str, now: datetime
) -> Payment:
    """The open payment of a placed order, asked for at its gateway when there is none yet.

    One that is open is asked for first: paid in another window meanwhile it is settled, and one
    whose page has ended makes room for a new one. Raises OrderEndedError for an order that is
    paid, canceled or lapsed, PaymentMismatchError and GatewayDownError.
    """
    _refuse_ended(order)
    # Read once: the key counts what had ended when we looked, so that whoever looked at the same
    # moment asks with the same key, and the gateway gives both the same page.
    payments = list(order.payments.order_by("pk"))
    existing = next((each for each in payments if each.state in queries.UNSETTLED), None)
    if existing is not None:
        order = settle_payment(existing, now=now)
        existing.refresh_from_db()
        if existing.state == Payment.State.ASKED:
            raise OrderEndedError("The saved card is being asked for this order already.")
        if existing.state == Payment.State.OPEN:
            return existing
        _refuse_ended(order)
    way = gateway(order.gateway)
    total = Money(order.total, order.currency)
    checkout = way.open(
        Wanted(
            order_number=order.number,
            buyer_email=order.buyer["email"],
            items=tuple(
                CheckoutItem(line.title, Money(line.net + line.tax, order.currency))
                for line in order.lines.all()
            ),
            total=total,
            return_address=return_address,
            cancel_address=cancel_address,
            key=f"{order.number}-{len(payments)}",
            saves_method=order.keeps_card,
            expires_at=order.lapses_at,
        )
    )
    return services.open_payment(
        order=order,
        gateway=order.gateway,
        checkout=checkout,
        amount=total,
        is_live=way.is_live,
        now=now,
    )


def _refuse_ended(order: Order) -> None:
    if order.state != Order.State.PLACED:
        raise OrderEndedError(f"This order is {order.get_state_display()}.")


def settle_payment(payment: Payment, *, now: datetime) -> Order:
    """Ask the gateway how a payment stands and enter all that is not in our books yet.

    Safe to repeat, in any order, at any time. Raises PaymentMismatchError when what the gateway
    holds is not what we sold: then nothing is granted; and GatewayDownError.
    """
    if payment.state == Payment.State.ASKED:
        return _settle_asked(payment, now=now)
    charged = gateway(payment.gateway).fetch(payment.provider_id)
    return enter_charged(payment, charged, now=now)


def enter_answer(payment: Payment, charged: Charged, *, now: datetime) -> Order:
    """What a gateway answered to a charge that it was asked for without the buyer."""
    payment = services.name_payment(payment=payment, provider_id=charged.provider_id)
    return enter_charged(payment, charged, now=now)


def _settle_asked(payment: Payment, *, now: datetime) -> Order:
    """A charge of a saved card whose answer was lost: the gateway knows it by our key, or it never
    was. One that never was is given up once nobody asks for it any more, and its order with it.

    Raises PaymentMismatchError where the card was forgotten with its owner's account.
    """
    order = payment.order
    renewal = queries.renewal_of_order(order)
    if renewal is None or not renewal.method_reference:
        raise PaymentMismatchError(
            "The saved card is not known any more, so its charge cannot be looked for here."
        )
    method = renewal.method_reference
    charged = gateway(payment.gateway).charged_before(method, payment.asked_as)
    if charged is not None:
        return enter_answer(payment, charged, now=now)
    goes_on = renewal.switched_off_at is None
    is_placed = order.state == Order.State.PLACED
    if (is_placed and goes_on) or now < payment.opened_at + ANSWER_MAY_TAKE:
        return order
    with audit.story(action="payment.settled", actor_id=None, subject=order):
        if not services.abandon_asked(payment=payment, now=now):
            return order  # answered in this very moment
        if is_placed:
            return services.end_order(order=order, state=Order.State.LAPSED, actor_id=None, now=now)
        _tell_not_charged(order, renewal)
    return order


def _tell_not_charged(order: Order, renewal: Renewal) -> None:
    """Its holder read that nobody knew; now we do."""
    outbox.send_template(
        to=order.buyer["email"],
        template="commerce/mail/renewal_not_charged",
        context={
            "name": order.buyer["name"],
            "title": renewal.product.title,
            "total": Money(order.total, order.currency),
        },
    )


def enter_charged(payment: Payment, charged: Charged, *, now: datetime) -> Order:
    """Fold a payment's fetched state into the order, in one transaction and one audit row."""
    with audit.story(action="payment.settled", actor_id=None, subject=payment.order):
        order = lock_order(payment.order)
        payment = lock_payment(payment)
        entered = MoneyEntry.objects.filter(payment=payment).values_list("kind", "object_id")
        folded = fold(
            Owed(
                number=order.number,
                total=Money(order.total, order.currency),
                is_live=order.is_live,
                is_paid=queries.has_captured(order),
            ),
            charged,
            state=payment.state,
            entered=set(entered),
        )
        if folded.mismatch:
            raise PaymentMismatchError(folded.mismatch)
        services.set_payment_state(payment=payment, state=folded.state, charged=charged, now=now)
        enter_movements(order, payment, folded, charged, now=now)
        if folded.is_new_capture:
            _honor(order, paid_on=charged.occurred_at or now, reference=charged.charge_id, now=now)
        if folded.is_double:
            _send_back(order, payment, charged)
    return order


def settle_without_payment(order: Order, *, now: datetime) -> Order:
    """An order of which nothing is left to pay is paid as it is placed. Safe to repeat.

    Raises OrderEndedError for an order that costs something.
    """
    if order.total:
        raise OrderEndedError("There is something to pay for this order.")
    with audit.story(action="order.free", actor_id=order.person_id, subject=order):
        order = lock_order(order)
        if order.state == Order.State.PLACED:
            _honor(order, paid_on=now, reference="", now=now)
    return order


def _honor(order: Order, *, paid_on: datetime, reference: str, now: datetime) -> None:
    """The order is paid: it is granted, has its receipt, and leaves the cart."""
    mark_paid(order=order, now=now)
    grant_order(order, now=now)
    _give_receipt(order, paid_on=paid_on, reference=reference, now=now)
    take_ordered_out(order=order, now=now)
    if order.tax_calculation:
        from aliquot.flows import tasks  # they lead back to this story

        tasks.file_sale.enqueue(order.pk)


def _send_back(order: Order, payment: Payment, charged: Charged) -> None:
    """The order was paid before: a job returns this money, and its buyer is told."""
    from aliquot.flows import tasks  # they lead back to this story

    tasks.return_double_payment.enqueue(payment.pk)
    outbox.send_template(
        to=order.buyer["email"],
        template="commerce/mail/double_payment",
        context={"name": order.buyer["name"], "order": order, "amount": charged.captured},
    )


def _give_receipt(order: Order, *, paid_on: datetime, reference: str, now: datetime) -> Document:
    receipt = services.issue_document(
        kind=Document.Kind.RECEIPT,
        order=order,
        total=Money(order.total, order.currency),
        content=paper_of(order, paid_on=paid_on, reference=reference),
        actor_id=None,
        now=now,
    )
    mail_receipt(order, receipt, paid_on=paid_on)
    return receipt


def mail_receipt(order: Order, receipt: Document, *, paid_on: datetime) -> None:
    """The mail that names the receipt, to the buyer."""
    outbox.send_template(
        to=order.buyer["email"],
        template="commerce/mail/receipt",
        context={
            "name": order.buyer["name"],
            "order": order,
            "receipt": receipt,
            "total": Money(order.total, order.currency),
            "lines": list(order.lines.all()),
            "has_access": order.lines.filter(gift_to="").exclude(kind="seats").exists(),
            "paid_on": long_date(day_in_zone(paid_on, order.time_zone)),
        },
    )
