"""What the refund rule takes and gives."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from aliquot.lib.money import Money


class Answer(StrEnum):
    """What the rule says. A person decides in between; the rule decides at both ends."""

    ELIGIBLE = "eligible"
    DISCRETION = "discretion"  # the seller may refuse
    NOT_ELIGIBLE = "not_eligible"


@dataclass(frozen=True, slots=True)
class Limits:
    """The seller's rule. ``days`` from the purchase, the last one counts.

    ``completions_below`` and ``reviews_below``: so many make use significant. ``unused_hours``: of
    a pack used significantly, the part that was not drawn is given back.
    """

    days: int = 30
    completions_below: int = 2
    reviews_below: int = 3
    unused_hours: bool = False
    revokes_credit: bool = True


@dataclass(frozen=True, slots=True)
class SoldLine:
    """A line of a paid order and what was done with it.

    ``paid`` is net and tax less what was given back of it before. ``hours`` and ``hours_drawn``
    of a pack; ``is_gift``: for somebody else, who alone can complete anything with it;
    ``is_opened``: a gift or seats in somebody else's hands. ``is_set_off``: a pack whose price went
    into the subscription that took its place.
    """

    position: int
    kind: str
    title: str
    paid: Money
    completions: int = 0
    hours: Decimal | None = None
    hours_drawn: Decimal = Decimal(0)
    is_gift: bool = False
    is_opened: bool = False
    is_set_off: bool = False


@dataclass(frozen=True, slots=True)
class Purchase:
    """An order as the refund rule sees it; days are the buyer's."""

    bought_on: date
    lines: tuple[SoldLine, ...]
    reviews: int = 0  # exam-review sessions; there are none yet
    is_disputed: bool = False  # the bank has the money already


@dataclass(frozen=True, slots=True)
class LineAnswer:
    """What the rule says of one line: how much of it, and why in sentences."""

    line: SoldLine
    answer: Answer
    amount: Money
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """How the answer would change, and when or by what."""

    sentence: str
    answer: Answer
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Assessment:
    """Today's answer for a whole order: ``amount`` is what would be paid back without asking.

    ``most`` is what the seller could give at most. ``last_day``: the last day of the rule.
    """

    answer: Answer
    amount: Money
    most: Money
    last_day: date
    lines: tuple[LineAnswer, ...]
    reasons: tuple[str, ...]
    changes: tuple[Change, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class AtStake:
    """A completion whose credit and certificate a refund may take back.

    ``line``: the position of the line that opened the course. ``code`` is empty when no certificate
    is in force, ``has_credit`` is false when none of its credit counts any more. ``is_own``: made
    by the buyer, not by who was given a gift.
    """

    completion_id: int
    line: int
    title: str
    completed_on: date
    hours: Decimal
    code: str
    has_credit: bool
    is_own: bool
