"""What holders noted as declared: that it was, when and under which number. Never the snapshot."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Prefetch, QuerySet

from aliquot.credentials.facts.closing import NextEnd
from aliquot.credentials.models import Cycle, Declaration, HeldCredential
from aliquot.credentials.queries.brought import facts_of
from aliquot.credentials.rules import renewal


@dataclass(frozen=True, slots=True)
class Declared:
    """A declaration in force. ``confirmation_number`` is empty where the body gave none."""

    id: int
    declared_on: date
    confirmation_number: str
    recorded_at: datetime


def declarations_to_load() -> Prefetch[str]:
    """For querysets of cycles: the declaration in force, as ``held_declarations``."""
    rows = Declaration.objects.filter(withdrawn_at=None).defer("snapshot")
    return Prefetch("declarations", queryset=rows, to_attr="held_declarations")


def declared_in(cycle: Cycle) -> Declared | None:
    """The declaration in force of a cycle that was loaded with ``declarations_to_load``."""
    rows: list[Declaration] = cycle.held_declarations  # type: ignore[attr-defined]
    return declared(rows[0]) if rows else None


def declared(row: Declaration) -> Declared:
    """The row without its snapshot."""
    return Declared(row.pk, row.declared_on, row.confirmation_number, row.recorded_at)


def declarations_of(held: HeldCredential) -> QuerySet[Declaration]:
    """Every declaration of a credential, the newest first, withdrawn ones too; no snapshots."""
    rows = Declaration.objects.filter(cycle__held=held).select_related("cycle__held")
    return rows.defer("snapshot").order_by("-declared_on", "-pk")


def next_end(cycle: Cycle) -> NextEnd | None:
    """When the cycle after this one will probably end; None: not known."""
    return renewal.next_end(facts_of(cycle.held, cycle))
