"""Credentials whose rules this site knows, and what each asks its holder."""

from datetime import date
from typing import Annotated

from django.http import HttpRequest
from pydantic import Field

from aliquot.api.frame import Amount, Area, Code, Limit, Listed, Shape, Start, after
from aliquot.credentials import queries
from aliquot.credentials.errors import UnknownCredentialError
from aliquot.credentials.facts import Pack
from aliquot.credentials.queries import Served
from aliquot.infra import clock
from aliquot.lib.errors import NotFoundError

area = Area("Credentials")


class CredentialLine(Shape):
    """A certification or license whose rules this site knows."""

    id: str
    letters: str
    title: str
    body: str
    unit: str
    total: Annotated[Amount | None, Field(description="Of one cycle; null: not known.")]
    cycle_years: int | None
    confirmed: str

    @classmethod
    def of(cls, found: Served) -> "CredentialLine":
        """As the list of credentials shows it."""
        members = {name: getattr(found, name) for name in cls.model_fields}
        return cls(**members | {"confirmed": found.confirmed.value})


@area.public("/credentials", gives=Listed[CredentialLine])
def list_credentials(
    request: HttpRequest, cursor: Start = "", limit: Limit = 25
) -> Listed[CredentialLine]:
    """Every certification and license whose rules this site knows, by id."""
    found = queries.served_credentials()
    piece, following = after(found, cursor, limit, key=lambda each: each.id)
    return Listed(items=[CredentialLine.of(each) for each in piece], next=following)


class AskedChoice(Shape):
    """One that may be chosen, by its id."""

    id: str
    title: str


class Asked(Shape):
    """What the rules of a credential depend on. What is false or empty is not asked."""

    ends_on: Annotated[
        list[date],
        Field(description="The days on which the body ends a cycle about now; empty: any day."),
    ]
    first_certified_on: bool
    formerly_nca: bool
    international: bool
    expired: bool
    first_renewal: bool
    licensed_on: Annotated[bool, Field(description="Asked for a first renewal only.")]
    specialties: list[AskedChoice]
    roles: list[AskedChoice]

    @classmethod
    def by(cls, pack: Pack, *, today: date) -> "Asked":
        """As the page asks."""
        found = queries.questions_of(pack, today=today)
        titles = pack.specialty_titles if found.specialties else {}
        return cls(
            ends_on=list(found.ends),
            first_certified_on=found.certified,
            formerly_nca=found.former_nca,
            international=found.international,
            expired=found.expired,
            first_renewal=found.first_renewal,
            licensed_on=found.licensed_on,
            specialties=[AskedChoice(id=key, title=title) for key, title in titles.items()],
            roles=[AskedChoice(id=role, title=pack.role_titles[role]) for role in found.roles],
        )


class CredentialDetail(CredentialLine):
    """A credential with what must be said when it is added."""

    asks: Asked


@area.public("/credentials/{credential}", gives=CredentialDetail)
def get_credential(request: HttpRequest, credential: Code) -> CredentialDetail:
    """One credential, and what it asks its holder."""
    try:
        pack = queries.pack_of(credential)
    except UnknownCredentialError as error:
        raise NotFoundError("No such credential.") from error
    line = CredentialLine.of(queries.served(pack))
    return CredentialDetail(**line.model_dump(), asks=Asked.by(pack, today=clock.now().date()))
