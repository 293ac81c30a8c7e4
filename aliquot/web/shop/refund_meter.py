"""The refund meter: today's answer in words, before anything is clicked.

The order page includes ``web/shop/_refund.html`` with ``meter``, and loads ``web/refund.css``.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from aliquot.commerce.facts import Answer, AtStake, SoldLine
from aliquot.commerce.models import Order, Refund
from aliquot.commerce.queries import RefundCase, refund_case
from aliquot.lib.codes import grouped
from aliquot.lib.dates import day_in_zone, long_date
from aliquot.lib.money import Money

_BADGES = {
    Answer.ELIGIBLE: ("Eligible", "success", "check"),
    Answer.DISCRETION: ("A person decides", "warning", "user"),
    Answer.NOT_ELIGIBLE: ("Not eligible", "neutral", "x"),
}
_LATER = {
    Answer.ELIGIBLE: "you still get money back, but less.",
    Answer.DISCRETION: "a person decides whether you get money back.",
    Answer.NOT_ELIGIBLE: "no refund is possible any more.",
}
_STATES = {
    Refund.State.REQUESTED: ("Waiting for a decision", "warning"),
    Refund.State.DECLINED: ("Declined", "neutral"),
    Refund.State.APPROVED: ("On its way to you", "brand"),
    Refund.State.SUCCEEDED: ("Paid back", "success"),
    Refund.State.FAILED: ("Not gone through yet", "warning"),
}


@dataclass(frozen=True, slots=True)
class Tick:
    """One step of a meter: where it stands, and whether it is used."""

    x: int
    is_used: bool


@dataclass(frozen=True, slots=True)
class Scale:
    """A meter as a picture and as a sentence."""

    label: str
    text: str
    ticks: tuple[Tick, ...]
    width: int  # of one step, in parts of 600
    is_over: bool


@dataclass(frozen=True, slots=True)
class Stake:
    """A course whose credit would be taken back."""

    title: str
    code: str
    completed_on: str
    hours: object
    has_credit: bool


@dataclass(frozen=True, slots=True)
class Past:
    """A refund that was asked for, as its buyer reads it."""

    reference: str
    amount: Money
    state: str
    kind: str
    asked_on: str
    words: str
    note: str


@dataclass(frozen=True, slots=True)
class Meter:
    """Everything that the refund part of an order shows."""

    number: str
    badge: tuple[str, str, str]
    headline: str
    reasons: tuple[str, ...]
    changes: tuple[str, ...]
    scales: tuple[Scale, ...]
    stakes: tuple[Stake, ...]
    stakes_are_sure: bool  # taken back without a decision
    revokes: bool  # the seller takes credit back at all
    amount: Money
    most: Money
    ask: str  # the button; empty: there is nothing to ask for
    terms: str
    is_decided: bool  # by a person, not by the rule
    past: tuple[Past, ...]
    has_unopened: bool  # a gift that a refund takes back
    is_back: bool  # all of it was given back: what was given says everything


def meter_of(order: Order, *, now: datetime) -> Meter:
    """The meter of a paid order."""
    case = refund_case(order, now=now)
    found = case.assessment
    sure = bool(found.amount)
    stakes = case.revoked_by_rule if sure else case.at_stake
    return Meter(
        number=order.number,
        badge=_BADGES[found.answer],
        headline=_headline(case),
        reasons=found.reasons,
        changes=tuple(f"{each.sentence}, {_LATER[each.answer]}" for each in found.changes),
        scales=tuple(_scales(case)),
        stakes=tuple(_stake(each) for each in stakes if each.is_own),
        stakes_are_sure=sure,
        revokes=case.limits.revokes_credit,
        amount=found.amount,
        most=found.most,
        ask=_ask(case),
        terms=case.terms,
        is_decided=not sure,
        past=tuple(_past(each) for each in case.refunds),
        has_unopened=any(line.is_gift and not line.is_opened for line in case.purchase.lines),
        is_back=any(each.state == Refund.State.SUCCEEDED for each in case.refunds)
        and not any(line.paid for line in case.purchase.lines),
    )


def _headline(case: RefundCase) -> str:
    found, open_refund = case.assessment, case.open_refund
    if open_refund is not None:
        amount = Money(open_refund.amount, open_refund.currency)
        is_waiting = open_refund.state == Refund.State.REQUESTED
        return f"{amount} {'wait for a decision' if is_waiting else 'are on their way to you'}"
    if found.answer is Answer.ELIGIBLE:
        return f"You can have {found.amount} back today"
    if found.amount:
        return f"You can have {found.amount} back today; a person decides about the rest"
    if found.answer is Answer.DISCRETION:
        return f"A person decides whether you get up to {found.most} back"
    return "Nothing can be paid back today"


def _ask(case: RefundCase) -> str:
    found = case.assessment
    if case.open_refund is not None or case.payment is None:
        return ""
    if found.answer is Answer.NOT_ELIGIBLE:
        return ""
    if found.amount:
        return f"Get {found.amount} back"
    is_declined = any(each.state == Refund.State.DECLINED for each in case.refunds)
    return "" if is_declined else "Ask for a refund"


def _scale(label: str, text: str, used: int, whole: int, *, is_over: bool) -> Scale:
    steps = max(whole, 1)
    width = 600 // steps
    ticks = tuple(Tick(index * 600 // steps, index < used) for index in range(steps))
    return Scale(label, text, ticks, max(width - min(4, width // 4), 1), is_over)


def _scales(case: RefundCase) -> Iterator[Scale]:
    """Of days always; of courses where the buyer could complete one; of gifts where there are."""
    yield _days(case)
    gifts = [line for line in case.purchase.lines if line.is_gift]
    if len(gifts) < len(case.purchase.lines):
        yield _completions(case)
    if gifts:
        yield _gifts(gifts)


def _gifts(gifts: Sequence[SoldLine]) -> Scale:
    opened, whole = sum(line.is_opened for line in gifts), len(gifts)
    if whole == 1:
        said = (
            "Opened: a person decides."
            if opened
            else "Not opened yet. Once it is, a person decides."
        )
    else:
        said = f"{opened} of {whole} opened. Of those a person decides."
    return _scale("Gifts opened", said, opened, whole, is_over=opened == whole)


def _days(case: RefundCase) -> Scale:
    passed = max((case.today - case.purchase.bought_on).days, 0)
    whole, last = case.limits.days, long_date(case.assessment.last_day)
    if passed > whole:
        text = f"All {whole} days have passed; the last one was {last}."
    else:
        text = f"{passed} of {_counted(whole, 'day')} have passed. The last day is {last}."
    return _scale("Days since the purchase", text, passed, whole, is_over=passed > whole)


def _completions(case: RefundCase) -> Scale:
    done = sum(line.completions for line in case.purchase.lines)
    whole = case.limits.completions_below
    text = f"{_counted(done, 'course')} completed. From {whole} on a person decides."
    return _scale("Courses completed", text, done, whole, is_over=done >= whole)


def _stake(found: AtStake) -> Stake:
    return Stake(
        title=found.title,
        code=grouped(found.code) if found.code else "",
        completed_on=long_date(found.completed_on),
        hours=found.hours,
        has_credit=found.has_credit,
    )


def _past(refund: Refund) -> Past:
    state, kind = _STATES[Refund.State(refund.state)]
    note = getattr(refund, "note", None)
    return Past(
        reference=reference_of(refund),
        amount=Money(refund.amount, refund.currency),
        state=state,
        kind=kind,
        asked_on=long_date(day_in_zone(refund.requested_at, refund.order.time_zone)),
        words="" if refund.state == Refund.State.REQUESTED else refund.reason,
        note=note.number if note else "",
    )


def reference_of(refund: Refund) -> str:
    """What a person says to us about a refund."""
    return f"{refund.order.number}-{refund.pk}"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
