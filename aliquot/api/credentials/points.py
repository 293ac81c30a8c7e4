"""Points brought along: what the body's page shows already for the open cycle."""

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from aliquot.api.credentials.held import WRITE
from aliquot.api.credentials.standing import READ
from aliquot.api.frame import Amount, ApiRequest, Area, Id, Shape, Taken
from aliquot.api.frame.shapes import AmountIn, Line
from aliquot.credentials import access, queries, services
from aliquot.credentials.models import HeldCredential

area = Area("Credentials")


class OpeningBalances(Shape):
    """Points of the open cycle without a proof here, by requirement."""

    unit: str
    points: dict[str, Amount]


class BalancesIn(Taken):
    """All of them as they are to be: a requirement that is left out has none."""

    points: Annotated[dict[Line, AmountIn], Field(max_length=100)]


@area.read("/me/credentials/{held_id}/opening-balances", scope=READ, gives=OpeningBalances)
def get_opening_balances(request: ApiRequest, held_id: Id) -> OpeningBalances:
    """The points that you brought along into the open cycle, by requirement; 0: none."""
    return _balances(request, access.held_for(request.auth.person, held_id))


@area.deed(
    "/me/credentials/{held_id}/opening-balances", scope=WRITE, gives=OpeningBalances, method="PUT"
)
def save_opening_balances(request: ApiRequest, held_id: Id, body: BalancesIn) -> OpeningBalances:
    """State the points that the body's page shows. What was stated before stays as history.

    422 `invalid_claim` names each requirement whose amount cannot be right.
    """
    key = request.auth
    held = access.held_for(key.person, held_id)
    none = dict.fromkeys(_balances(request, held).points, Decimal(0))
    services.record_opening_balances(
        held=held, points=none | body.points, now=key.now, actor_id=key.person.pk
    )
    return _balances(request, held)


def _balances(request: ApiRequest, held: HeldCredential) -> OpeningBalances:
    standing = queries.standing_of(held, now=request.auth.now)
    lines = dict.fromkeys((line.id for line in standing.verdict.requirements), Decimal(0))
    return OpeningBalances(unit=standing.pack.unit, points=lines | dict(standing.balances))
