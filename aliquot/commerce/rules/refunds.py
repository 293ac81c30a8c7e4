"""May the buyer have the money back, and how much? Prose and worked numbers: docs/rules/refunds.md.

The limits are LabCE's published ones by default: within 30 days of the purchase; the seller may
refuse after two or more completed courses, three or more exam-review sessions, or the completion of
any course bought singly; credit of those days may be revoked.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

from aliquot.commerce.facts import (
    Answer,
    Assessment,
    Change,
    Limits,
    LineAnswer,
    Purchase,
    SoldLine,
)
from aliquot.lib.dates import long_date
from aliquot.lib.decimals import shortest
from aliquot.lib.money import Money

_RANK = (Answer.ELIGIBLE, Answer.DISCRETION, Answer.NOT_ELIGIBLE)


def assess(purchase: Purchase, limits: Limits, *, today: date) -> Assessment:
    """Today's answer, and what would change it. Day 30 counts, day 31 does not."""
    found = _assess(purchase, limits, today)
    return replace(found, changes=tuple(_changes(purchase, limits, found, today)))


def last_day(purchase: Purchase, limits: Limits) -> date:
    """The last day on which the rule gives anything."""
    return purchase.bought_on + timedelta(days=limits.days)


def _assess(purchase: Purchase, limits: Limits, today: date) -> Assessment:
    currency = purchase.lines[0].paid.currency
    uses = _significant_uses(purchase, limits)
    lines = tuple(_line(line, purchase, limits, uses, today) for line in purchase.lines)
    live = [each for each in lines if each.line.paid and not each.line.is_set_off]
    amount = Money.total((each.amount for each in live if each.answer is Answer.ELIGIBLE), currency)
    most = Money.total((each.line.paid for each in live), currency)
    is_over = purchase.is_disputed or today > last_day(purchase, limits)
    return Assessment(
        answer=_overall(live, amount, most),
        amount=amount,
        most=Money.zero(currency) if is_over else most,
        last_day=last_day(purchase, limits),
        lines=lines,
        reasons=_unique(reason for each in live or lines for reason in each.reasons),
    )


def _overall(live: Sequence[LineAnswer], amount: Money, most: Money) -> Answer:
    """Eligible if all of it is; at the seller's discretion if any of it may be given."""
    if not live:
        return Answer.NOT_ELIGIBLE
    if amount == most:
        return Answer.ELIGIBLE
    if amount or any(each.answer is not Answer.NOT_ELIGIBLE for each in live):
        return Answer.DISCRETION
    return Answer.NOT_ELIGIBLE


def _line(
    line: SoldLine, purchase: Purchase, limits: Limits, uses: Sequence[str], today: date
) -> LineAnswer:
    nothing = Money.zero(line.paid.currency)
    closed = _closed(line, purchase, limits, today)
    if closed:
        return LineAnswer(line, Answer.NOT_ELIGIBLE, nothing, (closed,))
    reasons = list(uses)
    if line.kind == "course" and line.completions:
        reasons.append(
            "The course that you gave has been completed."
            if line.is_gift
            else "You completed a course that was bought singly."
        )
    if line.is_opened:
        reasons.append("Somebody else already has what was bought for them.")
    if not reasons:
        use = "nobody has opened the gift" if line.is_gift else "use is below the limits"
        within = f"You are within {limits.days} days, and {use}."
        return LineAnswer(line, Answer.ELIGIBLE, line.paid, (within,))
    unused = _unused(line, limits)
    if unused and not line.is_opened:
        left = shortest((line.hours or 0) - line.hours_drawn)
        reasons.append(
            f"{left} of {shortest(line.hours or line.hours_drawn)} hours of the pack are unused: "
            f"{unused} of it is given back."
        )
        return LineAnswer(line, Answer.ELIGIBLE, unused, tuple(reasons))
    return LineAnswer(line, Answer.DISCRETION, nothing, tuple(reasons))


def _closed(line: SoldLine, purchase: Purchase, limits: Limits, today: date) -> str:
    """Why nothing of a line can be given back any more; empty if it can."""
    if line.is_set_off:
        return (
            "Its price was set off against the subscription that took its place: ask for that back "
            "first, and the pack returns."
        )
    if not line.paid:
        return "Nothing is left to give back."
    if purchase.is_disputed:
        return "The bank has taken this payment back already."
    if today > last_day(purchase, limits):
        return (
            f"The {limits.days} days ended on {long_date(last_day(purchase, limits))}: you bought "
            f"this on {long_date(purchase.bought_on)}."
        )
    return ""


def _significant_uses(purchase: Purchase, limits: Limits) -> list[str]:
    """Uses of the whole order that let the seller refuse."""
    uses = []
    completions = sum(line.completions for line in purchase.lines)
    if completions >= limits.completions_below:
        has_given = any(line.completions and line.is_gift for line in purchase.lines)
        who = "Completed with this order:" if has_given else "You completed"
        uses.append(
            f"{who} {completions} courses; from {limits.completions_below} on the seller "
            "may refuse."
        )
    if purchase.reviews >= limits.reviews_below:
        uses.append(
            f"You took {purchase.reviews} exam-review sessions; from {limits.reviews_below} on the "
            "seller may refuse."
        )
    return uses


def _unused(line: SoldLine, limits: Limits) -> Money:
    """What the hours of a pack that were not drawn are worth, if the seller gives that back."""
    if not limits.unused_hours or line.kind != "pack" or not line.hours:
        return Money.zero(line.paid.currency)
    left = max(line.hours - line.hours_drawn, type(line.hours)(0))
    return line.paid.share(Fraction(left) / Fraction(line.hours))


def _changes(purchase: Purchase, limits: Limits, now: Assessment, today: date) -> list[Change]:
    """What would make the answer worse: the next completion, and the end of the days."""
    if now.answer is Answer.NOT_ELIGIBLE:
        return []
    changes = []
    for more in range(1, limits.completions_below + 1):
        later = _assess(_with_completions(purchase, more), limits, today)
        if _RANK.index(later.answer) > _RANK.index(now.answer) or later.amount < now.amount:
            number = "one more course" if more == 1 else f"{more} more courses"
            changes.append(Change(f"If you complete {number}", later.answer))
            break
    opened = _assess(_with_gift_opened(purchase), limits, today)
    if _RANK.index(opened.answer) > _RANK.index(now.answer) or opened.amount < now.amount:
        changes.append(Change("Once somebody opens the gift", opened.answer))
    ends = now.last_day + timedelta(days=1)
    over = _assess(purchase, limits, ends)
    changes.append(Change(f"From {long_date(ends)} on", over.answer, on=ends))
    return changes


def _with_completions(purchase: Purchase, more: int) -> Purchase:
    """The purchase after the buyer completed more courses by the first line that is for that."""
    lines = list(purchase.lines)
    for index, line in enumerate(lines):
        if line.paid and line.kind != "seats" and not line.is_gift and not line.is_opened:
            lines[index] = replace(line, completions=line.completions + more)
            break
    return replace(purchase, lines=tuple(lines))


def _with_gift_opened(purchase: Purchase) -> Purchase:
    """The purchase after its first gift that nobody has opened yet was opened."""
    lines = list(purchase.lines)
    for index, line in enumerate(lines):
        if line.paid and line.is_gift and not line.is_opened:
            lines[index] = replace(line, is_opened=True)
            break
    return replace(purchase, lines=tuple(lines))


def _unique(reasons: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(reasons))
