"""Credentials whose rules this site knows, and what each asks its holder."""

from datetime import date
from typing import Annotated, Literal

from django.http import HttpRequest
from pydantic import Field

from aliquot.api.frame import Amount, Area, Code, Limit, Listed, Shape, Start, after
from aliquot.credentials import queries
from aliquot.credentials.errors import UnknownCredentialError
from aliquot.credentials.facts import Pack, RuleSet
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


class SourceShape(Shape):
    """Where the rule is read."""

    id: str
    where: str
    dated: str


class RuleLine(Shape):
    """One requirement of a rule set."""

    id: str
    title: str
    needed: Annotated[
        Amount | None, Field(description="null: not known, or what the other lines leave.")
    ]
    accepts: list[str] | Literal["any"]
    fills: Annotated[str, Field(description="The areas in words.")]
    asks: Annotated[str, Field(description="Beyond the areas: whose approval, of whom.")]


class RulesShape(Shape):
    """The rules for cycles that end in a period; null: it is open on that side."""

    renewals_from: date | None
    renewals_to: date | None
    total: Amount | None
    requirements: list[RuleLine]
    what_changed: str
    confirmed: str
    sources: list[SourceShape]

    @classmethod
    def of(cls, rules: RuleSet, pack: Pack) -> "RulesShape":
        """As the page of the credential lists them."""
        return cls(
            renewals_from=rules.renewals_from,
            renewals_to=rules.renewals_to,
            total=rules.total,
            requirements=[
                RuleLine(
                    id=line.id,
                    title=line.title,
                    needed=line.needed,
                    accepts="any" if line.accepts is None else list(line.accepts),
                    fills=line.fills,
                    asks=line.asks,
                )
                for line in queries.asked_lines(pack, rules)
            ],
            what_changed=rules.what_changed,
            confirmed=rules.confirmed.value,
            sources=[SourceShape(id=s.id, where=s.where, dated=s.dated) for s in rules.sources],
        )


class CredentialDetail(CredentialLine):
    """A credential with what must be said when it is added, and what it requires."""

    asks: Asked
    rule_sets: Annotated[
        list[RulesShape],
        Field(description="Newest first. The day a cycle ends decides which one holds for it."),
    ]
    last_verified: date


@area.public("/credentials/{credential}", gives=CredentialDetail)
def get_credential(request: HttpRequest, credential: Code) -> CredentialDetail:
    """One credential: what it asks its holder, and every requirement with its sources."""
    try:
        pack = queries.pack_of(credential)
    except UnknownCredentialError as error:
        raise NotFoundError("No such credential.") from error
    line = CredentialLine.of(queries.served(pack))
    return CredentialDetail(
        **line.model_dump(),
        asks=Asked.by(pack, today=clock.now().date()),
        rule_sets=[RulesShape.of(rules, pack) for rules in pack.rule_sets],
        last_verified=pack.last_verified,
    )
