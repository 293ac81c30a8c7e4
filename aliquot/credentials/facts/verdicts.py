"""What the engine answers."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from aliquot.credentials.facts.brought import CourseOffer, CredentialHeld
from aliquot.credentials.facts.packs import Confirmed, Pack, RuleSet


class Reason(StrEnum):
    """Why an amount does not count; of several, the first in this order is given."""

    NO_CREDIT_NEEDED = "no_credit_needed"
    KIND_NEVER_COUNTS = "kind_never_counts"
    OUTSIDE_WINDOW = "outside_window"
    TOO_SHORT = "too_short"
    APPROVAL_REFUSED = "approval_refused"
    AREA_REFUSED = "area_refused"
    NOT_ACCEPTED = "not_accepted"
    RULE_UNKNOWN = "rule_unknown"
    CAP_REACHED = "cap_reached"
    SURPLUS = "surplus"


@dataclass(frozen=True, slots=True)
class Window:
    """Work counts if completed from ``starts_on`` to ``ends_on``, both included."""

    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class ParticipationVerdict:
    """Whether the holder must take part; None where the deciding date is not known."""

    required: bool | None
    because: str


@dataclass(frozen=True, slots=True)
class DeclarationWindow:
    """When to file with the body."""

    opens_on: date
    closes_on: date


@dataclass(frozen=True, slots=True)
class RequirementVerdict:
    """One line of the rack. ``accepts`` None: any area. Nulls: the figure is unknown."""

    id: str
    title: str
    needed: Decimal | None
    counted: Decimal | None
    missing: Decimal | None
    accepts: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Allocation:
    """A part of an activity's credit, and the one requirement it counts toward."""

    activity: str
    requirement: str
    amount: Decimal
    because: str


@dataclass(frozen=True, slots=True)
class NotCounted:
    """A part of an activity's credit that counts toward nothing."""

    activity: str
    amount: Decimal
    reason: Reason
    explain: str


@dataclass(frozen=True, slots=True)
class Notice:
    """A warning: a stable ``code`` for pages and tests, and the sentence people read."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """The standing of one credential's cycle as of a day.

    ``rule_set`` None: the cycle ends before the oldest known rules. ``window`` None: the length
    of the cycle is unknown. ``needed``, ``missing`` and ``met`` None: some figure is unknown.
    """

    as_of: date
    held: CredentialHeld
    confirmed: Confirmed
    participation: ParticipationVerdict
    rule_set: RuleSet | None
    window: Window | None
    declaration: DeclarationWindow | None
    finish_by: date | None
    needed: Decimal | None
    counted: Decimal
    missing: Decimal | None
    surplus: Decimal
    met: bool | None
    requirements: tuple[RequirementVerdict, ...]
    allocations: tuple[Allocation, ...]
    not_counted: tuple[NotCounted, ...]
    warnings: tuple[Notice, ...]

    @property
    def pack(self) -> Pack:
        """The pack that was judged by."""
        return self.held.pack


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a ``Verdict`` without its reasons: what many people are judged by at once.

    Each field is that of the verdict on the same facts.
    """

    as_of: date
    held: CredentialHeld
    confirmed: Confirmed
    participation: ParticipationVerdict
    rule_set: RuleSet | None
    window: Window | None
    declaration: DeclarationWindow | None
    finish_by: date | None
    needed: Decimal | None
    counted: Decimal
    missing: Decimal | None
    met: bool | None
    requirements: tuple[RequirementVerdict, ...]

    @property
    def pack(self) -> Pack:
        """The pack that was judged by."""
        return self.held.pack


class Situation(StrEnum):
    """Where a holder is in a cycle on a day: decides what a page says first."""

    SHORT = "short"  # something is missing, and the last sensible day has not passed
    LATE = "late"  # the last sensible day has passed, the cycle has not
    WAITING = "waiting"  # everything is there; filing is not possible yet
    READY = "ready"  # everything is there; file now
    OVER = "over"  # the cycle has ended
    EXPIRED = "expired"  # points of the last years count toward getting it back
    VOLUNTARY = "voluntary"
    UNKNOWN = "unknown"  # some figure is not known


@dataclass(frozen=True, slots=True)
class Plan:
    """The courses that close most of what is missing at the least cost, and what then holds.

    ``objective`` is hours or price. ``is_proven``: no other choice is better, by a proof that left
    no gap. ``verdicts`` are those after taking the courses, in the order of the transcript.
    """

    objective: str
    courses: tuple[CourseOffer, ...]
    is_proven: bool
    verdicts: tuple[Verdict, ...]

    @property
    def hours(self) -> Decimal:
        """The contact hours of all courses."""
        return sum((course.hours for course in self.courses), Decimal(0))

    @property
    def cents(self) -> int | None:
        """The price of all courses; None if that of one is not stated."""
        prices = [course.cents for course in self.courses if course.cents is not None]
        return sum(prices) if len(prices) == len(self.courses) else None
