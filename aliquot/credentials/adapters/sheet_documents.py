"""The declaration pack as a PDF: what the template is given, and the asking of the engine."""

from datetime import datetime
from pathlib import Path
from typing import Any

from aliquot.credentials.facts import KINDS
from aliquot.credentials.facts.closing import PaperKind, Sheet, SheetActivity, SheetLeft, SheetRow
from aliquot.infra import pdf
from aliquot.lib.dates import long_date, short_date
from aliquot.lib.decimals import shortest

TEMPLATE = Path(__file__).parent.parent / "data" / "sheet_1.typ"
_NOUNS = {"declare": "Declaration", "renew": "Renewal", "file": "Filing"}
_PAST = {"declare": "Declared", "renew": "Renewed", "file": "Filed"}
_LONGEST_TITLE = 180


def sheet_pdf(sheet: Sheet, *, paper: str, at: datetime) -> bytes:
    """Draw a sheet; the same sheet, paper and moment give the same bytes."""
    return pdf.render(TEMPLATE, data_of(sheet, paper=paper), at=at)


def data_of(sheet: Sheet, *, paper: str) -> dict[str, Any]:
    """Sentences, rows and sums."""
    noun = _NOUNS[sheet.files]
    return {
        "paper": paper,
        "document_title": f"{noun} pack: {sheet.letters}, {sheet.holder}"[:_LONGEST_TITLE],
        "heading": f"{noun} pack",
        "credential": f"{sheet.letters} · {sheet.title}",
        "body": sheet.body_name,
        "name": sheet.holder,
        "unit": sheet.unit.capitalize(),
        "state": _state(sheet),
        "is_declared": sheet.declared_on is not None,
        "period": _period(sheet),
        "total": _of(sheet.counted, sheet.needed, sheet.unit),
        "groups": [
            {
                "title": group.title,
                "total": _of(group.counted, group.needed, sheet.unit),
                "rows": [_row(row, sheet) for row in group.rows],
            }
            for group in sheet.groups
        ],
        "left": [_left(row, sheet) for row in sheet.left],
        "rules": _rules(sheet),
        "sources": [f"{each.id}: {each.where} ({each.dated})" for each in sheet.rules.sources],
        "closing": (
            f"Nothing here reaches {sheet.body}: you type it in its account. Requirements change: "
            f"check with {sheet.body_name}. Not affiliated with or endorsed by it."
        ),
    }


def _state(sheet: Sheet) -> str:
    if sheet.declared_on is None:
        return f"As of {long_date(sheet.as_of)}, not {_PAST[sheet.files].lower()} yet"
    number = sheet.confirmation_number
    return f"{_PAST[sheet.files]} on {long_date(sheet.declared_on)}" + (
        f", confirmation {number}" if number else ""
    )


def _period(sheet: Sheet) -> str:
    if sheet.starts_on is None:
        return f"Cycle ends {long_date(sheet.ends_on)}"
    return f"Cycle {long_date(sheet.starts_on)} to {long_date(sheet.ends_on)}"


def _of(counted: Any, needed: Any, unit: str) -> str:
    if counted is None:
        return "not known"
    if needed is None:
        return f"{shortest(counted)} {unit}, what is needed is not known"
    units = unit.removesuffix("s") if needed == 1 else unit
    return f"{shortest(counted)} of {shortest(needed)} {units}"


def _row(row: SheetRow, sheet: Sheet) -> dict[str, Any]:
    activity = row.activity
    return {
        "title": activity.title,
        "provider": activity.provider,
        "day": _day(activity),
        "amount": shortest(row.amount),
        "note": _note(activity, sheet),
        "typed": row.is_typed and not activity.is_opening_balance,
    }


def _left(row: SheetLeft, sheet: Sheet) -> dict[str, Any]:
    activity = row.activity
    return {
        "title": activity.title,
        "provider": activity.provider,
        "day": _day(activity),
        "amount": shortest(row.amount),
        "note": _note(activity, sheet),
        "why": row.explain,
    }


def _day(activity: SheetActivity) -> str:
    return short_date(activity.completed_on) if activity.completed_on else "not known"


def _note(activity: SheetActivity, sheet: Sheet) -> str:
    if activity.is_opening_balance:
        return f"Already on {sheet.body}'s page; no proof here"
    notes = [] if activity.kind == "contact_hours" else [KINDS[activity.kind].title]
    for paper in activity.papers:
        kind = "Certificate" if paper.kind is PaperKind.CERTIFICATE else "Proof"
        notes.append(f"{kind} {paper.name}")
    if not activity.papers:
        notes.append("No proof here")
    return " · ".join(notes)


def _rules(sheet: Sheet) -> str:
    rules = sheet.rules
    if rules.renewals_from is None:
        return f"Rules last verified {long_date(rules.last_verified)}."
    until = f" to {long_date(rules.renewals_to)}" if rules.renewals_to else ""
    return (
        f"{sheet.body} rules for cycles that end from {long_date(rules.renewals_from)}{until}, "
        f"last verified {long_date(rules.last_verified)}, {_confirmed(sheet)}."
    )


def _confirmed(sheet: Sheet) -> str:
    return {"yes": "confirmed", "partial": "partly confirmed", "no": "not confirmed"}[
        sheet.rules.confirmed.value
    ]
