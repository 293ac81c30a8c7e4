"""The columns of the table: their names, what they hold, and how values are called in it."""

from collections.abc import Mapping
from dataclasses import dataclass

from aliquot.catalog.data import approvals, areas
from aliquot.credentials.facts import KINDS


@dataclass(frozen=True, slots=True)
class Column:
    """``field`` is the name in an ``ActivityClaim``; ``also`` are other headings that are taken."""

    field: str
    heading: str
    holds: str
    example: str
    is_required: bool = False
    also: tuple[str, ...] = ()


COLUMNS = (
    Column(
        "completed_on",
        "date",
        "the day you finished it: 2026-03-12, 3/12/2026 or March 12, 2026",
        "2026-03-12",
        is_required=True,
        also=("completed on", "completion date", "date completed", "finished on"),
    ),
    Column(
        "title",
        "title",
        "the title as your proof prints it",
        "Antibody identification update",
        is_required=True,
        also=("course", "course title", "activity"),
    ),
    Column(
        "provider_name",
        "provider",
        "who held it: a provider, a school or your employer",
        "Example Laboratory Society",
        is_required=True,
        also=("provider name", "sponsor"),
    ),
    Column(
        "kind",
        "kind",
        f"what your proof counts in: {', '.join(KINDS)}",
        "contact_hours",
        is_required=True,
        also=("type", "unit"),
    ),
    Column(
        "amount",
        "amount",
        "the number on your proof, above 0, at most two decimals; empty if there is a split",
        "1.5",
        also=("hours", "credits"),
    ),
    Column(
        "areas",
        "areas",
        "subject areas; with several, divided by |, each point counts as any one of them",
        "blood_bank",
        also=("area", "subject", "subject area", "subject areas"),
    ),
    Column(
        "parts",
        "split",
        "instead of amount and areas, the provider's own split: 1 blood_bank; 0.5 safety_lab",
        "",
        also=("parts", "hours by subject"),
    ),
    Column(
        "approvals",
        "approvals",
        "who approved it, divided by |; none if nobody did; empty if you do not know",
        "pace",
        also=("approval", "approved by", "accreditation"),
    ),
    Column(
        "course_number",
        "course number",
        "the course number on your proof (California asks for it)",
        "",
        also=("course no", "course code"),
    ),
    Column(
        "agency_number",
        "agency number",
        "the number of the accrediting agency on your proof (California asks for it)",
        "",
        also=("accrediting agency number", "agency no"),
    ),
)
_MORE_KINDS = {
    "hours": "contact_hours",
    "contact hour": "contact_hours",
    "cmle": "contact_hours",
    "ceus": "ceu",
    "semester hour": "semester_hours",
    "quarter hour": "quarter_hours",
    "in-service": "in_service",
    "in service": "in_service",
    "point": "points",
}


def folded(text: str) -> str:
    """A name as it is compared: case, underscores and spaces do not matter."""
    return " ".join(text.replace("_", " ").casefold().split())


def column_of(field: str) -> str:
    """The heading of the column that a problem of the ledger is about."""
    name = "parts" if field.startswith("parts") else field
    return next((column.heading for column in COLUMNS if column.field == name), field)


def headings() -> Mapping[str, Column]:
    """Every heading that is taken, folded."""
    return {folded(name): column for column in COLUMNS for name in (column.heading, *column.also)}


def kind_ids() -> Mapping[str, str]:
    """Kinds by every name they are known by."""
    named = {folded(name): kind.id for kind in KINDS.values() for name in (kind.id, kind.title)}
    return {**_MORE_KINDS, **named}


def area_ids() -> Mapping[str, str]:
    """Subject areas by id and by title."""
    return {folded(name): area.id for area in areas().values() for name in (area.id, area.title)}


def approval_ids() -> Mapping[str, str]:
    """Approvals by id and by title."""
    return {folded(name): key for key, title in approvals().items() for name in (key, title)}
