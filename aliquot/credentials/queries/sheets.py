"""From a snapshot, of today or stored, to the sheet that a person types from."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from aliquot.credentials.adapters import sheet_documents
from aliquot.credentials.facts import Confirmed, Source
from aliquot.credentials.facts.closing import (
    OPENING_BALANCE,
    Paper,
    PaperKind,
    Sheet,
    SheetActivity,
    SheetGroup,
    SheetLeft,
    SheetRow,
    SheetRules,
    Snapshot,
)
from aliquot.credentials.queries.wording import reason

type _Row = Mapping[str, Any]


def sheet_of(snapshot: Snapshot) -> Sheet:
    """The lines in the order of the requirements, each oldest first, and what is left over."""
    verdict, held, credential = snapshot["verdict"], snapshot["held"], snapshot["credential"]
    activities = {row["id"]: activity_of(row) for row in snapshot["activities"]}
    window = verdict["window"]
    return Sheet(
        credential=credential["id"],
        letters=credential["letters"],
        title=credential["title"],
        body=credential["body"],
        body_name=credential["body_name"],
        account=credential["account"],
        files=credential["files"],
        kind=credential["kind"],
        unit=credential["unit"],
        holder=snapshot["holder"]["name"],
        ends_on=date.fromisoformat(held["cycle_ends_on"]),
        starts_on=date.fromisoformat(window["starts_on"]) if window else None,
        as_of=date.fromisoformat(snapshot["as_of"]),
        declared_on=day_of(snapshot["declared_on"]),
        confirmation_number=snapshot["confirmation_number"],
        needed=amount_of(verdict["needed"]),
        counted=Decimal(verdict["counted"]),
        missing=amount_of(verdict["missing"]),
        surplus=Decimal(verdict["surplus"]),
        met=verdict["met"],
        groups=_groups(snapshot, activities),
        left=tuple(
            SheetLeft(
                activities[row["activity"]],
                Decimal(row["amount"]),
                row["reason"],
                reason(row["explain"]),
            )
            for row in verdict["not_counted"]
        ),
        rules=_rules(snapshot["rules"]),
        warnings=tuple(verdict["warnings"]),
        activities=activities,
    )


def sheet_pdf(sheet: Sheet, *, paper: str, at: datetime) -> bytes:
    """The sheet as a tagged PDF on ``letter`` or ``a4`` paper; ``at`` is when it was drawn."""
    return sheet_documents.sheet_pdf(sheet, paper=paper, at=at)


def activity_of(row: _Row) -> SheetActivity:
    """One activity of a snapshot."""
    is_opening = row["origin"] == OPENING_BALANCE
    return SheetActivity(
        id=row["id"],
        origin=row["origin"],
        title=row["title"],
        provider=row["provider"],
        completed_on=None if is_opening else date.fromisoformat(row["completed_on"]),
        kind=row["kind"],
        area=row["parts"][0]["areas"][0],
        course_number=row["course_number"],
        agency_number=row["agency_number"],
        papers=tuple(map(paper_of, row["papers"])),
    )


def paper_of(row: _Row) -> Paper:
    """One paper of a snapshot."""
    return Paper(
        kind=PaperKind(row["kind"]),
        id=row["id"],
        name=row["name"],
        sha256=row["sha256"],
        media_type=row["media_type"],
        shows=tuple(row["shows"]),
        license_states=tuple(row["license_states"]),
        participant=row["participant"],
        is_demonstration=row["is_demonstration"],
    )


def amount_of(text: str | None) -> Decimal | None:
    """An amount of a snapshot; None: not known."""
    return None if text is None else Decimal(text)


def day_of(text: str | None) -> date | None:
    """A day of a snapshot, or None."""
    return None if text is None else date.fromisoformat(text)


def _groups(snapshot: Snapshot, activities: Mapping[str, SheetActivity]) -> tuple[SheetGroup, ...]:
    typed: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for pin in snapshot["pins"]:
        typed[pin["activity"], pin["requirement"]] += Decimal(pin["amount"])
    rows: dict[str, list[SheetRow]] = defaultdict(list)
    for line in _oldest_first(snapshot["verdict"]["allocations"], activities):
        key = line["activity"], line["requirement"]
        amount = Decimal(line["amount"])
        rows[line["requirement"]].append(
            SheetRow(
                activity=activities[line["activity"]],
                requirement=line["requirement"],
                amount=amount,
                typed=min(typed[key], amount),
            )
        )
    return tuple(
        SheetGroup(
            id=line["id"],
            title=line["title"],
            needed=amount_of(line["needed"]),
            counted=amount_of(line["counted"]),
            missing=amount_of(line["missing"]),
            rows=tuple(rows[line["id"]]),
        )
        for line in snapshot["verdict"]["requirements"]
    )


def _oldest_first(lines: Iterable[_Row], activities: Mapping[str, SheetActivity]) -> list[_Row]:
    """By day; points brought along, of which no day is known, stand first."""
    return sorted(lines, key=lambda line: activities[line["activity"]].completed_on or date.min)


def _rules(rules: _Row) -> SheetRules:
    sources = rules["sources"]
    return SheetRules(
        renewals_from=day_of(rules["renewals_from"]),
        renewals_to=day_of(rules["renewals_to"]),
        last_verified=date.fromisoformat(rules["last_verified"]),
        confirmed=Confirmed(rules["confirmed"]),
        sources=tuple(
            Source(source_id, sources[source_id]["where"], sources[source_id]["dated"])
            for source_id in rules["cited"]
        ),
    )
