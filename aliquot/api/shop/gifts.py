"""Gifts that one opens by their code. Those that one gives are made in the cart."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from aliquot.api.frame import ApiRequest, Area, Shape, Taken
from aliquot.api.frame.shapes import Line
from aliquot.api.shop.orders import READ, WRITE
from aliquot.commerce.models import Gift
from aliquot.flows.open_gift import look_at_gift, open_gift

area = Area("Access and renewal")


class GiftCodeIn(Taken):
    """The code from the mail; hyphens and small letters do not matter."""

    code: Annotated[Line, Field(min_length=1, max_length=80)]


class GiftShape(Shape):
    """What a gift holds. `opened_at` null: it waits to be opened."""

    title: str
    giver: str
    message: str
    term_days: Annotated[int, Field(description="How long it runs from the day it is opened.")]
    opened_at: datetime | None

    @classmethod
    def of(cls, found: Gift) -> "GiftShape":
        """As the page that opens it shows it."""
        return cls(
            title=found.line.title,
            giver=found.line.order.buyer["name"],
            message=found.message,
            term_days=found.line.term_days,
            opened_at=found.opened_at,
        )


@area.act("/me/gifts/look", scope=READ, gives=GiftShape)
def look_at_a_gift(request: ApiRequest, body: GiftCodeIn) -> GiftShape:
    """Look at what a code holds, before it is opened. Tries are counted.

    422 `gift_refused` says why a code opens nothing.
    """
    return GiftShape.of(look_at_gift(request.auth.person, body.code, now=request.auth.now))


@area.act("/me/gifts/open", scope=WRITE, gives=GiftShape)
def open_a_gift(request: ApiRequest, body: GiftCodeIn) -> GiftShape:
    """Open a gift: what it holds is yours. Opened again by you, nothing changes."""
    return GiftShape.of(open_gift(request.auth.person, body.code, now=request.auth.now))
