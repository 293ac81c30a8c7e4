"""Refunds: the meter before anything is asked, and the request."""

from contextlib import suppress
from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from aliquot.api.frame import ApiRequest, Area, Code, Price, Shape, Taken
from aliquot.api.frame.shapes import Line, Text
from aliquot.api.shop.orders import READ, WRITE
from aliquot.commerce import access, queries
from aliquot.commerce.errors import GatewayDownError, PaymentMismatchError
from aliquot.commerce.facts import Answer
from aliquot.commerce.models import Order, Refund
from aliquot.flows.refund_order import request_refund
from aliquot.flows.send_refund import send_refund
from aliquot.lib import codes
from aliquot.lib.errors import ConflictError
from aliquot.lib.money import Money

area = Area("Refunds")


class StakeLine(Shape):
    """A course whose credit would be taken back."""

    title: str
    completed_on: date
    certificate: str | None


class RefundShape(Shape):
    """A refund that was asked for, and what became of it."""

    reference: str
    state: str
    amount: Price
    asked_at: datetime
    reason: Annotated[str, Field(description="Of the decision.")]
    credit_note: Annotated[str | None, Field(description="The number of its paper.")]

    @classmethod
    def of(cls, found: Refund) -> "RefundShape":
        """As its buyer reads it."""
        note = getattr(found, "note", None)
        return cls(
            reference=f"{found.order.number}-{found.pk}",
            state=found.state,
            amount=Price.of(Money(found.amount, found.currency)),
            asked_at=found.requested_at,
            reason="" if found.state == Refund.State.REQUESTED else found.reason,
            credit_note=note.number if note else None,
        )


class RefundMeter(Shape):
    """What a refund asked for today would give back, and why."""

    answer: Answer
    amount: Annotated[Price, Field(description="Paid back at once, by the rule.")]
    most: Annotated[Price, Field(description="At most, if a person decides so.")]
    reasons: list[str]
    last_day: date
    at_stake: list[StakeLine]
    terms: Annotated[str, Field(description="Send it with the request, as you saw it.")]
    refunds: Annotated[list[RefundShape], Field(description="Asked for before, newest first.")]


class RefundIn(Taken):
    """A request to have money back, as the meter showed it."""

    terms: Annotated[Line, Field(min_length=1, description="Those of the meter.")]
    words: Annotated[
        Text, Field(max_length=1000, description="For the person who decides, if one does.")
    ] = ""


class NotPaidError(ConflictError):
    """Nothing was paid, so nothing can be paid back."""

    code = "not_paid"

    def __init__(self) -> None:
        super().__init__("This order is not paid, so nothing can be paid back.")


@area.read("/me/orders/{number}/refund", scope=READ, gives=RefundMeter)
def get_refund_meter(request: ApiRequest, number: Code) -> RefundMeter:
    """What you would get back today. 409 for an order that was never paid."""
    order = _paid(request, number)
    case = queries.refund_case(order, now=request.auth.now)
    found = case.assessment
    stakes = case.revoked_by_rule if found.amount else case.at_stake
    return RefundMeter(
        answer=found.answer,
        amount=Price.of(found.amount),
        most=Price.of(found.most),
        reasons=list(found.reasons),
        last_day=found.last_day,
        at_stake=[
            StakeLine(
                title=each.title,
                completed_on=each.completed_on,
                certificate=codes.grouped(each.code) if each.code else None,
            )
            for each in stakes
            if each.is_own
        ],
        terms=case.terms,
        refunds=[RefundShape.of(each) for each in case.refunds],
    )


@area.act("/me/orders/{number}/refund", scope=WRITE, gives=RefundShape)
def request_order_refund(request: ApiRequest, number: Code, body: RefundIn) -> RefundShape:
    """Ask for the money back that the meter showed.

    What the rule gives is paid back at once; a person decides about the rest. Asked twice, it is
    one refund. 409 `refund_changed`: the answer is another by now; 422 `refund_refused` says why.
    """
    key = request.auth
    made = request_refund(
        order=_paid(request, number),
        agreed=body.terms,
        words=body.words,
        actor_id=key.person.pk,
        now=key.now,
    )
    with suppress(GatewayDownError, PaymentMismatchError):  # then a job sends it later
        made = send_refund(made, now=key.now)
    return RefundShape.of(made)


def _paid(request: ApiRequest, number: str) -> Order:
    order = access.order_for(request.auth.person, number)
    if order.state != Order.State.PAID:
        raise NotPaidError
    return order
