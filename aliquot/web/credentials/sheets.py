"""The words of a declaration pack, for its page, its PDF and its table. No request here."""

from dataclasses import dataclass

from aliquot.credentials.facts.closing import Sheet, SheetLeft, SheetRow
from aliquot.credentials.queries.wording import NOUNS, PAST, in_units
from aliquot.lib.dates import long_date
from aliquot.lib.decimals import shortest


@dataclass(frozen=True, slots=True)
class DeedWords:
    """``declare``, ``declaration``, ``declared``, and the like for states and AMT."""

    verb: str
    noun: str
    past: str


@dataclass(frozen=True, slots=True)
class SheetWords(DeedWords):
    """What the page of a sheet says around its lines. ``place`` is who takes them."""

    place: str
    title: str
    lead: str
    typed: int
    to_type: int
    spare: tuple[SheetLeft, ...]
    refused: tuple[SheetLeft, ...]


def deed_words(verb: str) -> DeedWords:
    """The words for what a holder does at the end of a cycle."""
    return DeedWords(verb, NOUNS[verb], PAST[verb])


def sheet_words(sheet: Sheet) -> SheetWords:
    """The sentence first: how many lines are still to be typed, or that it is done."""
    return SheetWords(
        verb=sheet.files,
        noun=NOUNS[sheet.files],
        past=PAST[sheet.files],
        place=place_of(sheet),
        title=_title(sheet),
        lead=f"{sheet.letters} · {period_of(sheet)} · {total_of(sheet)}",
        typed=sum(row.is_typed for row in lines_of(sheet)),
        to_type=len(lines_of(sheet)),
        spare=tuple(row for row in sheet.left if row.reason == "surplus"),
        refused=tuple(row for row in sheet.left if row.reason != "surplus"),
    )


def place_of(sheet: Sheet) -> str:
    """``ASCP``; of a license ``the board``: its letters say nothing to anybody."""
    return "the board" if sheet.kind == "license" else sheet.body


def lines_of(sheet: Sheet) -> list[SheetRow]:
    """What there is to type: opening balances are at the body already."""
    return [row for row in sheet.rows if not row.activity.is_opening_balance]


def period_of(sheet: Sheet) -> str:
    """``July 1, 2024 to June 30, 2027``."""
    if sheet.starts_on is None:
        return f"cycle ends {long_date(sheet.ends_on)}"
    return f"cycle {long_date(sheet.starts_on)} to {long_date(sheet.ends_on)}"


def total_of(sheet: Sheet) -> str:
    """``35.5 of 36 points``; unknown stays unknown."""
    if sheet.needed is None:
        return in_units(sheet.counted, sheet.unit)
    return f"{shortest(sheet.counted)} of {in_units(sheet.needed, sheet.unit)}"


def _title(sheet: Sheet) -> str:
    if sheet.declared_on is not None:
        past = PAST[sheet.files].capitalize()
        number = sheet.confirmation_number
        confirmed = f", confirmation {number}" if number else ""
        return f"{past} on {long_date(sheet.declared_on)}{confirmed}"
    rows, place = lines_of(sheet), place_of(sheet)
    typed = sum(row.is_typed for row in rows)
    if not rows:
        return f"Nothing to type at {place} yet"
    lines = f"{len(rows)} line{'' if len(rows) == 1 else 's'}"
    if typed == len(rows):
        return f"All typed at {place}: {lines}"
    return f"{typed} of {lines} typed at {place}" if typed else f"{lines} to type at {place}"
