"""What the rule engine takes and gives: frozen facts, with amounts as exact decimals.

The first half is what a rule pack says about a credential, the middle what a person brings, the
last part what the engine answers. Amounts of rules and answers are in the credential's own unit
(points or hours). ``None`` for a figure always means unknown, never zero.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType

# ---------------------------------------------------------------- kinds of activity


@dataclass(frozen=True, slots=True)
class Kind:
    """How an activity's amount was given: one of its unit earns ``factor`` points or hours.

    ``earns`` False: never. ``only_by_allowance``: only where a credential has an allowance for it.
    """

    id: str
    title: str
    factor: int
    earns: bool = True
    only_by_allowance: bool = False


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        kind.id: kind
        for kind in (
            Kind("contact_hours", "Contact hours", 1),
            Kind("ceu", "Continuing education units (CEU)", 10),
            Kind("semester_hours", "College semester hours", 15),
            Kind("quarter_hours", "College quarter hours", 10),
            Kind("in_service", "Employer in-service hours", 1),
            Kind("points", "Points as the body shows them", 1),
            Kind("covid_work", "COVID-19 work", 1, only_by_allowance=True),
            Kind("staff_meeting", "Staff meeting or orientation", 1, earns=False),
        )
    }
)

# ---------------------------------------------------------------- what a rule pack says


class Confirmed(StrEnum):
    """How far the figures of a rule set were read in a primary or solid secondary source."""

    YES = "yes"
    PARTIAL = "partial"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a figure was read, and how old that page is, in words."""

    id: str
    where: str
    dated: str


@dataclass(frozen=True, slots=True)
class Requirement:
    """One minimum of a rule set: ``points`` that only the areas ``any_of`` may fill.

    ``takes`` is ``any_of`` with every area below it. ``per_specialty`` stands for one line for
    each licensed specialty. ``if_roles`` limits the line to holders of one of these roles.
    ``min_activity`` is the least amount of one part. ``approvals_accepted`` replaces the
    credential's list.
    """

    id: str
    title: str
    points: Decimal | None
    any_of: tuple[str, ...] = ()
    takes: frozenset[str] = frozenset()
    per_specialty: bool = False
    if_roles: frozenset[str] = frozenset()
    approvals_accepted: frozenset[str] | None = None
    min_activity: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ProrationStep:
    """Licensed on or after ``month``/``day``, ``years_before_end`` years before the cycle's end."""

    years_before_end: int
    month: int
    day: int
    total: Decimal


@dataclass(frozen=True, slots=True)
class FirstRenewal:
    """What replaces minima and remainder at a first renewal: other minima, or a prorated total."""

    minima: tuple[Requirement, ...] = ()
    proration: tuple[ProrationStep, ...] = ()


@dataclass(frozen=True, slots=True)
class Waiver:
    """Cycles ending in a period for which former NCA certificants have no minima."""

    ends_from: date
    ends_to: date
    remainder: Decimal


@dataclass(frozen=True, slots=True)
class RuleSet:
    """The figures for cycles that end from ``renewals_from`` to ``renewals_to`` (None: open).

    ``minima`` None: not known. ``remainder_computed``: the total less the minima that apply.
    ``remainder_areas`` None: not known; ``remainder_takes`` None: any area.
    """

    renewals_from: date | None
    renewals_to: date | None
    total: Decimal | None
    minima: tuple[Requirement, ...] | None
    remainder: Decimal | None
    remainder_computed: bool
    remainder_areas: tuple[str, ...] | str | None
    remainder_takes: frozenset[str] | None
    sources: tuple[Source, ...]
    confirmed: Confirmed
    what_changed: str
    waiver: Waiver | None = None
    first_renewal: FirstRenewal | None = None


@dataclass(frozen=True, slots=True)
class Participation:
    """Who must take part. ``mandatory_from`` None: everybody, always.

    A former NCA certificant must take part unless certified by the body itself before
    ``former_nca_before``; None: the body knows no such rule.
    """

    mandatory_from: date | None = None
    mandatory_from_international: date | None = None
    former_nca_before: date | None = None
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class CycleEnd:
    """The end that a body fixes for all. ``month`` None: any day; ``years``: any, even or odd."""

    month: int | None
    day: int | None
    years: str = "any"


class EvidenceWindow(StrEnum):
    """In which period work must be completed."""

    CYCLE = "cycle"
    TWO_CALENDAR_YEARS_BEFORE = "two_calendar_years_before_renewal_year"


@dataclass(frozen=True, slots=True)
class ExpiredRule:
    """Reinstating: the last ``months`` before the day asked about, and another total if given."""

    months: int
    total: Decimal | None = None


@dataclass(frozen=True, slots=True)
class DeclarationRule:
    """The window for filing, in days before the cycle's end."""

    opens_days_before_end: int
    closes_days_before_end: int
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class Cap:
    """These kinds together count up to a fraction of the rule set's total."""

    kinds: frozenset[str]
    fraction_of_total: Fraction
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class Allowance:
    """A kind that counts in the remainder only, up to ``at_most``, if completed in its dates."""

    kind: str
    at_most: Decimal
    completed_from: date
    completed_to: date
    once: bool = True
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class Fee:
    """A fee in words and cents of a US dollar, since a day."""

    what: str
    cents: int
    since: date | None
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class Pack:
    """Everything known about one credential. ``rule_sets`` stand newest first."""

    id: str
    title: str
    letters: str
    body: str
    kind: str  # certification or license
    unit: str  # points or hours
    last_verified: date
    rule_sets: tuple[RuleSet, ...]
    participation: Participation = field(default_factory=Participation)
    cycle_years: int | None = None
    cycle_end: CycleEnd | None = None
    evidence_window: EvidenceWindow = EvidenceWindow.CYCLE
    declaration: DeclarationRule | None = None
    finish_days_before_end: int | None = None
    expired_rule: ExpiredRule | None = None
    approvals_accepted: frozenset[str] | None = None
    approvals_apply_to: frozenset[str] | None = None  # kinds; None: all
    excluded: frozenset[str] = frozenset()
    min_activity_hours: Decimal | None = None
    caps: tuple[Cap, ...] = ()
    allowances: tuple[Allowance, ...] = ()
    duty_from_renewal: date | None = None
    retain_years: int | None = None
    carry_over: Decimal | None = None
    annual_fee: bool = False
    fees: tuple[Fee, ...] = ()
    reexam_after_lapsed_years: int | None = None
    credential_valid_years: int | None = None
    note: str = ""
    area_titles: Mapping[str, str] = field(default_factory=dict, repr=False)
    area_parents: Mapping[str, str] = field(default_factory=dict, repr=False)
    approval_titles: Mapping[str, str] = field(default_factory=dict, repr=False)


# ---------------------------------------------------------------- what a person brings


@dataclass(frozen=True, slots=True)
class Part:
    """Credit whose every point may count as any one of ``areas``; ``amount`` in the kind's unit."""

    amount: Decimal
    areas: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Activity:
    """Something that may earn credit. ``approvals`` None: not known; empty: none."""

    id: str
    completed_on: date
    kind: str
    parts: tuple[Part, ...]
    approvals: frozenset[str] | None = None
    title: str = ""
    provider: str = ""


@dataclass(frozen=True, slots=True)
class CredentialHeld:
    """A credential and one cycle of it, as its holder describes them."""

    pack: Pack
    cycle_ends_on: date
    first_certified_on: date | None = None
    formerly_nca: bool = False
    international: bool = False
    expired: bool = False
    first_renewal: bool = False
    licensed_on: date | None = None
    specialties: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pin:
    """What the holder already typed at the body: at least ``amount`` of it stays there."""

    credential: str
    activity: str
    requirement: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Transcript:
    """The whole question: these credentials, with these activities, as of this day."""

    as_of: date
    credentials: tuple[CredentialHeld, ...]
    activities: tuple[Activity, ...]
    pins: tuple[Pin, ...] = ()


@dataclass(frozen=True, slots=True)
class CourseOffer:
    """A course that a plan may choose, as the activity that taking it would be.

    ``cents`` is its price, None where that is not stated. ``is_preferred``: owned or begun, so
    between equals it goes first.
    """

    activity: Activity
    cents: int | None = None
    is_preferred: bool = False

    @property
    def hours(self) -> Decimal:
        """Its contact hours."""
        return sum((part.amount for part in self.activity.parts), Decimal(0))


# ---------------------------------------------------------------- what the engine answers


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
