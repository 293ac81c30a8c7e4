"""Courses of other providers that the plan may use: listed, added, changed, removed."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from aliquot.api.credentials.held import WRITE
from aliquot.api.credentials.standing import READ
from aliquot.api.frame import (
    Amount,
    ApiRequest,
    Area,
    Id,
    Limit,
    Listed,
    Price,
    Shape,
    Start,
    Taken,
    after,
    one_of,
)
from aliquot.api.frame.problems import named_as_sent
from aliquot.api.frame.shapes import AmountIn, Line, PriceIn
from aliquot.catalog.data import approvals, areas
from aliquot.credentials import access, queries, services
from aliquot.credentials.errors import InvalidOfferError
from aliquot.credentials.facts import Offered, Part
from aliquot.credentials.models import OutsideOffer
from aliquot.lib.money import Money

area = Area("Plan")
AreaId = one_of(areas(), empty=False)
Approval = one_of(approvals(), empty=False)
MOST_PARTS = 40


class OfferPart(Shape):
    """Contact hours that may count as any one of the areas."""

    hours: Amount
    areas: list[str]


class OfferShape(Shape):
    """A course of another provider, as you described it."""

    id: Id
    candidate: Annotated[str, Field(description="Its id in the plan: for `include`, `exclude`.")]
    title: str
    provider: str
    parts: list[OfferPart]
    approvals: Annotated[list[str] | None, Field(description="null: not known; empty: none.")]
    price: Annotated[Price | None, Field(description="null: not stated.")]
    added_at: datetime

    @classmethod
    def of(cls, row: OutsideOffer) -> "OfferShape":
        """As it is kept."""
        said = queries.offered(row)
        return cls(
            id=row.pk,
            candidate=f"elsewhere-{row.pk}",
            title=said.title,
            provider=said.provider_name,
            parts=[OfferPart(hours=part.amount, areas=list(part.areas)) for part in said.parts],
            approvals=None if said.approvals is None else list(said.approvals),
            price=None if said.cents is None else Price.of(Money(said.cents, "USD")),
            added_at=row.added_at,
        )


class OfferPartIn(Taken):
    """A part of the course's hours."""

    hours: AmountIn
    areas: Annotated[list[AreaId], Field(min_length=1, max_length=40)]  # type: ignore[valid-type]


class OfferIn(Taken):
    """A course of another provider, all of it as it is to be from now on."""

    title: Annotated[Line, Field(examples=["Urinalysis, an update"])]
    provider: Line = ""
    parts: Annotated[
        list[OfferPartIn],
        Field(max_length=MOST_PARTS, examples=[[{"hours": "2", "areas": ["urinalysis"]}]]),
    ]
    approvals: Annotated[
        list[Approval] | None,  # type: ignore[valid-type]
        Field(max_length=20, description="Left out: not known; empty: none."),
    ] = None
    price: Annotated[
        PriceIn | None, Field(description="null: never chosen when the price is kept low.")
    ] = None

    def offered(self) -> Offered:
        """What the deeds take."""
        return Offered(
            title=self.title,
            provider_name=self.provider,
            parts=tuple(Part(part.hours, tuple(part.areas)) for part in self.parts),
            approvals=None if self.approvals is None else tuple(sorted(self.approvals)),
            cents=None if self.price is None else self.price.money().cents,
        )


@area.read("/me/outside-offers", scope=READ, gives=Listed[OfferShape])
def list_outside_offers(
    request: ApiRequest, cursor: Start = "", limit: Limit = 25
) -> Listed[OfferShape]:
    """Courses of other providers that your plan may choose, the newest first."""
    found = queries.outside_offers(request.auth.person)[::-1]
    piece, following = after(found, cursor, limit, key=lambda each: str(each.pk))
    return Listed(items=[OfferShape.of(each) for each in piece], next=following)


@area.deed("/me/outside-offers", scope=WRITE, gives=OfferShape, status=201)
def add_outside_offer(request: ApiRequest, body: OfferIn) -> OfferShape:
    """Add a course of another provider, so that the plan may choose it.

    The same one again is the one that is there. 422 `invalid_offer` names every field in
    `problems`.
    """
    key = request.auth
    with named_as_sent(InvalidOfferError):
        row = services.add_outside_offer(
            person=key.person, offered=body.offered(), now=key.now, actor_id=key.person.pk
        )
    return OfferShape.of(row)


@area.read("/me/outside-offers/{offer_id}", scope=READ, gives=OfferShape)
def get_outside_offer(request: ApiRequest, offer_id: Id) -> OfferShape:
    """One course of another provider that you added. A removed one is not found."""
    return OfferShape.of(access.outside_offer_for(request.auth.person, offer_id))


@area.deed("/me/outside-offers/{offer_id}", scope=WRITE, gives=OfferShape, method="PUT")
def change_outside_offer(request: ApiRequest, offer_id: Id, body: OfferIn) -> OfferShape:
    """Say something else about a course of another provider."""
    person = request.auth.person
    offer = access.outside_offer_for(person, offer_id)
    with named_as_sent(InvalidOfferError):
        row = services.change_outside_offer(offer=offer, offered=body.offered(), actor_id=person.pk)
    return OfferShape.of(row)


@area.deed("/me/outside-offers/{offer_id}/remove", scope=WRITE, gives=None, status=204)
def remove_outside_offer(request: ApiRequest, offer_id: Id) -> None:
    """Take a course of another provider out of all plans."""
    key = request.auth
    offer = access.outside_offer_for(key.person, offer_id)
    services.remove_outside_offer(offer=offer, now=key.now, actor_id=key.person.pk)
