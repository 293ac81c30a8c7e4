"""Gifts: opened by their code, received, given. Those that one gives are made in the cart."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from aliquot.api.frame import ApiRequest, Area, Id, Limit, Listed, Shape, Start, Taken, paged
from aliquot.api.frame.shapes import Line
from aliquot.api.shop.cart import Email
from aliquot.api.shop.orders import READ, WRITE
from aliquot.commerce import access, queries, services
from aliquot.commerce.facts.sending import GIFT_PERIOD, MOST_GIFT_MAILS
from aliquot.commerce.models import Gift
from aliquot.flows.open_gift import look_at_gift, open_gift
from aliquot.infra import limits

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


class ReceivedGift(GiftShape):
    """A gift that you opened."""

    id: Id


class GivenGift(Shape):
    """A gift that you gave, and what became of it."""

    id: Id
    order: str
    title: str
    to: str
    message: str
    send_on: date
    sent_at: datetime | None
    opened_at: datetime | None
    canceled_at: Annotated[datetime | None, Field(description="Its order was paid back.")]

    @classmethod
    def of(cls, found: Gift) -> "GivenGift":
        """As its page tells its giver; the code is in the mail and nowhere else."""
        own = [name for name in cls.model_fields if name not in {"order", "title"}]
        line = found.line
        return cls(
            **{name: getattr(found, name) for name in own},
            order=line.order.number,
            title=line.title,
        )


class SendIn(Taken):
    """The address, the same or another."""

    to: Email


@area.read("/me/gifts/received", scope=READ, gives=Listed[ReceivedGift])
def list_gifts_received(
    request: ApiRequest, cursor: Start = "", limit: Limit = 25
) -> Listed[ReceivedGift]:
    """The gifts that you opened, the newest first."""
    found, following = paged(queries.gifts_opened_by(request.auth.person), cursor, limit)
    items = [ReceivedGift(id=each.pk, **GiftShape.of(each).model_dump()) for each in found]
    return Listed(items=items, next=following)


@area.read("/me/gifts/given", scope=READ, gives=Listed[GivenGift])
def list_gifts_given(
    request: ApiRequest, cursor: Start = "", limit: Limit = 25
) -> Listed[GivenGift]:
    """The gifts that you gave, the newest first."""
    found, following = paged(queries.gifts_by(request.auth.person), cursor, limit)
    return Listed(items=[GivenGift.of(each) for each in found], next=following)


@area.read("/me/gifts/given/{gift_id}", scope=READ, gives=GivenGift)
def get_gift_given(request: ApiRequest, gift_id: Id) -> GivenGift:
    """One gift that you gave."""
    return GivenGift.of(access.gift_for(request.auth.person, gift_id))


@area.deed("/me/gifts/given/{gift_id}/send", scope=WRITE, gives=GivenGift)
def send_gift_again(request: ApiRequest, gift_id: Id, body: SendIn) -> GivenGift:
    """Send an unopened gift again, to the same address or another: the code before ends.

    Before its day only the address changes. At most five times a day. 422 `gift_refused`: it was
    opened or canceled.
    """
    key = request.auth
    gift = access.gift_for(key.person, gift_id)
    limits.check(
        scope="gift_mail",
        key=str(gift.pk),
        limit=MOST_GIFT_MAILS,
        period=GIFT_PERIOD,
        now=key.now,
    )
    return GivenGift.of(
        services.send_gift_again(gift=gift, to=body.to, actor_id=key.person.pk, now=key.now)
    )
