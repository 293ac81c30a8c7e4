"""Declaring a cycle, checked before; what was declared, frozen, with its files and its audit."""

from datetime import date
from typing import Annotated

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from pydantic import Field

from aliquot.api.credentials.held import WRITE
from aliquot.api.credentials.pack import DrillShape, SheetShape, archive_of, csv_of
from aliquot.api.credentials.standing import READ
from aliquot.api.frame import ApiRequest, Area, Id, Limit, Listed, Shape, Start, Taken, paged
from aliquot.api.frame.files import Paper
from aliquot.api.frame.shapes import DayIn, DayQuery, Line
from aliquot.credentials import access, queries, services
from aliquot.credentials.errors import InvalidClaimError
from aliquot.credentials.models import Declaration
from aliquot.flows.audit_pack import declared_pack
from aliquot.flows.close_cycle import (
    closing_on,
    declare_as_checked,
    drill_of,
    drill_of_declaration,
)
from aliquot.infra.http.downloads import attached
from aliquot.interop.auditpack.tables import sheet_name
from aliquot.lib.dates import day_in_zone

area = Area("Closing a cycle")
ALL = "/me/credentials/{held_id}/declarations"
ONE = ALL + "/{declaration_id}"
Digest = Annotated[Line, Field(pattern=r"^[0-9a-f]{64}$")]


class CheckShape(Shape):
    """Everything that would be kept if you declared on that day."""

    checked: Annotated[str, Field(description="Send it with the declaration.")]
    sheet: SheetShape
    audit: DrillShape


class DeclareIn(Taken):
    """That you declared at the body, as you checked it before."""

    declared_on: DayIn
    confirmation_number: Annotated[Line, Field(max_length=80)] = ""
    checked: Annotated[Digest, Field(description="As `check_declaration` gave it for that day.")]


class DeclarationShape(Shape):
    """What you noted as declared, frozen as it was. `withdrawn_on` null: it holds."""

    id: Id
    held_id: Id
    cycle_ends_on: date
    declared_on: date
    confirmation_number: str
    recorded_on: date
    withdrawn_on: date | None
    digest: Annotated[str, Field(description="The hash of what is kept.")]

    @classmethod
    def of(cls, found: Declaration) -> "DeclarationShape":
        """Without its sheet. Days are those of the cycle's zone."""
        zone, withdrawn = found.cycle.time_zone, found.withdrawn_at
        return cls(
            id=found.pk,
            held_id=found.cycle.held_id,
            cycle_ends_on=found.cycle.ends_on,
            declared_on=found.declared_on,
            confirmation_number=found.confirmation_number,
            recorded_on=day_in_zone(found.recorded_at, zone),
            withdrawn_on=day_in_zone(withdrawn, zone) if withdrawn else None,
            digest=found.snapshot_hash,
        )


class DeclarationDetail(DeclarationShape):
    """A declaration with its pack."""

    sheet: SheetShape


@area.read(ALL, scope=READ, gives=Listed[DeclarationShape])
def list_declarations(
    request: ApiRequest, held_id: Id, cursor: Start = "", limit: Limit = 25
) -> Listed[DeclarationShape]:
    """Everything you noted as declared of a credential, the newest first, withdrawn ones too."""
    held = access.held_for(request.auth.person, held_id)
    rows, following = paged(queries.declarations_of(held), cursor, limit)
    return Listed(items=[DeclarationShape.of(row) for row in rows], next=following)


@area.read("/me/credentials/{held_id}/declaration-check", scope=READ, gives=CheckShape)
def check_declaration(request: ApiRequest, held_id: Id, declared_on: DayQuery) -> CheckShape:
    """Look at what declaring on a day would keep: the pack by then, and what an audit would find.

    Nothing is noted. Read it, then declare with its `checked`.
    """
    held = access.held_for(request.auth.person, held_id)
    today = day_in_zone(request.auth.now, access.open_cycle_of(held).time_zone)
    if declared_on > today:
        raise InvalidClaimError({"declared_on": "Check the date: it is in the future."})
    found = closing_on(held, day=declared_on)
    return CheckShape(
        checked=queries.digest_of(found.snapshot),
        sheet=SheetShape.of(found.sheet),
        audit=DrillShape.of(drill_of(found)),
    )


@area.deed(ALL, scope=WRITE, gives=DeclarationShape, status=201)
def declare_cycle(request: ApiRequest, held_id: Id, body: DeclareIn) -> DeclarationShape:
    """Note that you declared at the body; nothing here reaches it.

    Said again alike, it is the one that is there. 409 `changed_since_check`: what would be kept is
    not what you checked.
    """
    key = request.auth
    made = declare_as_checked(
        held=access.held_for(key.person, held_id),
        checked=body.checked,
        declared_on=body.declared_on,
        confirmation_number=body.confirmation_number,
        now=key.now,
        actor_id=key.person.pk,
    )
    return DeclarationShape.of(access.declaration_for(key.person, held_id, made.pk))


@area.read(ONE, scope=READ, gives=DeclarationDetail)
def get_declaration(request: ApiRequest, held_id: Id, declaration_id: Id) -> DeclarationDetail:
    """One declaration with its pack, as it was that day."""
    found = _own(request, held_id, declaration_id)
    sheet = SheetShape.of(queries.sheet_of(found.snapshot))
    return DeclarationDetail(**DeclarationShape.of(found).model_dump(), sheet=sheet)


@area.read(ONE + "/pdf", scope=READ, gives=None, media="application/pdf")
def get_declaration_pdf(
    request: ApiRequest, held_id: Id, declaration_id: Id, paper: Paper = "letter"
) -> HttpResponse:
    """The declared pack to print: the same bytes every time."""
    found = _own(request, held_id, declaration_id)
    sheet = queries.sheet_of(found.snapshot)
    content = queries.sheet_pdf(sheet, paper=paper, at=found.recorded_at)
    return attached(content, "application/pdf", sheet_name(sheet, "pdf"))


@area.read(ONE + "/csv", scope=READ, gives=None, media="text/csv")
def get_declaration_csv(request: ApiRequest, held_id: Id, declaration_id: Id) -> HttpResponse:
    """The declared pack as a table."""
    return csv_of(queries.sheet_of(_own(request, held_id, declaration_id).snapshot))


@area.read(ONE + "/audit", scope=READ, gives=DrillShape)
def get_declaration_audit(request: ApiRequest, held_id: Id, declaration_id: Id) -> DrillShape:
    """What an audit of a declaration would find, with the papers there are today."""
    return DrillShape.of(drill_of_declaration(_own(request, held_id, declaration_id)))


@area.read(ONE + "/zip", scope=READ, gives=None, media="application/zip")
def get_declaration_zip(request: ApiRequest, held_id: Id, declaration_id: Id) -> HttpResponseBase:
    """Every proof of what was declared with an index, as one archive. At most ten an hour."""
    pack = declared_pack(_own(request, held_id, declaration_id))
    return archive_of(pack, now=request.auth.now)


@area.deed(ONE + "/withdraw", scope=WRITE, gives=None, status=204)
def withdraw_declaration(request: ApiRequest, held_id: Id, declaration_id: Id) -> None:
    """Say that it was noted by mistake. What was noted stays in your records."""
    key = request.auth
    services.withdraw_declaration(
        declaration=_own(request, held_id, declaration_id), now=key.now, actor_id=key.person.pk
    )


def _own(request: ApiRequest, held_id: int, declaration_id: int) -> Declaration:
    return access.declaration_for(request.auth.person, held_id, declaration_id)
