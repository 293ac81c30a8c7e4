"""Activities written as the table that can be read again, and the template to fill in."""

import io
from collections.abc import Iterable

from aliquot.catalog.data import approvals, areas
from aliquot.interop.activities.cells import written
from aliquot.interop.activities.columns import COLUMNS
from aliquot.ledger.facts import ActivityClaim, CreditPart
from aliquot.lib.decimals import shortest

_HEADING = tuple(column.heading for column in COLUMNS)


def activities_csv(claims: Iterable[ActivityClaim]) -> bytes:
    """Activities as CSV; ``claims`` have their credit in parts."""
    rows = [_HEADING, *(_cells(claim) for claim in claims)]
    # The mark at the start tells Excel that the letters are Unicode.
    return written(rows).encode("utf-8-sig")


def template_csv() -> bytes:
    """The heading, and what each column holds in remarks that are not read."""
    remarks = [(f"# {heading}: {holds}",) for heading, holds in _explained()]
    return written([_HEADING, *remarks]).encode("utf-8-sig")


def template_xlsx() -> bytes:
    """A sheet to fill in, one that explains the columns, one with the names of areas."""
    from openpyxl import Workbook
    from openpyxl.styles import Font

    book = Workbook()
    sheet = book.active or book.create_sheet()
    sheet.title = "Activities"
    sheet.append(_HEADING)
    help_sheet = book.create_sheet("Explanation")
    help_sheet.append(("column", "what it holds", "example"))
    for column in COLUMNS:
        needed = " (required)" if column.is_required else ""
        help_sheet.append((column.heading, column.holds + needed, column.example))
    names = book.create_sheet("Names")
    names.append(("subject area", "in words", "approval", "in words"))
    listed, approved = list(areas().values()), list(approvals().items())
    for place, area in enumerate(listed):
        more = approved[place] if place < len(approved) else ("", "")
        names.append((area.id, area.title, *more))
    for each in book.worksheets:
        for cell in each[1]:
            cell.font = Font(bold=True)
        each.freeze_panes = "A2"
        for letter in "ABCDEFGHIJ":
            each.column_dimensions[letter].width = 24
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _explained() -> list[tuple[str, str]]:
    lines = [(column.heading, column.holds) for column in COLUMNS]
    return [
        *lines,
        ("subject areas", ", ".join(areas())),
        ("approvals", ", ".join(approvals())),
        ("remarks", "lines that begin with # are not read; delete them if you like"),
    ]


def _cells(claim: ActivityClaim) -> tuple[str, ...]:
    one = claim.parts[0] if len(claim.parts) == 1 else None
    approved = "" if claim.approvals is None else " | ".join(claim.approvals) or "none"
    return (
        claim.completed_on.isoformat(),
        claim.title,
        claim.provider_name,
        claim.kind,
        shortest(one.amount) if one else "",
        " | ".join(one.areas) if one else "",
        "" if one else "; ".join(map(_part, claim.parts)),
        approved,
        claim.course_number,
        claim.agency_number,
    )


def _part(part: CreditPart) -> str:
    return f"{shortest(part.amount)} {' | '.join(part.areas)}"
