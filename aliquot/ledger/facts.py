"""What the ledger tells those above: activities with what is left of their credit."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class CreditPart:
    """An amount of contact hours that may count as any one of ``areas``."""

    amount: Decimal
    areas: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EarnedActivity:
    """One activity as of now, reversed entries left out.

    ``approvals`` None means unknown, an empty tuple means none. ``certificate_code`` is known to
    the certificates' room, not here.
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

    @property
    def amount(self) -> Decimal:
        """All contact hours of the activity."""
        return sum((part.amount for part in self.parts), Decimal(0))
