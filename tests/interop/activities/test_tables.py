"""A table of activities: what is written can be read again; what is wrong is named, row by row."""

import io
import zipfile
from contextlib import suppress
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from aliquot.catalog.data import approvals, areas
from aliquot.interop.activities import cells, writer
from aliquot.interop.activities.cells import TableError, harmless, unharmed
from aliquot.interop.activities.columns import COLUMNS
from aliquot.interop.activities.reader import Table, read_table
from aliquot.ledger.errors import InvalidActivityError
from aliquot.ledger.facts import KINDS, ActivityClaim, CreditPart
from aliquot.ledger.rules import checked

TODAY = date(2026, 11, 23)
HEADING = "date,title,provider,kind,amount,areas,split,approvals,course number,agency number"
GOOD = "2026-03-12,Blood bank update,Society,contact_hours,1.5,blood_bank,,pace,578-1,0001"


def read(text: str | bytes) -> Table:
    content = text.encode() if isinstance(text, str) else text
    return read_table(content, this_year=TODAY.year)


def judged(claim: ActivityClaim) -> ActivityClaim:
    return checked(claim, today=TODAY, areas=areas(), approvals=approvals())


def workbook(*rows: Any) -> bytes:
    book = Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


amounts = st.decimals(min_value="0.01", max_value="100", places=2)
named = st.lists(st.sampled_from(sorted(areas())), min_size=1, max_size=3, unique=True)
parts = st.builds(lambda amount, names: CreditPart(amount, tuple(names)), amounts, named)
titles = st.text(min_size=1, max_size=60) | st.sampled_from(
    ["=1+1", "+1", "-2", "@x", "'=1", "''=1", "# remark", '"quoted", with comma', "＝1", "Łódź; 木"]
)
claims = st.builds(
    ActivityClaim,
    title=titles,
    provider_name=titles,
    completed_on=st.dates(date(1950, 1, 1), TODAY),
    kind=st.sampled_from(KINDS),
    parts=st.lists(parts, min_size=1, max_size=4).map(tuple),
    approvals=st.none() | st.lists(st.sampled_from(sorted(approvals())), max_size=3).map(tuple),
    course_number=st.just("") | titles,
    agency_number=st.just("") | titles,
)


@given(st.lists(claims, min_size=1, max_size=5))
def test_what_is_exported_is_imported_the_same(said: list[ActivityClaim]) -> None:
    good = []
    for claim in said:
        try:
            good.append(judged(claim))
        except InvalidActivityError:  # signs that no title may have
            continue
    if not good:
        return
    table = read(writer.activities_csv(good))
    assert [row.problems for row in table.rows] == [{}] * len(good)
    assert [judged(row.claim) for row in table.rows] == good


@given(st.text(max_size=30) | st.sampled_from(["=1", "'=1", "' =1", "'", " -", "''+"]))
def test_no_cell_is_read_as_a_formula_and_none_is_changed(text: str) -> None:
    safe = harmless(text)
    assert not safe.lstrip(" ").startswith(cells.FORMULA_STARTS)
    assert unharmed(safe) == text


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_no_file_makes_the_reader_crash(content: bytes) -> None:
    for start in (b"", HEADING.encode() + b"\n", b"PK\x03\x04"):
        with suppress(TableError):
            read(start + content)


def test_a_row_says_what_its_cells_say() -> None:
    (row,) = read(f"{HEADING}\n{GOOD}\n").rows
    assert (row.number, row.problems) == (2, {})
    assert row.claim == ActivityClaim(
        title="Blood bank update",
        provider_name="Society",
        completed_on=date(2026, 3, 12),
        kind="contact_hours",
        amount=Decimal("1.5"),
        areas=("blood_bank",),
        approvals=("pace",),
        course_number="578-1",
        agency_number="0001",
    )


@pytest.mark.parametrize(
    "content",
    [
        f"{HEADING}\n{GOOD}\n".encode("utf-8-sig"),
        f"{HEADING}\r\n{GOOD}\r\n".replace(",", ";").encode(),
        f"{HEADING}\n{GOOD}\n".replace(",", "\t").encode(),
        f"\n\n{HEADING.upper()}\n{GOOD}\n# a remark\n".encode(),
        f"{HEADING.replace(' ', '_')}\n{GOOD}".encode(),
    ],
)
def test_marks_semicolons_tabs_and_remarks_do_not_matter(content: bytes) -> None:
    (row,) = read(content).rows
    assert (row.claim.title, row.claim.amount, row.problems) == (
        "Blood bank update",
        Decimal("1.5"),
        {},
    )


def test_words_are_taken_as_well_as_ids() -> None:
    text = (
        "completed on,course,sponsor,type,hours,subject,split,approval\n"
        '"March 12, 2026",T,P,Contact hours,1,Blood Bank | Immunology,,None\n'
        "3/12/26,T,P,CEUs,,,1 Blood bank; 0.5 Laboratory safety | safety_patient,P.A.C.E.\n"
        "2026-03-12,T,P,in-service,0.5,ethics,,\n"
    )
    first, second, third = read(text).rows
    assert (first.claim.areas, first.claim.approvals) == (("blood_bank", "immunology"), ())
    assert second.claim.parts == (
        CreditPart(Decimal(1), ("blood_bank",)),
        CreditPart(Decimal("0.5"), ("safety_lab", "safety_patient")),
    )
    assert (second.claim.kind, second.claim.approvals) == ("ceu", ("pace",))
    assert (third.claim.kind, third.claim.approvals) == ("in_service", None)
    assert {row.claim.completed_on for row in (first, second, third)} == {date(2026, 3, 12)}


def test_every_problem_of_every_row_is_named_at_once() -> None:
    text = f"{HEADING}\n13/45/2026,,P,alchemy,0.15x,blod_bank,1,nobody,,\n{GOOD}\n"
    wrong, good = read(text).rows
    assert (wrong.number, good.number, good.problems) == (2, 3, {})
    assert wrong.problems == {
        "completed_on": "“13/45/2026” is no date; accepted: 2026-03-12, 3/12/2026 or "
        "March 12, 2026.",
        "kind": "“alchemy” is no kind; accepted: contact_hours, ceu, semester_hours, "
        "quarter_hours, in_service, points, covid_work, staff_meeting.",
        "amount": "“0.15x” is no number; accepted: a number with a decimal point, such as 1.5.",
        "areas": "“blod_bank” is no subject area we know; accepted: the names in the template, "
        "such as blood_bank, blood_bank_donor.",
        "parts": "“1” is no line of a split; accepted: an amount and subject areas, such as "
        "0.5 safety_lab.",
        "approvals": "“nobody” is no approval we know; accepted: the names in the template, such "
        "as pace, cmle, accme.",
    }


def test_a_decimal_comma_is_refused_and_never_taken_for_thousands() -> None:
    (row,) = read(f"{HEADING}\n{GOOD}".replace(",", ";").replace("1.5", "0,15")).rows
    assert list(row.problems) == ["amount"]
    (row,) = read(f"{HEADING}\n{GOOD}".replace(",", ";").replace("1.5", "1,250.5")).rows
    assert row.claim.amount == Decimal("1250.5")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (HEADING.encode(), "no rows"),
        (b"title,kind\nx,y", "Missing columns: date, provider, amount"),
        (f"{HEADING},title\n{GOOD}".encode(), "there twice"),
        (f"{HEADING}\n{GOOD}".encode("utf-16"), "cannot be read"),
        (f"{HEADING}\nMénd".encode("latin-1"), "CSV UTF-8"),
        (b"\xd0\xcf\x11\xe0" + bytes(100), "old Excel"),
        (b"PK\x03\x04 but no archive", "damaged"),
        (f'{HEADING}\n"never closed'.encode(), "Line 2 is not CSV"),
        (b"x" * (cells.MOST_BYTES + 1), "too large"),
        ((HEADING + f"\n{GOOD}" * 1001).encode(), "more than 1,000 rows"),
        (("a," * 70 + "\n").encode(), "more than 60 columns"),
        (b"date\0,title", "neither a CSV"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(content: bytes, words: str) -> None:
    with pytest.raises(TableError, match=words):
        read(content)


def test_a_thousand_rows_are_taken() -> None:
    assert len(read(HEADING + f"\n{GOOD}" * 1000).rows) == 1000


def test_columns_that_nobody_knows_are_named() -> None:
    assert read(f"{HEADING},color\n{GOOD},red").ignored == ("color",)


def test_a_workbook_is_read_with_its_dates_and_numbers() -> None:
    content = workbook(
        ["date", "title", "provider", "kind", "amount", "areas"],
        [datetime(2026, 3, 12), "Update", "Society", "ceu", 0.15, "blood_bank"],  # noqa: DTZ001
        [],
        [date(2026, 3, 13), 101, "Society", "contact_hours", 2, "ethics"],
    )
    first, second = read(content).rows
    assert (first.number, first.claim.completed_on, first.claim.amount, first.problems) == (
        2,
        date(2026, 3, 12),
        Decimal("0.15"),
        {},
    )
    assert (second.number, second.claim.title, second.claim.amount) == (4, "101", Decimal(2))


def test_a_formula_is_refused_in_its_cell() -> None:
    content = workbook(
        ["date", "title", "provider", "kind", "amount", "areas"],
        ["2026-03-12", '=HYPERLINK("http://evil.example","x")', "P", "ceu", "=1+1", "ethics"],
    )
    (row,) = read(content).rows
    assert row.problems["title"] == "The cell is a formula; accepted: the value itself."
    assert "amount" in row.problems


def test_a_workbook_that_reaches_too_far_down_is_refused() -> None:
    book = Workbook()
    assert book.active is not None
    book.active.append(["date", "title", "provider", "kind", "amount"])
    book.active.cell(row=30_000, column=1, value="2026-03-12")
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(TableError, match="below row 20,000"):
        read(out.getvalue())


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (cells.MOST_UNPACKED + 1))
    assert len(out.getvalue()) < cells.MOST_BYTES
    with pytest.raises(TableError, match="unpacks to too much"):
        read(out.getvalue())


def test_a_sheet_of_countless_cells_is_refused_before_it_is_read() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"<row>" + b"<c/>" * cells.MOST_TAGS)
    assert len(out.getvalue()) < 10_000
    with pytest.raises(TableError, match="too many cells"):
        read(out.getvalue())


@pytest.mark.parametrize("coding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("before", ["", f"<!--{'x' * 5000}-->"])
@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "any.bin"])
def test_a_workbook_with_a_document_type_is_refused(coding: str, before: str, part: str) -> None:
    good = io.BytesIO(workbook(["date"]))
    out = io.BytesIO()
    with zipfile.ZipFile(good) as archive, zipfile.ZipFile(out, "w") as bad:
        for member in archive.infolist():
            if member.filename != part:
                bad.writestr(member, archive.read(member))
        bad.writestr(part, f'{before}<!DOCTYPE x [<!ENTITY a "b">]><x/>'.encode(coding))
    with pytest.raises(TableError, match="document type"):
        read(out.getvalue())


def test_the_templates_name_every_column_and_hold_no_row() -> None:
    headings = [column.heading for column in COLUMNS]
    with pytest.raises(TableError, match="no rows"):
        read(writer.template_csv())
    first = writer.template_csv().decode("utf-8-sig").splitlines()[0]
    assert first.split(",") == headings
    book = load_workbook(io.BytesIO(writer.template_xlsx()))
    assert book.sheetnames == ["Activities", "Explanation", "Names"]
    assert [cell.value for cell in book.worksheets[0][1]] == headings
    with pytest.raises(TableError, match="no rows"):
        read(writer.template_xlsx())


def test_an_export_holds_nothing_a_spreadsheet_would_calculate() -> None:
    claim = judged(
        ActivityClaim(
            title="=cmd|' /C calc'!A0",
            provider_name="@SUM(1)",
            completed_on=TODAY - timedelta(1),
            kind="ceu",
            amount=Decimal("0.1"),
            areas=("ethics",),
        )
    )
    row = writer.activities_csv([claim]).decode("utf-8-sig").splitlines()[1]
    assert row.startswith("2026-11-22,'=cmd|' /C calc'!A0,'@SUM(1),ceu,0.1,ethics,")
