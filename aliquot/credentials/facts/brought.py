"""What a person brings: credentials held, activities, pins, courses to choose from."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from aliquot.credentials.facts.packs import Pack


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
class Questions:
    """What a holder is asked beside the end of the cycle, because the credential's rules need it.

    ``ends``: the days on which the body can end a cycle about now; empty: typed by the holder.
    ``roles``: those that bring a line of their own. ``licensed_on`` is asked for a first renewal.
    """

    ends: tuple[date, ...] = ()
    certified: bool = False
    former_nca: bool = False
    international: bool = False
    first_renewal: bool = False
    licensed_on: bool = False
    specialties: bool = False
    roles: tuple[str, ...] = ()
    expired: bool = False


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
class OpenCycle:
    """One cycle to plan for, as of a day: the activities and pins that concern it."""

    held: CredentialHeld
    as_of: date
    activities: tuple[Activity, ...]
    pins: tuple[Pin, ...] = ()


@dataclass(frozen=True, slots=True)
class CourseOffer:
    """A course that a plan may choose, as the activity that taking it would be.

    ``cents`` is its price, None where that is not stated. ``preference``: between equals the
    greater goes first, such as 1 for what is owned and 2 for what is begun.
    """

    activity: Activity
    cents: int | None = None
    preference: int = 0

    @property
    def hours(self) -> Decimal:
        """Its contact hours."""
        return sum((part.amount for part in self.activity.parts), Decimal(0))


@dataclass(frozen=True, slots=True)
class Offered:
    """A course of another provider as its learner describes it, in contact hours and cents.

    ``approvals`` None: not known; empty: none. ``cents`` None: not stated.
    """

    title: str
    provider_name: str
    parts: tuple[Part, ...]
    approvals: tuple[str, ...] | None
    cents: int | None
