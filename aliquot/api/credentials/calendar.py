"""One's dates for a calendar: the secret address that programs read, and single files."""

from datetime import datetime
from typing import Annotated

from django.http import HttpResponse
from django.urls import reverse
from pydantic import Field

from aliquot.api.credentials.held import WRITE
from aliquot.api.credentials.standing import READ
from aliquot.api.frame import ApiRequest, Area, Id, Shape, Taken
from aliquot.api.frame.areas import site_address
from aliquot.api.frame.shapes import MomentIn
from aliquot.credentials import access, queries, services
from aliquot.infra.http.downloads import attached
from aliquot.interop.calendar.cycles import cycles_file

area = Area("Calendar")
ICS = "text/calendar"


class FeedShape(Shape):
    """Whether there is a secret address, and since when; null: there is none."""

    made_at: datetime | None


class MadeFeed(FeedShape):
    """With the address, which is shown this once."""

    url: Annotated[str, Field(description="Who has it reads the dates, without signing in.")]


class FeedIn(Taken):
    """Which address the new one takes the place of."""

    replaces: Annotated[
        MomentIn | None, Field(description="The `made_at` of the address so far; null: none.")
    ] = None


@area.read("/me/calendar-feed", scope=READ, gives=FeedShape)
def get_calendar_feed(request: ApiRequest) -> FeedShape:
    """Whether calendars can read your dates at a secret address. The address itself is not kept."""
    feed = queries.calendar_feed_of(request.auth.person)
    return FeedShape(made_at=feed.created_at if feed else None)


@area.make("/me/calendar-feed", scope=WRITE, gives=MadeFeed)
def make_calendar_feed(request: ApiRequest, body: FeedIn) -> MadeFeed:
    """Make a secret address, or renew it: the one before stops working at once.

    409 `calendar_feed_changed`: the address is another than `replaces` says, as when this was sent
    twice. So no Idempotency-Key is taken, and no secret is kept with one.
    """
    key = request.auth
    token = services.renew_calendar_feed(
        person=key.person, replaces=body.replaces, now=key.now, actor_id=key.person.pk
    )
    return MadeFeed(made_at=key.now, url=site_address(reverse("credentials:feed", args=[token])))


@area.deed("/me/calendar-feed/off", scope=WRITE, gives=FeedShape)
def switch_calendar_feed_off(request: ApiRequest) -> FeedShape:
    """Let the address answer nothing any more. Off already is no mistake."""
    person = request.auth.person
    services.switch_off_calendar_feed(person=person, actor_id=person.pk)
    return FeedShape(made_at=None)


@area.read("/me/calendar", scope=READ, gives=None, media=ICS)
def get_calendar(request: ApiRequest) -> HttpResponse:
    """The dates of all your credentials as an iCalendar file, the same that the address gives."""
    person = request.auth.person
    content = cycles_file(queries.standings_of(person, now=request.auth.now), person)
    return attached(content, f"{ICS}; charset=utf-8", "credentials.ics")


@area.read("/me/credentials/{held_id}/calendar", scope=READ, gives=None, media=ICS)
def get_held_calendar(request: ApiRequest, held_id: Id) -> HttpResponse:
    """The dates of one credential as an iCalendar file, to be put into a calendar once."""
    person = request.auth.person
    standing = queries.standing_of(access.held_for(person, held_id), now=request.auth.now)
    name = queries.served(standing.pack).slug
    return attached(cycles_file([standing], person), f"{ICS}; charset=utf-8", f"{name}.ics")
