"""Credentials held: added, corrected, renewed into the next cycle, removed."""

from collections import defaultdict
from datetime import date
from typing import Annotated, Any

from pydantic import Field

from aliquot.api.credentials.standing import READ
from aliquot.api.frame import (
    Amount,
    ApiRequest,
    Area,
    Id,
    Limit,
    Listed,
    Shape,
    Start,
    Taken,
    after,
)
from aliquot.api.frame.shapes import CodeIn, DayIn, Flag, Line
from aliquot.credentials import access, queries, services
from aliquot.credentials.errors import InvalidClaimError, UnknownCredentialError
from aliquot.credentials.facts import Pack
from aliquot.credentials.models import Cycle, HeldCredential
from aliquot.credentials.queries import CycleStanding
from aliquot.credentials.queries.wording import taken_areas
from aliquot.lib.dates import day_in_zone

area = Area("Credentials")
WRITE = "credentials:write"
NOT_ASKED = "This credential does not ask for it."


class CycleShape(Shape):
    """The period of one renewal; `closed_on` null: it is going on."""

    id: Id
    ends_on: date
    time_zone: str
    first_renewal: bool
    closed_on: date | None


class HeldShape(Shape):
    """A credential that you hold, with what its rules depend on."""

    id: Id
    credential: str
    title: str
    first_certified_on: date | None
    formerly_nca: bool
    international: bool
    expired: bool
    licensed_on: date | None
    specialties: list[str]
    roles: list[str]
    cycles: list[CycleShape]

    @classmethod
    def of(cls, held: HeldCredential) -> "HeldShape":
        """With its cycles, which must be loaded."""
        own = [name for name in cls.model_fields if name not in {"title", "cycles"}]
        return cls(
            **{name: getattr(held, name) for name in own},
            title=queries.pack_of(held.credential).title,
            cycles=[_cycle(each) for each in held.cycles.all()],
        )


def _cycle(cycle: Cycle) -> CycleShape:
    closed = cycle.closed_at
    return CycleShape(
        id=cycle.pk,
        ends_on=cycle.ends_on,
        time_zone=cycle.time_zone,
        first_renewal=cycle.first_renewal,
        closed_on=day_in_zone(closed, cycle.time_zone) if closed else None,
    )


@area.read("/me/credentials", scope=READ, gives=Listed[HeldShape])
def list_held(request: ApiRequest, cursor: Start = "", limit: Limit = 25) -> Listed[HeldShape]:
    """The credentials you hold, with every cycle, the newest first."""
    found = list(queries.held_by(request.auth.person))
    piece, following = after(found, cursor, limit, key=lambda each: str(each.pk))
    return Listed(items=[HeldShape.of(each) for each in piece], next=following)


class CountedPart(Shape):
    """What of an activity counts toward a requirement, and why."""

    activity: str
    title: str
    amount: Amount
    because: str


class HeldRequirement(Shape):
    """One requirement of the open cycle, as its page shows it. Amounts null: not known."""

    id: str
    title: str
    needed: Amount | None
    counted: Amount | None
    missing: Amount | None
    finish_by: Annotated[
        date | None,
        Field(description="The last sensible day; null: nothing is missing, or no day presses."),
    ]
    fills: Annotated[str, Field(description="Which subject areas fill it, in words.")]
    counts: list[CountedPart]


class HeldDetail(HeldShape):
    """A credential that you hold, with what its open cycle still needs and why."""

    finish_by: Annotated[date | None, Field(description="The last sensible day of the cycle.")]
    requirements: list[HeldRequirement]


@area.read("/me/credentials/{held_id}", scope=READ, gives=HeldDetail)
def get_held(request: ApiRequest, held_id: Id) -> HeldDetail:
    """One credential you hold: what each requirement still needs, by when, and why."""
    held = access.held_for(request.auth.person, held_id)
    standing = queries.standing_of(held, now=request.auth.now)
    return HeldDetail(
        **HeldShape.of(held).model_dump(),
        finish_by=standing.verdict.finish_by,
        requirements=_requirements(standing),
    )


def _requirements(standing: CycleStanding) -> list[HeldRequirement]:
    verdict, counts = standing.verdict, defaultdict(list)
    for record in standing.records:
        for part in record.counted:
            counts[part.requirement].append(
                CountedPart(
                    activity=part.activity,
                    title=record.activity.title,
                    amount=part.amount,
                    because=part.because,
                )
            )
    return [
        HeldRequirement(
            id=line.id,
            title=line.title,
            needed=line.needed,
            counted=line.counted,
            missing=line.missing,
            finish_by=None if line.missing == 0 else verdict.finish_by,
            fills=taken_areas(line.accepts, standing.pack),
            counts=counts[line.id],
        )
        for line in verdict.requirements
    ]


class ClaimIn(Taken):
    """What you say about a credential. `get_credential` tells what it asks; the rest is refused."""

    ends_on: Annotated[DayIn, Field(description="When the cycle ends, as the body says.")]
    first_certified_on: Annotated[
        DayIn | None, Field(description="By the body itself. null: not known.")
    ] = None
    formerly_nca: Annotated[
        Flag, Field(description="Certified by the NCA before it joined ASCP in October 2009.")
    ] = False
    international: Flag = False
    expired: Flag = False
    first_renewal: Flag = False
    licensed_on: Annotated[DayIn | None, Field(description="For a first renewal.")] = None
    specialties: Annotated[
        list[Line], Field(max_length=40, description="Those that count this time.")
    ] = []
    roles: Annotated[list[Line], Field(max_length=40)] = []

    def claim(self, pack: Pack, *, today: date) -> dict[str, Any]:
        """As the deeds take it. Raises InvalidClaimError for what the credential never asks."""
        asked = queries.questions_of(pack, today=today)
        known = {
            "first_certified_on": asked.certified,
            "formerly_nca": asked.former_nca,
            "international": asked.international,
            "expired": asked.expired,
            "first_renewal": asked.first_renewal,
            "licensed_on": asked.licensed_on and self.first_renewal,
        }
        said = {name: getattr(self, name) for name in ClaimIn.model_fields}
        problems = {
            name: NOT_ASKED for name, is_known in known.items() if said[name] and not is_known
        }
        if problems:
            raise InvalidClaimError(problems)
        return said


class HeldIn(ClaimIn):
    """A credential to add."""

    credential: Annotated[CodeIn, Field(description="Its id in `list_credentials`.")]


class NextCycle(Taken):
    """The cycle after the one that is going on."""

    ends_on: DayIn


@area.deed("/me/credentials", scope=WRITE, gives=HeldShape, status=201)
def add_held(request: ApiRequest, body: HeldIn) -> HeldShape:
    """Add a credential that you hold, and its cycle that is going on.

    Said again alike, it is the one that is there. 422 `invalid_claim` names every member in
    `problems`.
    """
    key = request.auth
    try:
        pack = queries.pack_of(body.credential)
    except UnknownCredentialError as error:
        known = "Choose a credential of the list."
        raise InvalidClaimError({"credential": known}) from error
    held = services.add_credential(
        person=key.person,
        credential=pack.id,
        now=key.now,
        actor_id=key.person.pk,
        **body.claim(pack, today=_today(request)),
    )
    return HeldShape.of(access.held_for(key.person, held.pk))


@area.deed("/me/credentials/{held_id}", scope=WRITE, gives=HeldShape, method="PUT")
def correct_held(request: ApiRequest, held_id: Id, body: ClaimIn) -> HeldShape:
    """Say anew what holds of a credential and its open cycle; what is left out is none."""
    key = request.auth
    held = access.held_for(key.person, held_id)
    pack = queries.pack_of(held.credential)
    services.correct_credential(
        held=held,
        now=key.now,
        actor_id=key.person.pk,
        **body.claim(pack, today=_today(request)),
    )
    return HeldShape.of(access.held_for(key.person, held_id))


@area.deed("/me/credentials/{held_id}/next", scope=WRITE, gives=HeldShape)
def start_next_cycle(request: ApiRequest, held_id: Id, body: NextCycle) -> HeldShape:
    """Close the open cycle and begin the next, which ends later. Nothing carries over.

    A specialty that you left out because it was new counts from now on: correct the credential.
    """
    key = request.auth
    held = access.held_for(key.person, held_id)
    services.start_next_cycle(held=held, ends_on=body.ends_on, now=key.now, actor_id=key.person.pk)
    return HeldShape.of(access.held_for(key.person, held_id))


@area.deed("/me/credentials/{held_id}/remove", scope=WRITE, gives=None, status=204)
def remove_held(request: ApiRequest, held_id: Id) -> None:
    """Stop following a credential. Courses, certificates and activities stay."""
    key = request.auth
    held = access.held_for(key.person, held_id)
    services.remove_credential(held=held, now=key.now, actor_id=key.person.pk)


def _today(request: ApiRequest) -> date:
    return day_in_zone(request.auth.now, request.auth.person.time_zone)
