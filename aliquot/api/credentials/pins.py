"""What was typed at the body: noted line by line, so that no later verdict moves it."""

from typing import Annotated

from pydantic import Field

from aliquot.api.credentials.held import WRITE
from aliquot.api.frame import Amount, ApiRequest, Area, Id, Shape, Taken
from aliquot.api.frame.shapes import AmountIn, CodeIn
from aliquot.credentials import access, services

area = Area("Closing a cycle")
Requirement = Annotated[CodeIn, Field(max_length=40, description="Its id in the pack.")]


class PinIn(Taken):
    """A line of the pack that was typed at the body."""

    activity: Annotated[Id, Field(description="The id of the line's activity.")]
    requirement: Requirement
    amount: AmountIn


class UnpinIn(Taken):
    """A line of the pack that was not typed after all."""

    activity: Id
    requirement: Requirement


class PinShape(Shape):
    """What is kept where it was typed."""

    activity: Id
    requirement: str
    amount: Amount
    cost: Annotated[Amount, Field(description="That much more is missing because of it.")]


@area.deed("/me/credentials/{held_id}/pins", scope=WRITE, gives=PinShape)
def pin_line(request: ApiRequest, held_id: Id, body: PinIn) -> PinShape:
    """Note a line of the pack as typed at the body: no later verdict moves it from there.

    Another amount takes the place of the one before. 422 `invalid_claim` says why it cannot hold.
    """
    key = request.auth
    outcome = services.pin_activity(
        held=access.held_for(key.person, held_id),
        activity_id=body.activity,
        requirement=body.requirement,
        amount=body.amount,
        now=key.now,
        actor_id=key.person.pk,
    )
    return PinShape(
        activity=outcome.pin.activity_id,
        requirement=outcome.pin.requirement,
        amount=outcome.pin.amount,
        cost=outcome.cost,
    )


@area.deed("/me/credentials/{held_id}/pins/remove", scope=WRITE, gives=None, status=204)
def unpin_line(request: ApiRequest, held_id: Id, body: UnpinIn) -> None:
    """Take the note back that a line was typed; none there is no mistake."""
    key = request.auth
    services.unpin_activity(
        held=access.held_for(key.person, held_id),
        activity_id=body.activity,
        requirement=body.requirement,
        now=key.now,
        actor_id=key.person.pk,
    )
