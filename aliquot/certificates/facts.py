"""What rules of certificates take and give. Anyone above may import these."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

type Content = Mapping[str, Any]  # the frozen, printable dictionary; its keys: docs of content_of

VERIFY_TRIES, VERIFY_PERIOD = 60, timedelta(minutes=10)  # of one network, pages and API together


@dataclass(frozen=True, slots=True)
class PictureFact:
    """A stored picture, named by the hash of its bytes."""

    sha256: str
    media_type: str


@dataclass(frozen=True, slots=True)
class IssuerFacts:
    """The provider as it was on the day of issue."""

    name: str
    address: str
    provider_number: str
    administrator_name: str
    administrator_title: str
    logo: PictureFact | None = None
    signature: PictureFact | None = None


@dataclass(frozen=True, slots=True)
class LicenseFacts:
    """A license number as its holder entered it, with the state's name in words."""

    state: str
    state_name: str
    profession: str
    number: str


@dataclass(frozen=True, slots=True)
class SubjectFacts:
    """Contact hours of one subject area, with its words and the color of its stopper."""

    area: str
    name: str
    stopper: str
    hours: Decimal


@dataclass(frozen=True, slots=True)
class ApprovalFacts:
    """An approval that was valid on the completion date."""

    kind: str
    accreditor: str
    provider_number: str
    number: str
    hours: Decimal
    valid_from: date
    valid_through: date
    statement: str = ""  # the accreditor's own words; {number} and {hours} are filled in
    is_demonstration: bool = False


@dataclass(frozen=True, slots=True)
class CompletedFacts:
    """What was completed, as the completion froze it."""

    full_name: str
    title: str
    code: str
    version: int
    level: str
    delivery: str
    notice: str
    contact_hours: Decimal
    subjects: tuple[SubjectFacts, ...]
    approvals: tuple[ApprovalFacts, ...]
    completed_on: date


@dataclass(frozen=True, slots=True)
class IssueFacts:
    """The act of issuing: the code, the site that verifies it, the day, what it replaces."""

    code: str
    site_url: str
    issued_on: date
    is_demonstration: bool
    replaces: str | None = None


class Drawable(NamedTuple):
    """What a certificate is drawn from, and nothing around it."""

    code: str
    content: Content
    content_hash: str
    design: int
    issued_at: datetime


class Status(StrEnum):
    """What a certificate is worth today. A revoked one stays revoked when it was replaced."""

    VALID = "valid"
    SUPERSEDED = "superseded"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class CertificateLine:
    """One certificate in lists."""

    code: str
    title: str
    course_code: str
    provider_name: str
    completed_on: date
    contact_hours: Decimal
    area: str
    status: Status
    is_demonstration: bool


@dataclass(frozen=True, slots=True)
class Verification:
    """What the public may know of a certificate: nothing else leaves this room."""

    code: str
    status: Status
    full_name: str
    title: str
    contact_hours: Decimal
    completed_on: date
    issued_on: date
    provider_name: str
    licenses: tuple[str, ...]  # masked
    is_demonstration: bool
    revoked_on: date | None = None
    reason: str = ""
    replaced_by: str | None = None
    replaced_on: date | None = None


@dataclass(frozen=True, slots=True)
class TranscriptLine:
    """One completion in a transcript, as its certificate in force says it."""

    code: str
    verification_address: str
    title: str
    course_code: str
    version: int
    provider_name: str
    completed_on: date
    contact_hours: Decimal
    subjects: tuple[tuple[str, Decimal], ...]
    approvals: tuple[str, ...]
    is_demonstration: bool


@dataclass(frozen=True, slots=True)
class Transcript:
    """All completions of a person in a period, and the hours by subject."""

    full_name: str
    from_day: date | None
    through_day: date | None
    drawn_at: datetime
    lines: tuple[TranscriptLine, ...]
    subjects: tuple[tuple[str, Decimal], ...]
    contact_hours: Decimal
