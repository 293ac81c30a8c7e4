"""Dates of one's cycles for a calendar: a secret address that programs read, and single files."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods, require_safe

from aliquot.accounts.models import User
from aliquot.credentials import access, queries, services
from aliquot.credentials.queries import CycleStanding
from aliquot.infra import clock, limits
from aliquot.infra.http.requests import client_network
from aliquot.interop.calendar.dated import DatedEvent, calendar_file
from aliquot.ledger.facts import LedgerState
from aliquot.ledger.queries import state_of
from aliquot.lib.dates import long_date
from aliquot.lib.decimals import shortest
from aliquot.lib.errors import NotFoundError
from aliquot.web.credentials import words

NAME = "My credentials"
READS, MISSES, PERIOD = 30, 30, timedelta(minutes=10)  # of one address; of unknown ones


@login_required
@require_http_methods(["GET", "POST"])
def calendar(request: HttpRequest) -> HttpResponse:
    """Whether there is an address; making one shows it, this once."""
    person, now = _person(request), clock.now()
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
    response = render(request, "web/credentials/calendar.html", context)
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
    person = _person(request)
    try:
        held = access.held_for(person, held_id)
    except NotFoundError:
        raise Http404 from None
    standing = queries.standing_of(held, now=clock.now())
    response = _file([standing], person)
    name = queries.served(standing.pack).slug
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.ics"'
    return response


def events_of(standing: CycleStanding, state: LedgerState) -> Iterable[DatedEvent]:
    """The days of one cycle; none where participation is voluntary or the credential expired.

    ``state`` is that of the holder's ledger: with the cycle's revision it says how often the
    words may have changed. The same facts give the same events.
    """
    verdict, pack, cycle = standing.verdict, standing.pack, standing.cycle
    last, end, window = verdict.finish_by, verdict.held.cycle_ends_on, verdict.declaration
    if last is None:
        return
    declared, deed, letters = standing.declared, words.verb(pack), pack.letters
    url = settings.SITE_URL + reverse("credentials:detail", args=[standing.held.pk])
    said = _said(standing)

    def event(what: str, day: date, title: str, alarms: tuple[int, ...]) -> DatedEvent:
        return DatedEvent(
            uid=f"cycle-{cycle.pk}-{what}@{urlsplit(settings.SITE_URL).hostname}",
            day=day,
            title=f"{letters}: {title}",
            description=f"{said}\n\n{url}",
            url=url,
            revision=cycle.revision + state.entries,
            changed_at=_changed_at(standing, state),
            alarms=alarms,
        )

    if declared is None and window is not None:
        yield event("opens", window.opens_on, f"{pack.body} lets you {deed} from today", (0,))
    if declared is None:
        is_end = last == end
        title = f"last sensible day to {deed if window else 'finish'}"
        yield event("last", last, f"{title}, the cycle ends" if is_end else title, (30, 7, 1))
        if is_end:
            return
    yield event("end", end, "the cycle ends", () if declared else (7,))


def _said(standing: CycleStanding) -> str:
    """What is missing, by what the record holds; not by the day, which changes by itself."""
    verdict, unit = standing.verdict, standing.pack.unit
    if standing.declared is not None:
        return f"Declared on {long_date(standing.declared.declared_on)}."
    if verdict.met is None:
        return f"What is needed is not fully known: check with {standing.pack.body}."
    if verdict.met:
        return f"All {words.in_units(verdict.needed, unit)} are in."
    lines = [
        f"{line.title}: {shortest(line.missing)} to go"
        for line in verdict.requirements
        if line.missing
    ]
    return "\n".join([f"{words.in_units(verdict.missing, unit)} to go.", *lines])


def _changed_at(standing: CycleStanding, state: LedgerState) -> datetime:
    """A moment that rises with every change: revisions keep no time, so each counts a second."""
    moments = [standing.cycle.added_at, state.recorded_at]
    if standing.declared is not None:
        moments.append(standing.declared.recorded_at)
    newest = max(moment for moment in moments if moment is not None)
    return newest + timedelta(seconds=standing.cycle.revision)


def _file(standings: list[CycleStanding], person: User) -> HttpResponse:
    state = state_of(person)
    events = [event for standing in standings for event in events_of(standing, state)]
    return HttpResponse(
        calendar_file(events, name=NAME),
        content_type="text/calendar; charset=utf-8",
        headers={"Cache-Control": "no-store", "X-Robots-Tag": "noindex"},
    )


def _moment(text: str) -> datetime | None:
    """The form's hidden field: when the address it replaces was made."""
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        raise Http404 from None


def _person(request: HttpRequest) -> User:
    person: User = request.user  # type: ignore[assignment]
    return person


urlpatterns = [
    path("credentials/calendar/", calendar, name="calendar"),
    path("credentials/<int:held_id>/calendar.ics", calendar_of_one, name="calendar_of_one"),
    path("calendar/<str:token>.ics", feed, name="feed"),
]
