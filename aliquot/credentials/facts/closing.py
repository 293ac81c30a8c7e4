"""What closing a cycle takes and gives: papers, the sheet to type from, the audit drill."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from aliquot.credentials.facts.packs import Confirmed, Source

# A snapshot as ``queries.snapshots`` makes it: plain data, fit for JSON. Its keys: docs there.
type Snapshot = Mapping[str, Any]

OPENING_BALANCE = "opening_balance"


class PaperKind(StrEnum):
    """A certificate that this site issued, or a paper that the holder sent."""

    CERTIFICATE = "certificate"
    PROOF = "proof"


@dataclass(frozen=True, slots=True)
class Paper:
    """Something that proves an activity. ``id`` is a certificate's code, or a proof's number.

    ``sha256`` is the hash of the paper's bytes, of a certificate that of its content. ``shows``
    are ids of ``PROOF_FACTS``; ``license_states`` the states whose license number is on it.
    ``participant`` is the name on it; empty: not known.
    """

    kind: PaperKind
    id: str
    name: str
    sha256: str
    media_type: str
    shows: tuple[str, ...]
    license_states: tuple[str, ...] = ()
    participant: str = ""
    is_demonstration: bool = False


@dataclass(frozen=True, slots=True)
class SheetActivity:
    """An activity on a sheet. ``completed_on`` None: points brought along, nobody said when."""

    id: str
    origin: str
    title: str
    provider: str
    completed_on: date | None
    kind: str
    area: str
    course_number: str
    agency_number: str
    papers: tuple[Paper, ...]

    @property
    def is_opening_balance(self) -> bool:
        """Whether the body's page shows these points already."""
        return self.origin == OPENING_BALANCE


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One line to type at the body. ``typed`` is how much of it was noted as typed."""

    activity: SheetActivity
    requirement: str
    amount: Decimal
    typed: Decimal

    @property
    def is_typed(self) -> bool:
        """Whether nothing of this line is left to type: opening balances are there already."""
        return self.activity.is_opening_balance or self.typed >= self.amount


@dataclass(frozen=True, slots=True)
class SheetGroup:
    """One requirement with its lines. Nulls: the figure is not known."""

    id: str
    title: str
    needed: Decimal | None
    counted: Decimal | None
    missing: Decimal | None
    rows: tuple[SheetRow, ...]


@dataclass(frozen=True, slots=True)
class SheetLeft:
    """What does not count, and why: ``surplus`` may stand in if a proof fails."""

    activity: SheetActivity
    amount: Decimal
    reason: str
    explain: str


@dataclass(frozen=True, slots=True)
class SheetRules:
    """The rules that the sheet goes by, with where they were read."""

    renewals_from: date | None
    renewals_to: date | None
    last_verified: date
    confirmed: Confirmed
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A declaration as a person types it, in the order of the body's requirements.

    ``declared_on`` None: not declared yet. ``left`` stands oldest first.
    """

    credential: str
    letters: str
    title: str
    body: str
    body_name: str
    account: str
    files: str  # declare, renew or file
    kind: str  # certification or license
    unit: str
    holder: str
    ends_on: date
    starts_on: date | None
    as_of: date
    declared_on: date | None
    confirmation_number: str
    needed: Decimal | None
    counted: Decimal
    missing: Decimal | None
    surplus: Decimal
    met: bool | None
    groups: tuple[SheetGroup, ...]
    left: tuple[SheetLeft, ...]
    rules: SheetRules
    warnings: tuple[str, ...]
    activities: Mapping[str, SheetActivity] = field(repr=False)

    @property
    def rows(self) -> tuple[SheetRow, ...]:
        """Every line, in order."""
        return tuple(row for group in self.groups for row in group.rows)

    @property
    def typed_rows(self) -> int:
        """How many lines are noted as typed."""
        return sum(row.is_typed for row in self.rows)


class Fault(StrEnum):
    """Why a record would fail an audit."""

    NO_PROOF = "no_proof"
    OPENING_BALANCE = "opening_balance"
    NOT_SHOWN = "not_shown"
    OTHER_NAME = "other_name"
    NOT_COUNTED = "not_counted"  # typed at the body, and it does not count


@dataclass(frozen=True, slots=True)
class Finding:
    """One record that would fail, and why. ``not_shown`` are facts that no paper of it shows.

    ``counted`` is what it counts for: 0 for what is left over. ``why`` explains NOT_COUNTED.
    """

    activity: str
    faults: tuple[Fault, ...]
    not_shown: tuple[str, ...]
    counted: Decimal
    why: str = ""


@dataclass(frozen=True, slots=True)
class StandIn:
    """An activity of which more would count if the failing records fell away."""

    activity: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Drill:
    """What an audit would find today: findings with most at stake first.

    ``demonstrations`` of the ``records`` are proven by a demonstration certificate, which no body
    takes. ``at_stake`` is what the failing records count for; ``uncovered`` how much more would be
    missing without them, after ``stand_ins`` took their places.
    """

    records: int
    demonstrations: int
    findings: tuple[Finding, ...]
    at_stake: Decimal
    uncovered: Decimal
    stand_ins: tuple[StandIn, ...]

    @property
    def passes(self) -> bool:
        """Whether no record would fail."""
        return not self.findings


@dataclass(frozen=True, slots=True)
class NextEnd:
    """The likely end of the next cycle. ``is_fixed``: the body fixes it for everybody."""

    ends_on: date
    years: int
    is_fixed: bool
