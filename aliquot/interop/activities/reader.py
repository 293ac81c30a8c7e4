"""A table read: for each row what it says, or everything that is wrong with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from difflib import get_close_matches

from aliquot.interop.activities.cells import Cell, Row, TableError, rows_of
from aliquot.interop.activities.columns import (
    COLUMNS,
    approval_ids,
    area_ids,
    folded,
    headings,
    kind_ids,
)
from aliquot.ledger.facts import ActivityClaim, CreditPart, ImportedRow
from aliquot.lib.dates import read_date
from aliquot.lib.decimals import read_amount

_NONE = "none"


@dataclass(frozen=True, slots=True)
class Table:
    """What was read; ``ignored`` are headings of columns that nobody knows."""

    rows: tuple[ImportedRow, ...]
    ignored: tuple[str, ...]


def read_table(content: bytes, *, this_year: int) -> Table:
    """Read a CSV or XLSX file. TableError where the file as a whole cannot be."""
    return read_rows(rows_of(content), this_year=this_year)


def read_rows(rows: Sequence[Row], *, this_year: int) -> Table:
    """Read the rows of a file. TableError where they as a whole cannot be.

    The problems of a row are keyed by field, all at once. ``this_year`` decides what a year of two
    digits means.
    """
    if not rows:
        raise TableError("The table is empty. Send one with a heading and at least one row.")
    (_, heading), *body = rows
    places, ignored = _places(heading)
    if not body:
        raise TableError("The table has a heading and no rows. Add a row for each activity.")
    return Table(
        rows=tuple(_RowReader(row, places, this_year).read() for row in body), ignored=ignored
    )


def _places(heading: Sequence[Cell]) -> tuple[dict[str, int], tuple[str, ...]]:
    known, places, ignored = headings(), {}, []
    for place, cell in enumerate(heading):
        column = known.get(folded(cell.text))
        if column is None:
            ignored += [cell.text] if cell.text else []
        elif column.field in places:
            raise TableError(f"The column “{column.heading}” is there twice. Keep one of them.")
        else:
            places[column.field] = place
    missing = [c.heading for c in COLUMNS if c.is_required and c.field not in places]
    if not places.keys() & {"amount", "parts"}:
        missing.append("amount")
    if missing:
        raise TableError(
            f"Missing columns: {', '.join(missing)}. The first row must name the columns, as the "
            "template does."
        )
    return places, tuple(ignored)


class _RowReader:
    """Reads one row, taking down what is wrong."""

    def __init__(self, row: Row, places: Mapping[str, int], this_year: int) -> None:
        self.number, self.cells = row
        self.places, self.this_year = places, this_year
        self.problems: dict[str, str] = {}

    def read(self) -> ImportedRow:
        """What the row says; without a claim where it could not be read at all."""
        completed_on = self._date()
        amount, areas, parts = self._credit()
        claim = ActivityClaim(
            title=self._text("title"),
            provider_name=self._text("provider_name"),
            completed_on=completed_on,
            kind=self._kind(),
            amount=amount,
            areas=areas,
            parts=parts,
            approvals=self._approvals(),
            course_number=self._text("course_number"),
            agency_number=self._text("agency_number"),
        )
        return ImportedRow(self.number, claim, self.problems)

    def _text(self, field: str) -> str:
        place = self.places.get(field)
        if place is None or place >= len(self.cells):
            return ""
        cell = self.cells[place]
        if cell.trouble:
            self.problems[field] = f"The cell {cell.trouble}."
        return cell.text

    def _date(self) -> date:
        text = self._text("completed_on")
        found = read_date(text, this_year=self.this_year) if len(text) <= 40 else None
        if found is None:
            self.problems.setdefault(
                "completed_on",
                f"{_quoted(text)} is no date; accepted: 2026-03-12, 3/12/2026 or March 12, 2026.",
            )
        return found or date.min

    def _kind(self) -> str:
        text = self._text("kind")
        found = kind_ids().get(folded(text))
        if found is None:
            known = ", ".join(dict.fromkeys(kind_ids().values()))
            self.problems.setdefault("kind", f"{_quoted(text)} is no kind; accepted: {known}.")
        return found or ""

    def _credit(self) -> tuple[Decimal | None, tuple[str, ...], tuple[CreditPart, ...]]:
        amount_text, split = self._text("amount"), self._text("parts")
        amount = self._amount(amount_text, "amount") if amount_text else None
        areas = self._areas(self._text("areas"), "areas")
        parts = tuple(self._part(line) for line in split.split(";") if line.strip())
        return amount, areas, parts

    def _part(self, line: str) -> CreditPart:
        number, _, names = line.strip().partition(" ")
        areas = self._areas(names, "parts")
        if not areas:
            self.problems.setdefault(
                "parts",
                f"{_quoted(line.strip())} is no line of a split; accepted: an amount and subject "
                "areas, such as 0.5 safety_lab.",
            )
        return CreditPart(self._amount(number, "parts") or Decimal(0), areas)

    def _amount(self, text: str, field: str) -> Decimal | None:
        found = read_amount(text)
        if found is None:
            self.problems.setdefault(
                field,
                f"{_quoted(text)} is no number; accepted: a number with a decimal point, such as "
                "1.5.",
            )
        return found

    def _areas(self, text: str, field: str) -> tuple[str, ...]:
        return self._listed(text, field, area_ids(), "subject area")

    def _approvals(self) -> tuple[str, ...] | None:
        text = self._text("approvals")
        if not text:
            return None
        if folded(text) == _NONE:
            return ()
        return self._listed(text, "approvals", approval_ids(), "approval")

    def _listed(
        self, text: str, field: str, known: Mapping[str, str], what: str
    ) -> tuple[str, ...]:
        names = [name.strip() for name in text.replace(";", "|").split("|") if name.strip()]
        wrong = [name for name in names if folded(name) not in known]
        if wrong:
            self.problems.setdefault(
                field,
                f"{_quoted(wrong[0])} is no {what} we know; accepted: the names in the template, "
                f"such as {_like(wrong[0], known)}.",
            )
        return tuple(known[folded(name)] for name in names if folded(name) in known)


def _quoted(text: str) -> str:
    """A value for a message, cut to what fits in one."""
    return f"“{text[:60]}”" if text else "An empty cell"


def _like(name: str, known: Mapping[str, str]) -> str:
    """The names most like one that is wrong, or else the first few."""
    close = get_close_matches(folded(name), known, n=3, cutoff=0.6)
    return ", ".join(dict.fromkeys(known[each] for each in close or list(known)[:5]))
