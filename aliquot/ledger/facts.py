"""What the ledger tells those above: activities with what is left of their credit, and proofs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

# The kinds of the standing contract. What one unit of each is worth, credentials know.
KINDS = (
    "contact_hours",
    "ceu",
    "semester_hours",
    "quarter_hours",
    "in_service",
    "points",
    "covid_work",
    "staff_meeting",
)
# What can be read on a proof, as ``Proof.shows`` keeps it.
PROOF_FACTS = (
    "date",
    "title",
    "provider",
    "participant",
    "hours",
    "course_number",
    "agency_number",
    "hours_by_specialty",
    "license_number",
)


@dataclass(frozen=True, slots=True)
class CreditPart:
    """An amount, in the unit of its kind, that may count as any one of ``areas``."""

    amount: Decimal
    areas: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ActivityClaim:
    """What a holder says about an activity from elsewhere, before it is judged.

    Either ``amount`` with ``areas``, or the provider's split in ``parts``; never both.
    ``approvals`` None: not known; empty: none.
    """

    title: str
    provider_name: str
    completed_on: date
    kind: str
    amount: Decimal | None = None
    areas: tuple[str, ...] = ()
    parts: tuple[CreditPart, ...] = ()
    approvals: tuple[str, ...] | None = None
    course_number: str = ""
    agency_number: str = ""


@dataclass(frozen=True, slots=True)
class ImportedRow:
    """One row of a table that a holder sent, numbered as the table shows it.

    ``problems`` by field of the claim, as InvalidActivityError names them; none: it is accepted.
    """

    number: int
    claim: ActivityClaim
    problems: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ProofFacts:
    """A paper kept with an activity. ``shows`` are the facts its holder reads on it.

    ``sha256`` is the hash of its bytes, ``size`` their number; ``name`` is shown, never a path.
    """

    id: int
    activity_id: int
    file_id: int
    sha256: str
    media_type: str
    size: int
    name: str
    shows: tuple[str, ...]
    added_at: datetime


@dataclass(frozen=True, slots=True)
class EarnedActivity:
    """One activity as of now, reversed entries left out.

    Amounts are in the unit of ``kind``. ``approvals`` None means unknown, an empty tuple means
    none. The numbers are as a proof prints them. ``corrects_id`` is the activity that this one
    took the place of. ``certificate_code`` is known to the certificates' room, not here.
    """

    id: int
    completion_id: int | None
    origin: str
    title: str
    provider_name: str
    completed_on: date
    kind: str
    approvals: tuple[str, ...] | None
    parts: tuple[CreditPart, ...]
    course_number: str = ""
    agency_number: str = ""
    corrects_id: int | None = None
    recorded_at: datetime | None = field(default=None, compare=False)

    @property
    def amount(self) -> Decimal:
        """All of the activity, in the unit of its kind."""
        return sum((part.amount for part in self.parts), Decimal(0))

    @property
    def is_self_reported(self) -> bool:
        """Whether its holder entered it; else it was completed here and has a certificate."""
        return self.completion_id is None


@dataclass(frozen=True, slots=True)
class PersonCredit:
    """What one person has earned, for runs over many people: without titles and providers.

    ``newest_entry`` is the id of the person's newest credit entry, 0 where there is none.
    """

    newest_entry: int = 0
    activities: tuple[EarnedActivity, ...] = ()


@dataclass(frozen=True, slots=True)
class LedgerState:
    """How many entries a person has, and when the newest was written; None: there is none."""

    entries: int
    recorded_at: datetime | None
