"""Certificates by which an institution pays no tax: sent by its buyer, and taken back."""

from datetime import date, datetime
from typing import Annotated

from django.conf import settings
from ninja import Query
from pydantic import Field

from aliquot.accounts.facts import STATES
from aliquot.api.frame import (
    ApiRequest,
    Area,
    Id,
    Limit,
    Listed,
    Shape,
    Start,
    one_of,
    paged,
)
from aliquot.api.frame.shapes import DayQuery
from aliquot.api.shop.orders import READ, WRITE
from aliquot.commerce import access, queries, services

area = Area("Tax exemption")
State = one_of(STATES, empty=False)
TAKES = ("application/pdf", "image/jpeg", "image/png", "application/octet-stream")


class ExemptionShape(Shape):
    """A certificate. It counts from `approved_at` until its last day, or until it is withdrawn."""

    id: Id
    institution: str
    jurisdiction: Annotated[str, Field(examples=["US-FL"])]
    number: str
    valid_through: Annotated[date | None, Field(description="The last day; null: none is named.")]
    added_at: datetime
    approved_at: datetime | None
    withdrawn_at: datetime | None


@area.read("/me/tax-exemptions", scope=READ, gives=Listed[ExemptionShape])
def list_tax_exemptions(
    request: ApiRequest, cursor: Start = "", limit: Limit = 25
) -> Listed[ExemptionShape]:
    """The certificates that you sent, and how each stands, the newest first."""
    rows, following = paged(queries.exemptions_of(request.auth.person), cursor, limit)
    return Listed(items=[ExemptionShape.model_validate(row) for row in rows], next=following)


@area.upload(
    "/me/tax-exemptions",
    scope=WRITE,
    gives=ExemptionShape,
    takes=TAKES,
    most=settings.MAX_PROOF_BYTES,
    opens=services.opened_certificate,
)
def send_tax_exemption(
    request: ApiRequest,
    institution: Annotated[str, Query(min_length=1, max_length=200, pattern=r"\S")],
    region: Annotated[State, Query(description="The state whose tax it is about.")],  # type: ignore[valid-type]
    number: Annotated[str, Query(max_length=80, description="Of the certificate.")] = "",
    valid_through: Annotated[
        DayQuery | None, Query(description="The last day, if the certificate names one.")
    ] = None,
) -> ExemptionShape:
    """Send the certificate of an institution that pays no tax: the body is the file itself.

    A PDF, JPEG or PNG of at most 20 MB; its content decides. It counts once the office approved it.
    422 `exemption_refused` says why a file is not taken.
    """
    key = request.auth
    exemption = services.send_exemption(
        person=key.person,
        institution=institution,
        jurisdiction=f"US-{region}",
        number=number,
        valid_through=valid_through,
        paper=request.opened,
        now=key.now,
    )
    return ExemptionShape.model_validate(exemption)


@area.deed("/me/tax-exemptions/{exemption_id}/withdraw", scope=WRITE, gives=ExemptionShape)
def withdraw_tax_exemption(request: ApiRequest, exemption_id: Id) -> ExemptionShape:
    """Take a certificate back. Orders placed with it stay as they are."""
    key = request.auth
    exemption = access.exemption_for(key.person, exemption_id)
    return ExemptionShape.model_validate(
        services.withdraw_exemption(exemption=exemption, actor_id=key.person.pk, now=key.now)
    )
