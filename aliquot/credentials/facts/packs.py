"""What a rule pack says about a credential, and the kinds of activity there are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType


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
class Change:
    """What a release of a pack changed in its meaning, in a sentence for holders."""

    released: date
    what: str


@dataclass(frozen=True, slots=True)
class Pack:
    """Everything known about one credential. ``rule_sets`` and ``changes`` stand newest first."""

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
    changes: tuple[Change, ...] = ()
    area_titles: Mapping[str, str] = field(default_factory=dict, repr=False)
    area_parents: Mapping[str, str] = field(default_factory=dict, repr=False)
    approval_titles: Mapping[str, str] = field(default_factory=dict, repr=False)
    specialty_titles: Mapping[str, str] = field(default_factory=dict, repr=False)
    role_titles: Mapping[str, str] = field(default_factory=dict, repr=False)
