"""Tables for spreadsheets: comma-separated values that are opened without harm."""

import csv
import io
from collections.abc import Iterable
from decimal import Decimal

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def harmless(cells: Iterable[str]) -> list[str]:
    """Cells of which none is read as a formula: an apostrophe stands before such a beginning."""
    return [f"'{cell}" if cell.lstrip(" ").startswith(FORMULA_STARTS) else cell for cell in cells]


def csv_of(columns: Iterable[str], rows: Iterable[Iterable[str | Decimal]]) -> bytes:
    """The table with harmless cells. The mark at the start tells Excel that it is Unicode.

    Only texts are made harmless: a number below zero stays a number.
    """
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(cell) for cell in row])
    return text.getvalue().encode("utf-8-sig")


def _cell(cell: str | Decimal) -> str:
    return format(cell, "f") if isinstance(cell, Decimal) else harmless([cell])[0]
