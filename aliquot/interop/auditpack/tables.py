"""Tables of a declaration and of an audit pack; their columns are described in the docs."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from aliquot.credentials.facts.closing import PaperKind, Sheet, SheetActivity
from aliquot.credentials.queries.wording import NOUNS
from aliquot.flows.audit_pack import ADDED_LATER, COUNTS, LEFT_OVER, Packed
from aliquot.lib.decimals import shortest
from aliquot.lib.spreadsheets import csv_of

SHEET_COLUMNS = (
    "requirement",
    "activity",
    "provider",
    "completed_on",
    "amount",
    "unit",
    "kind",
    "course_number",
    "proof",
    "typed",
    "note",
)
INDEX_COLUMNS = (
    "file",
    "proves",
    "provider",
    "completed_on",
    "counts_toward",
    "paper",
    "note",
    "sha256",
)
_NOTES = {
    COUNTS: "",
    LEFT_OVER: "left over: may stand in if a proof fails",
    ADDED_LATER: "added after it was declared",
}


@dataclass(frozen=True, slots=True)
class Filed:
    """A paper in the pack and the name of its file there; no name where it is damaged."""

    name: str
    packed: Packed


def sheet_name(sheet: Sheet, ending: str) -> str:
    """The name of a sheet's file: ``declaration-ascp-mls-2027-06-30.pdf``."""
    credential = sheet.credential.replace("_", "-")
    return f"{NOUNS[sheet.files]}-{credential}-{sheet.ends_on.isoformat()}.{ending}"


def sheet_csv(sheet: Sheet) -> bytes:
    """The lines to type, in order, then what is left over."""
    return csv_of(SHEET_COLUMNS, _sheet_rows(sheet))


def index_csv(files: Iterable[Filed], sheet: Sheet) -> bytes:
    """What each file of a pack proves."""
    return csv_of(INDEX_COLUMNS, (_index_row(each, sheet) for each in files))


def places_of(activity: SheetActivity, sheet: Sheet) -> str:
    """``Hematology 2, Any area 0.5``; empty where nothing counts."""
    return ", ".join(
        f"{group.title} {shortest(row.amount)}"
        for group in sheet.groups
        for row in group.rows
        if row.activity.id == activity.id
    )


def paper_words(packed: Packed) -> str:
    """``Certificate 7QK2-…`` or the name that the holder gave a proof."""
    kind = "Certificate" if packed.paper.kind is PaperKind.CERTIFICATE else "Proof"
    return f"{kind} {packed.paper.name}"


def note_of(filed: Filed) -> str:
    """Why it is there, or that it could not be read."""
    if filed.packed.content is None:
        return "MISSING: the file is gone or damaged; ask the site for it"
    return _NOTES[filed.packed.section]


def _sheet_rows(sheet: Sheet) -> Iterator[tuple[str, ...]]:
    for group in sheet.groups:
        for row in group.rows:
            activity = row.activity
            typed = "yes" if row.is_typed else "no"
            note = f"already on {sheet.body}'s page" if activity.is_opening_balance else ""
            amount = shortest(row.amount)
            yield (group.title, *_middle(activity, amount, sheet), typed, note)
    for left in sheet.left:
        yield ("", *_middle(left.activity, shortest(left.amount), sheet), "no", left.explain)


def _middle(activity: SheetActivity, amount: str, sheet: Sheet) -> tuple[str, ...]:
    return (
        activity.title,
        activity.provider,
        activity.completed_on.isoformat() if activity.completed_on else "",
        amount,
        sheet.unit,
        activity.kind,
        activity.course_number,
        "; ".join(paper.name for paper in activity.papers) or "none",
    )


def _index_row(filed: Filed, sheet: Sheet) -> tuple[str, ...]:
    activity = filed.packed.activity
    return (
        filed.name,
        activity.title,
        activity.provider,
        activity.completed_on.isoformat() if activity.completed_on else "",
        places_of(activity, sheet),
        paper_words(filed.packed),
        note_of(filed),
        filed.packed.paper.sha256,
    )
