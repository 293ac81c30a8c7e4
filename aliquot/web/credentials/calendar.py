"""Dates of one's cycles for a calendar: a secret address that programs read, and single files."""

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods, require_safe

from aliquot.accounts.models import User
from aliquot.credentials import access, queries, services
from aliquot.credentials.queries import CycleStanding
from aliquot.infra import clock, limits
from aliquot.infra.http.requests import client_network
from aliquot.interop.calendar.cycles import cycles_file
from aliquot.lib.errors import NotFoundError
from aliquot.web.own import reader, render_in_zone

READS, MISSES, PERIOD = 30, 30, timedelta(minutes=10)  # of one address; of unknown ones


@login_required
@require_http_methods(["GET", "POST"])
def calendar(request: HttpRequest) -> HttpResponse:
    """Whether there is an address; making one shows it, this once."""
    person, now = reader(request), clock.now()
    feed = queries.calendar_feed_of(person)
    shown = ""
    if request.method == "POST":
        if request.POST.get("deed") == "off":
            services.switch_off_calendar_feed(person=person, actor_id=person.pk)
            messages.success(request, "The address is switched off.")
            return redirect("credentials:calendar")
        token = services.renew_calendar_feed(
            person=person,
            replaces=_moment(request.POST.get("replaces", "")),
            now=now,
            actor_id=person.pk,
        )
        shown = settings.SITE_URL + reverse("credentials:feed", args=[token])
        feed = queries.calendar_feed_of(person)
    context = {
        "section": "credentials",
        "feed": feed,
        "replaces": feed.created_at.isoformat() if feed else "",
        "address": shown,
        "subscribe": shown.replace(urlsplit(shown).scheme, "webcal", 1) if shown else "",
        "standings": queries.standings_of(person, now=now),
    }
    response = render_in_zone(request, "web/credentials/calendar.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response


@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """The dates of whoever has this secret address. Calendar programs send no cookies."""
    now = clock.now()
    try:
        person = access.person_of_feed(token)
    except NotFoundError:
        limits.check(
            scope="calendar_miss", key=client_network(request), limit=MISSES, period=PERIOD, now=now
        )
        raise Http404 from None
    # Many people's calendars are read from the same few machines: each address has its own limit.
    limits.check(scope="calendar", key=str(person.pk), limit=READS, period=PERIOD, now=now)
    return _file(queries.standings_of(person, now=now), person)


@login_required
@require_safe
def calendar_of_one(request: HttpRequest, held_id: int) -> HttpResponse:
    """The dates of one credential, to be put into a calendar once."""
    person = reader(request)
    try:
        held = access.held_for(person, held_id)
    except NotFoundError:
        raise Http404 from None
    standing = queries.standing_of(held, now=clock.now())
    response = _file([standing], person)
    name = queries.served(standing.pack).slug
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.ics"'
    return response


def _file(standings: list[CycleStanding], person: User) -> HttpResponse:
    return HttpResponse(
        cycles_file(standings, person),
        content_type="text/calendar; charset=utf-8",
        headers={"Cache-Control": "no-store", "X-Robots-Tag": "noindex"},
    )


def _moment(text: str) -> datetime | None:
    """The form's hidden field: when the address it replaces was made."""
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        raise Http404 from None


urlpatterns = [
    path("credentials/calendar/", calendar, name="calendar"),
    path("credentials/<int:held_id>/calendar.ics", calendar_of_one, name="calendar_of_one"),
    path("calendar/<str:token>.ics", feed, name="feed"),
]
