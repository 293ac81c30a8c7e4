"""Tables that a holder sent: each row with its problems and with what it looks like."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from aliquot.ledger import rules
from aliquot.ledger.facts import ActivityClaim, CreditPart, EarnedActivity, ImportedRow
from aliquot.ledger.models import ActivityImport
from aliquot.ledger.queries.earned import activities_of
from aliquot.lib.decimals import shortest

type Known = EarnedActivity | ActivityClaim


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A row and the titles of what it may repeat: in the ledger, or further up in the table."""

    row: ImportedRow
    looks_like: tuple[str, ...]

    @property
    def is_good(self) -> bool:
        """Whether it can be entered."""
        return not self.row.problems


def import_report(sent: ActivityImport) -> list[ReportRow]:
    """Every row as it was judged; what it looks like is asked now, of what the ledger holds now."""
    known: dict[date, list[Known]] = defaultdict(list)
    if sent.confirmed_at is None:  # afterwards each row would look like itself
        for activity in activities_of(sent.person):
            known[activity.completed_on].append(activity)
    report = []
    for row in map(_row, sent.rows):
        day = row.claim.completed_on
        alike = [] if row.problems else rules.lookalikes(row.claim.title, day, known[day])
        report.append(ReportRow(row, tuple(each.title for each in alike)))
        if not row.problems:
            known[day].append(row.claim)
    return report


def plain_rows(rows: Iterable[ImportedRow]) -> list[dict[str, Any]]:
    """Rows as plain data, amounts as text."""
    return [
        {"number": row.number, "claim": _plain(row.claim), "problems": dict(row.problems)}
        for row in rows
    ]


def _plain(claim: ActivityClaim) -> dict[str, Any]:
    return {
        "title": claim.title,
        "provider_name": claim.provider_name,
        "completed_on": claim.completed_on.isoformat(),
        "kind": claim.kind,
        "amount": None if claim.amount is None else _text(claim.amount),
        "areas": claim.areas,
        "parts": [[_text(part.amount), part.areas] for part in claim.parts],
        "approvals": claim.approvals,
        "course_number": claim.course_number,
        "agency_number": claim.agency_number,
    }


def _text(amount: Decimal) -> str:
    """Exact, and short even where somebody wrote 1E+400000."""
    return shortest(amount) if amount.is_finite() and abs(amount.adjusted()) < 20 else str(amount)


def _row(plain: dict[str, Any]) -> ImportedRow:
    said = plain["claim"]
    claim = ActivityClaim(
        title=said["title"],
        provider_name=said["provider_name"],
        completed_on=date.fromisoformat(said["completed_on"]),
        kind=said["kind"],
        amount=None if said["amount"] is None else Decimal(said["amount"]),
        areas=tuple(said["areas"]),
        parts=tuple(CreditPart(Decimal(amount), tuple(areas)) for amount, areas in said["parts"]),
        approvals=None if said["approvals"] is None else tuple(said["approvals"]),
        course_number=said["course_number"],
        agency_number=said["agency_number"],
    )
    return ImportedRow(plain["number"], claim, plain["problems"])
