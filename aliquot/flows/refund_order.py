"""Giving money back: asked for by the buyer, decided by the rule or by a person, with all that
follows. docs/rules/refunds.md.

What is decided here is sent by ``flows.send_refund``, outside of our transactions.
"""

from collections.abc import Mapping
from datetime import datetime

from aliquot.commerce import queries, services
from aliquot.commerce.errors import OrderEndedError, RefundChangedError, RefundRefusedError
from aliquot.commerce.facts import Answer
from aliquot.commerce.models import Order, Refund
from aliquot.commerce.queries import RefundCase
from aliquot.commerce.services.alerts import tell_staff
from aliquot.commerce.services.orders import lock_order
from aliquot.commerce.services.payments import lock_payment
from aliquot.flows.take_back import end_access, give_pack_back, revoke_credit
from aliquot.infra import audit, outbox
from aliquot.lib.dates import long_date
from aliquot.lib.money import Money

BY_RULE = "Within the refund rule."


def request_refund(
    *, order: Order, agreed: str, words: str = "", actor_id: int, now: datetime
) -> Refund:
    """The buyer wants money back. What is clearly theirs is approved at once, the rest is asked.

    ``agreed``: the ``terms`` of the case that the page showed. Sent again, or from two windows, it
    is one refund. Raises RefundChangedError when the answer is another by now, RefundRefusedError
    when nothing can be given back.
    """
    with audit.story(action="refund.asked", actor_id=actor_id, subject=order):
        order = lock_order(order)
        case = queries.refund_case(order, now=now)
        if case.open_refund is not None:
            return case.open_refund
        if case.refunds and case.refunds[0].assessment.get("terms") == agreed:
            return case.refunds[0]
        parts = _askable(case)
        if case.terms != agreed:
            raise RefundChangedError(
                "The answer is another than the page showed. Look at it again."
            )
        refund = _open(case, parts, words=words, actor_id=actor_id, now=now)
        if case.assessment.amount:
            revokes = [each.completion_id for each in case.revoked_by_rule]
            return _approve(
                case, refund, parts, revokes=revokes, reason=BY_RULE, actor_id=None, now=now
            )
        _tell_waiting(refund)
    return refund


def open_refund_for_buyer(*, order: Order, actor_id: int, now: datetime) -> Refund:
    """Staff begin a refund, whatever the rule says; it is decided as any other.

    The open one is returned when there is one. Raises RefundRefusedError.
    """
    with audit.story(action="refund.begun", actor_id=actor_id, subject=order):
        order = lock_order(order)
        case = queries.refund_case(order, now=now)
        if case.open_refund is not None:
            return case.open_refund
        return _open(case, _givable(case), words="", actor_id=actor_id, now=now)


def approve_refund(
    *,
    refund: Refund,
    parts: Mapping[int, Money],
    reason: str,
    takes_credit_back: bool,
    actor_id: int,
    now: datetime,
) -> Refund:
    """Staff give back so much of each line (by position), with a reason that the buyer reads.

    The access of those lines ends at once. Raises RefundRefusedError: no reason, nothing to give,
    more than is left, or decided before.
    """
    wanted = {position: amount for position, amount in parts.items() if amount}
    with audit.story(action="refund.decided", actor_id=actor_id, subject=refund):
        order = lock_order(refund.order)
        refund = services.lock_refund(refund)
        if refund.state in {Refund.State.APPROVED, Refund.State.SUCCEEDED}:
            return refund
        _refuse_decided(refund)
        if not reason.strip():
            raise RefundRefusedError("Say why; the buyer reads the reason.")
        case = queries.refund_case(order, now=now)
        _check_parts(case, wanted)
        stake = [each for each in case.at_stake if each.line in wanted]
        return _approve(
            case,
            refund,
            wanted,
            revokes=[each.completion_id for each in stake] if takes_credit_back else [],
            reason=reason.strip(),
            actor_id=actor_id,
            now=now,
        )


def decline_refund(*, refund: Refund, reason: str, actor_id: int, now: datetime) -> Refund:
    """Staff give nothing back, with a reason that the buyer reads. Raises RefundRefusedError."""
    with audit.story(action="refund.decided", actor_id=actor_id, subject=refund):
        lock_order(refund.order)
        refund = services.lock_refund(refund)
        if refund.state == Refund.State.DECLINED:
            return refund
        _refuse_decided(refund)
        refund = services.decline_refund(refund=refund, reason=reason, actor_id=actor_id, now=now)
        _tell(refund, "refund_declined", reason=refund.reason)
    return refund


def send_failed_again(*, refund: Refund, actor_id: int, now: datetime) -> Refund:
    """A refund that failed at the gateway is approved anew, as a new one with its own key.

    What it took back stays taken back. Raises RefundRefusedError.
    """
    with audit.story(action="refund.renewed", actor_id=actor_id, subject=refund):
        order = lock_order(refund.order)
        refund = services.lock_refund(refund)
        case = queries.refund_case(order, now=now)
        if case.open_refund is not None:
            return case.open_refund
        if refund.state != Refund.State.FAILED:
            raise RefundRefusedError("Only a refund that failed is sent again.")
        parts = _parts_of(refund)
        _check_parts(case, parts)
        new = _open(case, parts, words="", actor_id=actor_id, now=now)
        return _approve(
            case,
            new,
            parts,
            revokes=[],
            reason=refund.reason,
            actor_id=actor_id,
            now=now,
        )


def _askable(case: RefundCase) -> dict[int, Money]:
    """How much of which line is asked for: what the rule gives, else all that it leaves open."""
    found = case.assessment
    if case.order.state != Order.State.PAID or case.payment is None:
        raise OrderEndedError("This order was not paid, so there is nothing to give back.")
    if found.answer is Answer.NOT_ELIGIBLE:
        raise RefundRefusedError(" ".join(found.reasons))
    if found.amount:
        return {each.line.position: each.amount for each in found.lines if each.amount}
    if any(each.state == Refund.State.DECLINED for each in case.refunds):
        raise RefundRefusedError(
            "This was asked for and declined before, with the reason. Write to us if something "
            "has changed."
        )
    return {
        each.line.position: each.line.paid
        for each in found.lines
        if each.answer is Answer.DISCRETION and each.line.paid
    }


def _givable(case: RefundCase) -> dict[int, Money]:
    """All that is left of each line, for staff who may give more than the rule."""
    parts = {line.position: line.paid for line in case.purchase.lines if line.paid}
    if case.payment is None or not parts or case.left.cents <= 0:
        raise RefundRefusedError("Nothing is left of this order to give back.")
    return parts


def _open(
    case: RefundCase, parts: Mapping[int, Money], *, words: str, actor_id: int, now: datetime
) -> Refund:
    if case.payment is None:
        raise RefundRefusedError("Nothing was paid for this order.")
    record = {**queries.assessment_record(case, words=words.strip()), "terms": case.terms}
    return services.open_refund(
        order=case.order,
        payment=case.payment,
        parts=parts,
        assessment=record,
        actor_id=actor_id,
        now=now,
    )


def _approve(
    case: RefundCase,
    refund: Refund,
    parts: Mapping[int, Money],
    *,
    revokes: list[int],
    reason: str,
    actor_id: int | None,
    now: datetime,
) -> Refund:
    order, amount = case.order, Money.total(parts.values(), case.order.currency)
    payment = lock_payment(refund.payment)
    left = queries.left_of_payment(payment, besides=refund)
    if amount > left:
        raise RefundRefusedError(
            f"{amount} is more than what is left of the payment: {left} can be given back."
        )
    refund = services.approve_refund(
        refund=refund, parts=parts, revokes=revokes, reason=reason, actor_id=actor_id, now=now
    )
    end_access(order, set(parts), actor_id=actor_id, now=now)
    if amount == Money.total((line.paid for line in case.purchase.lines), order.currency):
        give_pack_back(order, actor_id=actor_id, now=now)
    why = f"The course was refunded on {long_date(case.today)}."
    revoke_credit(revokes, reason=why, actor_id=actor_id, now=now)
    _tell(refund, "refund_approved", reason="" if actor_id is None else reason)
    _send_soon(refund)
    return refund


def _check_parts(case: RefundCase, parts: Mapping[int, Money]) -> None:
    if not parts:
        raise RefundRefusedError("Enter an amount above zero for at least one line.")
    paid = {line.position: line for line in case.purchase.lines}
    for position, amount in parts.items():
        line = paid.get(position)
        if line is None or amount.cents < 0 or amount > line.paid:
            most = "nothing" if line is None else line.paid
            title = "this line" if line is None else line.title
            raise RefundRefusedError(f"Of {title}, {most} can be given back at most.")


def _refuse_decided(refund: Refund) -> None:
    if refund.state != Refund.State.REQUESTED:
        raise RefundRefusedError(f"This refund was decided before: {refund.get_state_display()}.")


def _parts_of(refund: Refund) -> dict[int, Money]:
    return {int(part["line"]): Money(int(part["amount"]), refund.currency) for part in refund.lines}


def _send_soon(refund: Refund) -> None:
    from aliquot.flows import tasks  # they lead back to this story

    tasks.send_refund.enqueue(refund.pk)


def _tell_waiting(refund: Refund) -> None:
    _tell(refund, "refund_requested", reason="")
    tell_staff(
        "commerce/mail/refund_waiting",
        {
            "order": refund.order,
            "refund": refund,
            "amount": Money(refund.amount, refund.currency),
            "words": refund.assessment.get("words", ""),
        },
    )


def _tell(refund: Refund, template: str, *, reason: str) -> None:
    order = refund.order
    outbox.send_template(
        to=order.buyer["email"],
        template=f"commerce/mail/{template}",
        context={
            "name": order.buyer["name"],
            "order": order,
            "amount": Money(refund.amount, refund.currency),
            "reason": reason,
            "revoked": len(refund.revokes),
        },
    )
