"""A file as rows of text: CSV or XLSX by content, within limits checked before reading."""

import csv
import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from aliquot.interop.activities.columns import folded, headings
from aliquot.lib.errors import AliquotError

MOST_BYTES = 2 * 1024 * 1024
MOST_ROWS = 1_000
MOST_COLUMNS = 60
LONGEST_CELL = 2_000
MOST_MEMBERS, MOST_UNPACKED = 200, 6 * 1024 * 1024
MOST_TAGS = 400_000  # of a workbook: each costs some microseconds, whatever it says
LOWEST_ROW = 20_000  # of a workbook: what stands further down was put there to hide or to harm
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_DELIMITERS = (",", ";", "\t")


class TableError(AliquotError):
    """The file as a whole cannot be read; the message says why and what is accepted."""

    code = "table_unreadable"


@dataclass(frozen=True, slots=True)
class Cell:
    """The text of a cell; ``trouble`` says why it cannot be taken, such as a formula."""

    text: str = ""
    trouble: str = ""


type Row = tuple[int, list[Cell]]


def rows_of(content: bytes) -> list[Row]:
    """Rows that are not empty, numbered as a spreadsheet shows them. Raises TableError.

    It may take a second or more, so no transaction should wait for it.
    """
    if len(content) > MOST_BYTES:
        raise TableError("The file is too large. Send at most 2 MB; divide a longer table.")
    if content.startswith(_OLD_EXCEL):
        raise TableError("This is an old Excel file (.xls). Save it as .xlsx or as CSV.")
    read = _xlsx_rows if content.startswith(b"PK") else _csv_rows
    rows: list[Row] = []
    for number, cells in read(content):
        if any(cell.text or cell.trouble for cell in cells) and not _is_remark(cells):
            rows.append((number, cells))
        if len(rows) > MOST_ROWS + 1:  # at once: the rest of a hostile table costs seconds
            raise TableError(f"The table has more than {MOST_ROWS:,} rows. Divide it.")
    return rows


def harmless(text: str) -> str:
    """A cell that no spreadsheet reads as a formula: an apostrophe stands before such a one."""
    return f"'{text}" if _would_calculate(text) else text


def unharmed(text: str) -> str:
    """The cell as it was before ``harmless``."""
    return text[1:] if text.startswith("'") and _would_calculate(text) else text


def _would_calculate(text: str) -> bool:
    return text.lstrip("' ").startswith(FORMULA_STARTS)


def _is_remark(cells: list[Cell]) -> bool:
    return cells[0].text.startswith("#") and not any(cell.text for cell in cells[1:])


def _csv_rows(content: bytes) -> Iterator[Row]:
    text = _decoded(content)
    delimiter = _delimiter_of(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for number, values in enumerate(reader, start=1):
            if len(values) > MOST_COLUMNS:
                raise TableError(f"Row {number} has more than {MOST_COLUMNS} columns.")
            yield number, [_checked(unharmed(value.strip())) for value in values] or [Cell()]
    except csv.Error as error:
        raise TableError(
            f"Line {reader.line_num} is not CSV: {error}. Save the table again as CSV UTF-8."
        ) from error


def _decoded(content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TableError(
            "The letters of this file cannot be read. Save it as “CSV UTF-8”, or as .xlsx."
        ) from error
    if "\0" in text:
        raise TableError("This is neither a CSV file nor an Excel workbook (.xlsx).")
    return text


def _delimiter_of(text: str) -> str:
    """The sign that divides the first line into most of the headings we know."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    known = headings()

    def fitting(sign: str) -> int:
        return sum(folded(name.strip(' "')) in known for name in first.split(sign))

    return max(_DELIMITERS, key=fitting)


def _xlsx_rows(content: bytes) -> Iterator[Row]:
    _check_archive(content)
    from openpyxl import load_workbook

    try:
        book = load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
        sheet: Any = book.worksheets[0]
        _check_reach(sheet.max_row or 0)
        sheet.reset_dimensions()  # what a file says of its own size may be too little
        found = sheet.iter_rows(max_row=LOWEST_ROW, max_col=MOST_COLUMNS)
        for number, cells in enumerate(found, start=1):
            yield number, [_from_excel(cell) for cell in cells] or [Cell()]
    except TableError:
        raise
    except Exception as error:  # whatever a broken workbook makes the library raise
        raise TableError("This Excel workbook cannot be read. Save it again, or as CSV.") from error


def _check_reach(lowest: int) -> None:
    if lowest > LOWEST_ROW:
        raise TableError(
            f"The sheet reaches below row {LOWEST_ROW:,}. Delete its empty rows, or save it as CSV."
        )


def _check_archive(content: bytes) -> None:
    """Sizes before unpacking, and no document type: neither bombs nor entities.

    Every member is looked through to its end: a part may have any name, and a long comment may
    stand before a document type.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            if len(members) > MOST_MEMBERS or sum(m.file_size for m in members) > MOST_UNPACKED:
                raise TableError("This Excel workbook unpacks to too much. Save it as CSV.")
            tags = sum(_checked_tags(archive.read(member)) for member in members)
    except (
        zipfile.BadZipFile,
        zlib.error,
        NotImplementedError,
        RuntimeError,
        EOFError,
        OSError,
    ) as error:
        raise TableError("This Excel workbook is damaged. Save it again, or as CSV.") from error
    if tags > MOST_TAGS:
        raise TableError("This Excel workbook holds too many cells. Save it as CSV.")


def _checked_tags(content: bytes) -> int:
    """How many tags a part has."""
    content = content.replace(b"\0", b"").lower()
    if b"<!doctype" in content or b"<!entity" in content:
        raise TableError("This Excel workbook holds a document type, which is refused.")
    return content.count(b"<")


def _from_excel(cell: Any) -> Cell:
    value = cell.value
    if value is None:
        return Cell()
    if cell.data_type == "f" or not isinstance(value, str | int | float | date):
        return Cell(trouble="is a formula; accepted: the value itself")
    if cell.data_type == "e":
        return Cell(trouble=f"holds the error {value}; accepted: a value")
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return Cell(value.isoformat())
    if isinstance(value, float):
        return Cell(str(int(value)) if value.is_integer() else repr(value))
    return _checked(str(value).strip())


def _checked(text: str) -> Cell:
    if len(text) > LONGEST_CELL:
        return Cell(trouble=f"is longer than {LONGEST_CELL:,} characters; accepted: less")
    return Cell(text)


def written(rows: Iterable[Iterable[str]]) -> str:
    """Rows as CSV that a spreadsheet opens without harm."""
    out = io.StringIO()
    writer = csv.writer(out)
    for row in rows:
        writer.writerow([harmless(cell) for cell in row])
    return out.getvalue()
