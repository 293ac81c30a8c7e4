"""What the refund rule judges, from rows: what was paid of each line, and what was done with it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from aliquot.certificates.models import Certificate
from aliquot.commerce.facts import Assessment, AtStake, Limits, Purchase, SoldLine
from aliquot.commerce.models import (
    Gift,
    LineGrant,
    MoneyEntry,
    Order,
    OrderLine,
    Payment,
    Refund,
    ShopSettings,
)
from aliquot.commerce.queries.products import shop_settings
from aliquot.commerce.rules.refunds import assess
from aliquot.learning.models import Completion, Enrollment
from aliquot.ledger.models import Activity
from aliquot.lib.dates import day_in_zone
from aliquot.lib.money import Money

OPEN = (Refund.State.REQUESTED, Refund.State.APPROVED)
_GONE = {Refund.State.APPROVED, Refund.State.SUCCEEDED}  # no longer there to be given back


@dataclass(frozen=True, slots=True)
class RefundCase:
    """A paid order as the refund rule sees it today, and what a refund would take back.

    ``left``: what the seller still has of the payment, less what is on its way back. ``payment`` is
    None for an order that cost nothing. ``refunds``: the newest first.
    """

    order: Order
    purchase: Purchase
    limits: Limits
    today: date
    assessment: Assessment
    at_stake: tuple[AtStake, ...]
    payment: Payment | None
    left: Money
    refunds: tuple[Refund, ...]

    @property
    def open_refund(self) -> Refund | None:
        """The refund that waits for a decision or for the gateway."""
        return next((each for each in self.refunds if each.state in OPEN), None)

    @property
    def revoked_by_rule(self) -> tuple[AtStake, ...]:
        """What the refund that needs no decision would take back.

        Only of lines whose whole price goes back: who pays for used hours keeps what they earned.
        """
        if not self.limits.revokes_credit:
            return ()
        whole = {
            each.line.position
            for each in self.assessment.lines
            if each.amount and each.amount == each.line.paid
        }
        return tuple(each for each in self.at_stake if each.line in whole)

    @property
    def terms(self) -> str:
        """What the buyer is shown before consent, to compare with what holds at the click."""
        ids = ",".join(str(each.completion_id) for each in self.revoked_by_rule)
        return f"{self.assessment.amount.cents}/{self.assessment.most.cents}/{ids}"


def refund_case(order: Order, *, now: datetime) -> RefundCase:
    """The facts of a paid order and today's answer; a fixed number of queries."""
    settings = shop_settings()
    lines = list(order.lines.all())
    refunds = tuple(order.refunds.select_related("note").order_by("-pk"))
    money = list(MoneyEntry.objects.filter(order=order))
    used = _use_of(order)
    purchase = Purchase(
        bought_on=day_in_zone(order.paid_at or order.placed_at, order.time_zone),
        lines=tuple(
            _sold(line, given_back=_given_back(refunds), used=used, is_set_off=set_off)
            for line, set_off in _with_set_off(order, lines)
        ),
        is_disputed=sum(each.amount for each in money if each.kind.startswith("chargeback")) < 0,
    )
    payment = Payment.objects.filter(order=order, state=Payment.State.CAPTURED).first()
    limits, today = limits_of(settings), day_in_zone(now, order.time_zone)
    return RefundCase(
        order=order,
        purchase=purchase,
        limits=limits,
        today=today,
        assessment=assess(purchase, limits, today=today),
        at_stake=_at_stake(used, order),
        payment=payment,
        left=_left(payment, money, refunds, order.currency),
        refunds=refunds,
    )


def limits_of(settings: ShopSettings) -> Limits:
    """The seller's rule."""
    return Limits(
        days=settings.refund_days,
        completions_below=settings.refund_completions_below,
        reviews_below=settings.refund_reviews_below,
        unused_hours=settings.refund_unused_hours,
        revokes_credit=settings.refund_revokes_credit,
    )


def left_of_payment(payment: Payment, *, besides: Refund | None = None) -> Money:
    """What is still there of a payment, less what other refunds are about to give back."""
    money = list(MoneyEntry.objects.filter(payment=payment))
    refunds = [
        each
        for each in Refund.objects.filter(payment=payment, state=Refund.State.APPROVED)
        if besides is None or each.pk != besides.pk
    ]
    return _left(payment, money, refunds, payment.currency)


def left_of_lines(order: Order) -> dict[int, Money]:
    """What of each line, by position, was not given back yet; what is only approved is there."""
    done = order.refunds.filter(state=Refund.State.SUCCEEDED)
    back = _given_back(done)
    return {
        line.position: Money(max(line.net + line.tax - back[line.position], 0), order.currency)
        for line in order.lines.all()
    }


def refund_queue(*, is_open: bool) -> QuerySet[Refund]:
    """Refunds for staff: those that wait for a decision (the oldest first), or all the others."""
    rows = Refund.objects.select_related("order__person", "payment")
    waiting = Q(state=Refund.State.REQUESTED) | Q(state=Refund.State.FAILED)
    return rows.filter(waiting).order_by("pk") if is_open else rows.exclude(waiting).order_by("-pk")


def refund_called(refund_id: int) -> Refund | None:
    """One refund with its order and payment."""
    rows = Refund.objects.select_related("order__person", "payment")
    return rows.filter(pk=refund_id).first()


def refunds_to_send() -> QuerySet[Refund]:
    """Approved refunds that no gateway has confirmed yet."""
    return Refund.objects.filter(state=Refund.State.APPROVED).order_by("pk")


@dataclass(slots=True)
class _Used:
    """What was done through the entitlements of an order, by the position of its line."""

    hours: dict[int, Decimal]
    completions: list[tuple[int, Completion]]
    opened: set[int]


def _use_of(order: Order) -> _Used:
    position = {
        grant.entitlement_id: grant.line.position
        for grant in LineGrant.objects.filter(line__order=order).select_related("line")
    }
    hours: dict[int, Decimal] = defaultdict(Decimal)
    drawn = Enrollment.objects.filter(entitlement__in=position, returned_at=None)
    for entitlement_id, amount in drawn.values_list("entitlement", "hours_drawn"):
        hours[position[entitlement_id or 0]] += amount
    completions = (
        Completion.objects.filter(enrollment__entitlement__in=position, corrects=None)
        .select_related("enrollment", "version")
        .defer("record")
        .order_by("completed_at", "pk")
    )
    opened = Gift.objects.filter(line__order=order, opened_at__isnull=False)
    return _Used(
        hours=hours,
        completions=[(position[each.enrollment.entitlement_id or 0], each) for each in completions],
        opened=set(opened.values_list("line__position", flat=True)),
    )


def _sold(
    line: OrderLine, *, given_back: Mapping[int, int], used: _Used, is_set_off: bool
) -> SoldLine:
    hours = None if line.hours is None else line.hours * line.quantity
    before = given_back.get(line.position, 0)
    drawn = used.hours.get(line.position, Decimal(0))
    return SoldLine(
        position=line.position,
        kind=line.kind,
        title=line.title,
        paid=Money(max(line.net + line.tax - before, 0), line.order.currency),
        completions=sum(at == line.position for at, _ in used.completions),
        hours=hours,
        # Once something of a pack was paid back, its unused hours are paid for: none is left.
        hours_drawn=hours if before and hours is not None else drawn,
        is_gift=bool(line.gift_to),
        is_opened=line.position in used.opened,
        is_set_off=is_set_off,
    )


def _with_set_off(order: Order, lines: Iterable[OrderLine]) -> list[tuple[OrderLine, bool]]:
    """Each line, and whether a paid subscription that still stands took the place of its pack."""
    upgrades = order.upgrades_to.filter(state=Order.State.PAID).prefetch_related("money")
    stands = any(
        not each.total or sum(entry.amount for entry in each.money.all()) > 0 for each in upgrades
    )
    return [(line, stands and line.kind == "pack" and not line.gift_to) for line in lines]


def _given_back(refunds: Iterable[Refund]) -> dict[int, int]:
    """Cents by the position of a line; what is approved counts as gone."""
    cents: dict[int, int] = defaultdict(int)
    for refund in refunds:
        if refund.state in _GONE:
            for part in refund.lines:
                cents[int(part["line"])] += int(part["amount"])
    return cents


def _left(
    payment: Payment | None,
    money: Iterable[MoneyEntry],
    refunds: Iterable[Refund],
    currency: str,
) -> Money:
    if payment is None:
        return Money.zero(currency)
    entered = sum(each.amount for each in money if each.payment_id == payment.pk)
    owed = sum(
        each.amount
        for each in refunds
        if each.payment_id == payment.pk and each.state == Refund.State.APPROVED
    )
    return Money(entered - owed, currency)


def _at_stake(used: _Used, order: Order) -> tuple[AtStake, ...]:
    ids = [each.pk for _, each in used.completions]
    codes = dict(
        Certificate.objects.filter(
            completion__in=ids, replaced_by=None, revocation=None
        ).values_list("completion", "code")
    )
    counting = set(
        Activity.objects.filter(
            completion__in=ids, entries__reverses=None, entries__reversed_by=None
        ).values_list("completion", flat=True)
    )
    return tuple(
        AtStake(
            completion_id=each.pk,
            line=position,
            title=each.version.title,
            completed_on=each.completed_on,
            hours=each.contact_hours,
            code=codes.get(each.pk, ""),
            has_credit=each.pk in counting,
            is_own=each.person_id == order.person_id,
        )
        for position, each in used.completions
        if each.pk in codes or each.pk in counting
    )


def assessment_record(case: RefundCase, *, words: str = "") -> dict[str, Any]:
    """The rule's answer and its facts as a refund keeps them; ``words``: what the buyer wrote."""
    found = case.assessment
    return {
        "on": case.today,
        "bought_on": case.purchase.bought_on,
        "last_day": found.last_day,
        "answer": found.answer.value,
        "amount": found.amount.cents,
        "most": found.most.cents,
        "reasons": list(found.reasons),
        "words": words,
        "limits": {
            "days": case.limits.days,
            "completions_below": case.limits.completions_below,
            "reviews_below": case.limits.reviews_below,
            "unused_hours": case.limits.unused_hours,
            "revokes_credit": case.limits.revokes_credit,
        },
        "lines": [
            {
                "line": each.line.position,
                "title": each.line.title,
                "paid": each.line.paid.cents,
                "completions": each.line.completions,
                "hours": each.line.hours,
                "hours_drawn": each.line.hours_drawn,
                "answer": each.answer.value,
                "amount": each.amount.cents,
            }
            for each in found.lines
        ],
    }
