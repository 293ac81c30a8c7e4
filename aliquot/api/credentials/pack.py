"""The shapes of a declaration pack and of the audit drill; and the pack of the open cycle."""

from datetime import date, datetime
from typing import Annotated, Any

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from pydantic import Field

from aliquot.api.credentials.standing import READ
from aliquot.api.frame import Amount, ApiRequest, Area, Id, Shape
from aliquot.api.frame.files import Paper
from aliquot.credentials import access, queries
from aliquot.credentials.facts.closing import Drill, Sheet
from aliquot.credentials.models import HeldCredential
from aliquot.flows.audit_pack import AuditPack, open_pack
from aliquot.flows.close_cycle import Closing, closing_of, drill_of
from aliquot.infra.http.downloads import attached, private
from aliquot.interop.auditpack.archive import archive_name, sent
from aliquot.interop.auditpack.tables import sheet_csv, sheet_name

area = Area("Closing a cycle")


class ProvenBy(Shape):
    """What proves an activity: a certificate of this site by its code, or a proof by its id."""

    kind: str
    id: str
    name: str
    sha256: str
    media_type: str
    shows: list[str]


class SheetActivityLine(Shape):
    """An activity of a pack. `completed_on` null: points brought along."""

    id: str
    origin: str
    title: str
    provider: str
    completed_on: date | None
    area: str
    course_number: str
    agency_number: str
    papers: list[ProvenBy]


class SheetRowLine(Shape):
    """A line to type at the body, under its requirement."""

    activity: str
    requirement: str
    amount: Amount
    typed: Annotated[Amount, Field(description="How much of it you noted as typed.")]
    is_typed: bool


class SheetGroupLine(Shape):
    """A requirement in the body's order. Amounts null: the figure is not known."""

    id: str
    title: str
    needed: Amount | None
    counted: Amount | None
    missing: Amount | None
    rows: list[SheetRowLine]


class SheetLeftLine(Shape):
    """What does not count; `surplus` may stand in where a proof fails."""

    activity: str
    amount: Amount
    reason: str
    explain: str


class SheetShape(Shape):
    """A declaration pack: what to type at the body, in its order."""

    credential: str
    letters: str
    body: str
    account: Annotated[str, Field(description="Where at the body it is typed.")]
    files: Annotated[str, Field(description="What a holder does there: declare, renew, file.")]
    unit: str
    holder: str
    starts_on: date | None
    ends_on: date
    as_of: date
    declared_on: date | None
    confirmation_number: str
    needed: Amount | None
    counted: Amount
    missing: Amount | None
    surplus: Amount
    met: bool | None
    groups: list[SheetGroupLine]
    left: list[SheetLeftLine]
    activities: list[SheetActivityLine]
    warnings: list[str]

    @classmethod
    def of(cls, sheet: Sheet) -> "SheetShape":
        """The sheet with its activities once."""
        return cls.model_validate(sheet_members(sheet))


class PackShape(SheetShape):
    """The pack of the open cycle, as of now."""

    declaration_id: Annotated[
        Id | None, Field(description="Noted as declared already: that one holds.")
    ]


class FindingLine(Shape):
    """A record that would fail an audit, and why."""

    activity: str
    faults: list[str]
    not_shown: Annotated[list[str], Field(description="Facts that no paper of it shows.")]
    counted: Amount
    why: str


class StandInLine(Shape):
    """An activity of which more would count if the failing records fell away."""

    activity: str
    amount: Amount


class DrillShape(Shape):
    """What an audit would find today, most at stake first."""

    records: int
    passes: bool
    demonstrations: Annotated[int, Field(description="Certificates that no body takes.")]
    findings: list[FindingLine]
    at_stake: Annotated[Amount, Field(description="What the failing records count for.")]
    uncovered: Annotated[Amount, Field(description="What would be missing after stand-ins.")]
    stand_ins: list[StandInLine]

    @classmethod
    def of(cls, drill: Drill) -> "DrillShape":
        """As the drill found it."""
        return cls.model_validate(drill)


def sheet_members(sheet: Sheet) -> dict[str, Any]:
    """The members of a sheet by name: rows name their activities."""
    own = set(SheetShape.model_fields) - {"groups", "left", "activities"}
    return {name: getattr(sheet, name) for name in own} | {
        "groups": [
            {name: getattr(group, name) for name in ("id", "title", "needed", "counted", "missing")}
            | {
                "rows": [
                    _row(row, "requirement", "amount", "typed", "is_typed") for row in group.rows
                ]
            }
            for group in sheet.groups
        ],
        "left": [_row(row, "amount", "reason", "explain") for row in sheet.left],
        "activities": list(sheet.activities.values()),
    }


def _row(row: Any, *names: str) -> dict[str, Any]:
    return {"activity": row.activity.id} | {name: getattr(row, name) for name in names}


def csv_of(sheet: Sheet) -> HttpResponse:
    """A pack as a table."""
    return attached(sheet_csv(sheet), "text/csv", sheet_name(sheet, "csv"))


def archive_of(pack: AuditPack, *, now: datetime) -> HttpResponseBase:
    """An audit pack, sent while it is being made. Raises TooManyRequestsError."""
    response = StreamingHttpResponse(sent(pack, now=now), content_type="application/zip")
    return private(response, f"{archive_name(pack)}.zip")


@area.read("/me/credentials/{held_id}/pack", scope=READ, gives=PackShape)
def get_pack(request: ApiRequest, held_id: Id) -> PackShape:
    """The lines to type at the body for the open cycle, with what proves each."""
    found = _closing(request, held_id)
    declared = found.standing.declared
    return PackShape.model_validate(
        sheet_members(found.sheet) | {"declaration_id": declared.id if declared else None}
    )


@area.read("/me/credentials/{held_id}/pack/pdf", scope=READ, gives=None, media="application/pdf")
def get_pack_pdf(request: ApiRequest, held_id: Id, paper: Paper = "letter") -> HttpResponse:
    """The pack to print, on Letter or A4."""
    sheet = _closing(request, held_id).sheet
    content = queries.sheet_pdf(sheet, paper=paper, at=request.auth.now)
    return attached(content, "application/pdf", sheet_name(sheet, "pdf"))


@area.read("/me/credentials/{held_id}/pack/csv", scope=READ, gives=None, media="text/csv")
def get_pack_csv(request: ApiRequest, held_id: Id) -> HttpResponse:
    """The pack as a table."""
    return csv_of(_closing(request, held_id).sheet)


@area.read("/me/credentials/{held_id}/audit", scope=READ, gives=DrillShape)
def get_audit(request: ApiRequest, held_id: Id) -> DrillShape:
    """Which records of the open cycle would fail an audit today, and what could stand in."""
    return DrillShape.of(drill_of(_closing(request, held_id)))


@area.read("/me/credentials/{held_id}/audit/zip", scope=READ, gives=None, media="application/zip")
def get_audit_zip(request: ApiRequest, held_id: Id) -> HttpResponseBase:
    """Every proof of the open cycle with an index, as one archive. At most ten an hour."""
    now = request.auth.now
    return archive_of(open_pack(_closing(request, held_id), now=now), now=now)


def _closing(request: ApiRequest, held_id: int) -> Closing:
    held: HeldCredential = access.held_for(request.auth.person, held_id)
    return closing_of(held, now=request.auth.now)
