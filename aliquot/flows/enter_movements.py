"""Money that moved at a gateway enters our books: whose refund it was, and what follows from it.

Called under the locks of the order and its payment, in the transaction of ``enter_charged``.
"""

from datetime import datetime

from aliquot.commerce import queries, services
from aliquot.commerce.facts import Charged, Folded, Movement
from aliquot.commerce.models import Document, MoneyEntry, Order, Payment, Refund
from aliquot.commerce.services.alerts import tell_staff
from aliquot.flows.order_papers import credit_note_of
from aliquot.infra import outbox
from aliquot.lib.money import Money


def enter_movements(
    order: Order, payment: Payment, folded: Folded, charged: Charged, *, now: datetime
) -> None:
    """Enter each movement once, settle the refunds behind them, and tell who must know."""
    for movement in folded.movements:
        if movement.kind == MoneyEntry.Kind.REFUND:
            _enter_refund(order, payment, movement, now)
            continue
        services.enter_movement(payment=payment, movement=movement, now=now)
        if movement.kind in {MoneyEntry.Kind.CHARGEBACK, MoneyEntry.Kind.CHARGEBACK_WON}:
            tell_staff(
                f"commerce/mail/{movement.kind}",
                {"order": order, "payment": payment, "amount": _size(movement.amount)},
            )
    _note_failures(payment, charged, now)


def _enter_refund(order: Order, payment: Payment, movement: Movement, now: datetime) -> None:
    ours = _refund_behind(payment, movement)
    refund = ours
    if refund is None and payment.state != Payment.State.DOUBLE:
        refund = services.trace_refund(
            payment=payment,
            provider_id=movement.object_id,
            amount=-movement.amount,
            parts=_parts_of(order, -movement.amount),
            now=now,
        )
    services.enter_movement(payment=payment, movement=movement, refund=refund, now=now)
    if refund is None:  # a second payment that went back: the order keeps its receipt
        return
    if ours is not None:
        refund = services.settle_refund(refund=ours, provider_id=movement.object_id, now=now)
    if order.tax_calculation:
        from aliquot.flows import tasks  # they lead back to this story

        tasks.file_refund.enqueue(refund.pk)
    note = _give_credit_note(refund, now)
    if ours is None:
        tell_staff(
            "commerce/mail/refund_found",
            {"order": order, "payment": payment, "amount": -movement.amount, "refund": refund},
        )
    outbox.send_template(
        to=order.buyer["email"],
        template="commerce/mail/refund_paid",
        context={
            "name": order.buyer["name"],
            "order": order,
            "amount": -movement.amount,
            "note": note,
        },
    )


def _refund_behind(payment: Payment, movement: Movement) -> Refund | None:
    """Our refund that a movement carries out.

    One whose sending was cut off before the gateway's name was kept is known by its amount.
    """
    rows = Refund.objects.filter(payment=payment, entry=None)
    named = rows.filter(provider_id=movement.object_id).first()
    cut_off = rows.filter(
        provider_id="", state=Refund.State.APPROVED, amount=-movement.amount.cents
    ).first()
    found = named or cut_off
    return None if found is None else services.lock_refund(found)


def _parts_of(order: Order, amount: Money) -> dict[int, Money]:
    """What was given back elsewhere names no lines: it is shared by what is left of each."""
    left = {position: part for position, part in queries.left_of_lines(order).items() if part}
    if not left:
        return {}
    most = min(amount, Money.total(left.values(), order.currency))
    shares = most.split([part.cents for part in left.values()])
    return dict(zip(left, shares, strict=True))


def _give_credit_note(refund: Refund, now: datetime) -> Document:
    order = refund.order
    receipt = Document.objects.filter(order=order, kind=Document.Kind.RECEIPT).first()
    return services.issue_document(
        kind=Document.Kind.CREDIT_NOTE,
        order=order,
        total=Money(-refund.amount, refund.currency),
        content=credit_note_of(refund, receipt=receipt, now=now),
        actor_id=None,
        now=now,
        refund=refund,
        corrects=receipt,
    )


def _note_failures(payment: Payment, charged: Charged, now: datetime) -> None:
    """Refunds that the gateway took and could not carry out: a person finds another way."""
    failed = [each.provider_id for each in charged.refunds if each.state == "failed"]
    if not failed:
        return
    rows = Refund.objects.filter(
        payment=payment, provider_id__in=failed, state=Refund.State.APPROVED
    )
    for row in rows.order_by("pk"):
        refund = services.lock_refund(row)
        services.fail_refund(
            refund=refund, problem="The payment provider could not pay it back.", now=now
        )
        tell_refund_failed(refund, "The payment provider could not pay it back.")


def tell_refund_failed(refund: Refund, problem: str) -> None:
    """A mail to staff about a refund that did not go through."""
    tell_staff(
        "commerce/mail/refund_failed",
        {
            "order": refund.order,
            "refund": refund,
            "amount": Money(refund.amount, refund.currency),
            "problem": problem,
        },
    )


def _size(amount: Money) -> Money:
    return amount if amount > Money.zero(amount.currency) else -amount
