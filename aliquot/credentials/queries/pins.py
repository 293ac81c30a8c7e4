"""What holders typed at a body and pinned, as the rules take it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Prefetch

from aliquot.credentials.facts import Pin
from aliquot.credentials.models import Cycle, CyclePin
from aliquot.ledger.models import Activity


@dataclass(frozen=True, slots=True)
class HeldPin:
    """A pin in force. ``activity`` is the correction that holds now, if there was one."""

    id: int
    activity: int
    requirement: str
    amount: Decimal
    pinned_at: datetime

    def as_fact(self, credential: str) -> Pin:
        """The pin as the rule engine takes it."""
        return Pin(credential, str(self.activity), self.requirement, self.amount)


def pins_to_load() -> Prefetch[str]:
    """For querysets of cycles: their pins in force, in order, as ``held_pins``."""
    rows = CyclePin.objects.filter(removed_at=None).order_by("pinned_at", "pk")
    return Prefetch("pins", queryset=rows, to_attr="held_pins")


def pins_of(cycle: Cycle) -> list[CyclePin]:
    """The pins in force of a cycle that was loaded with ``pins_to_load``."""
    rows: list[CyclePin] = cycle.held_pins  # type: ignore[attr-defined]
    return rows


def held_pins(rows: Iterable[CyclePin], corrections: Mapping[int, int]) -> tuple[HeldPin, ...]:
    """The rows with each activity followed to the correction that holds now."""
    return tuple(
        HeldPin(
            id=row.pk,
            activity=newest(row.activity_id, corrections),
            requirement=row.requirement,
            amount=row.amount,
            pinned_at=row.pinned_at,
        )
        for row in rows
    )


def newest(activity_id: int, corrections: Mapping[int, int]) -> int:
    """The last of a chain of corrections; the activity itself where nothing was corrected."""
    while activity_id in corrections:
        activity_id = corrections[activity_id]
    return activity_id


def corrections_of(person_id: int) -> dict[int, int]:
    """By the id of an activity, the id of the one that corrects it."""
    rows = Activity.objects.filter(person=person_id, corrects__isnull=False)
    return {old: new for old, new in rows.values_list("corrects_id", "pk") if old is not None}
