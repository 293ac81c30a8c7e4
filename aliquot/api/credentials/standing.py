"""Credentials held, their standing, and the plan that closes what is missing."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from aliquot.api.frame import ApiRequest, Area, Id, Shape
from aliquot.credentials import access, queries
from aliquot.interop.transcript.writer import verdict_document
from aliquot.lib.dates import day_in_zone

area = Area("Credentials")
READ = "credentials:read"
AmountText = Annotated[str, Field(pattern=r"^-?[0-9]+(\.[0-9]+)?$", examples=["1.5"])]


class Participation(Shape):
    """Whether the holder must earn credit; null: not known."""

    required: bool | None
    because: str


class RuleSet(Shape):
    """Which dated rules were used, and where they come from."""

    renewals_from: str | None
    sources: list[str]


class Window(Shape):
    """The days that count, both ends included."""

    starts_on: str
    ends_on: str


class Declaration(Shape):
    """When the body takes declarations."""

    opens_on: str
    closes_on: str


class RequirementLine(Shape):
    """One line of the rule set. Amounts null: a figure is not known."""

    id: str
    needed: AmountText | None
    counted: AmountText | None
    missing: AmountText | None
    accepts: list[str] | Literal["any"]


class AllocationLine(Shape):
    """What of an activity counts toward which requirement, and why."""

    activity: str
    requirement: str
    amount: AmountText
    because: str


class NotCountedLine(Shape):
    """What of an activity does not count, and why."""

    activity: str
    amount: AmountText
    reason: str
    explain: str


class VerdictShape(Shape):
    """The verdict on one credential, as the standing contract has it."""

    id: str
    title: str
    body: str
    confirmed: str
    participation: Participation
    rule_set: RuleSet
    window: Window | None
    declaration: Declaration | None
    finish_by: str | None
    needed: AmountText | None
    counted: AmountText | None
    missing: AmountText | None
    surplus: AmountText | None
    met: bool | None
    requirements: list[RequirementLine]
    allocations: list[AllocationLine]
    not_counted: list[NotCountedLine]
    warnings: list[str]


class Standing(Shape):
    """The same document as ``aliquot standing`` prints."""

    as_of: date
    credentials: list[VerdictShape]


@area.read("/me/standing", scope=READ, gives=Standing)
def get_standing(request: ApiRequest) -> Standing:
    """What each of your credentials still needs, with the reason for every point.

    The document is that of `aliquot standing`, judged by the same engine as the pages.
    """
    person, now = request.auth.person, request.auth.now
    verdicts = [each.verdict for each in queries.standings_of(person, now=now)]
    document = verdict_document(day_in_zone(now, person.time_zone), verdicts)
    return Standing.model_validate(document)


@area.read("/me/credentials/{held_id}/standing", scope=READ, gives=Standing)
def get_held_standing(request: ApiRequest, held_id: Id) -> Standing:
    """The standing of one credential alone."""
    held = access.held_for(request.auth.person, held_id)
    verdict = queries.standing_of(held, now=request.auth.now).verdict
    return Standing.model_validate(verdict_document(verdict.as_of, [verdict]))
