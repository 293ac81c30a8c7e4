"""The list of one's activities, and the page of each."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_safe

from aliquot.flows.activity_effects import effects_of
from aliquot.flows.credential_overview import certificate_codes
from aliquot.infra import clock
from aliquot.ledger import access, queries
from aliquot.ledger.queries import Chapter
from aliquot.lib.codes import grouped
from aliquot.web.ledger import effects, listing, words
from aliquot.web.ledger.forms import FilterForm
from aliquot.web.own import reader

PER_PAGE = 25


@login_required
@require_safe
def activities(request: HttpRequest) -> HttpResponse:
    """All of them, the newest first; what its holder entered never looks like a certificate."""
    person = reader(request)
    found = queries.activities_of(person)
    lines = listing.lines_of(found, queries.proofs_of(person), certificate_codes(person))
    years = sorted({each.completed_on.year for each in found}, reverse=True)
    form = FilterForm(request.GET, years=years)
    chosen = form.chosen()
    origin = request.GET.get("origin", "")
    origin = origin if origin in listing.ORIGINS else ""
    others = listing.fitting(lines, chosen, origin="")
    shown = listing.fitting(others, {}, origin=origin)
    return render(
        request,
        "web/ledger/list.html",
        {
            "section": "activities",
            "filters": form,
            "is_filtered": any(chosen.values()),
            "has_any": bool(lines),
            "tabs": _tabs(request, others, origin),
            "origin": origin,
            "count": len(shown),
            "page": Paginator(shown, PER_PAGE).get_page(request.GET.get("page")),
        },
    )


def _tabs(request: HttpRequest, lines: list[listing.Line], origin: str) -> list[dict[str, object]]:
    tabs = []
    for key, label in listing.ORIGINS.items():
        query = request.GET.copy()
        query.pop("page", None)
        query.pop("origin", None)
        if key:
            query["origin"] = key
        tabs.append(
            {
                "label": label,
                "url": f"?{query.urlencode()}" if query else reverse("ledger:list"),
                "current": key == origin,
                "count": len(listing.fitting(lines, {}, origin=key)),
            }
        )
    return tabs


@login_required
@require_safe
def activity(request: HttpRequest, activity_id: int) -> HttpResponse:
    """One activity: what was said, its proofs, where it counts and why, and its history."""
    person, now = reader(request), clock.now()
    found = access.activity_for(person, activity_id)
    story = queries.history_of(found)
    shown = next(chapter for chapter in story if chapter.activity.pk == found.pk)
    code = certificate_codes(person).get(found.completion_id or 0, "")
    return render(
        request,
        "web/ledger/detail.html",
        {
            "section": "activities",
            "activity": found,
            "chapter": shown,
            "is_own": found.completion_id is None,
            "newest": story[-1],
            "rows": words.rows_of(shown.claim),
            "area": shown.claim.parts[0].areas[0],
            "code": grouped(code),
            "proofs": queries.proofs_of(person).get(found.pk, ()),
            "effects": effects.shown(effects_of(person, activity_id=found.pk, now=now)),
            "events": _events(story, found.pk),
            "trail": [
                {"label": "Activities", "url": reverse("ledger:list")},
                {"label": found.title},
            ],
        },
    )


def _events(story: list[Chapter], shown_id: int) -> list[dict[str, object]]:
    """What happened, the newest first; each state leads to its own page."""
    events: list[dict[str, object]] = []
    for number, chapter in enumerate(story):
        at = chapter.activity.pk
        event: dict[str, object] = {
            "when": chapter.activity.recorded_at,
            "title": "Entered" if not number else "Corrected",
            "text": "; ".join(words.credit_lines(chapter.claim)),
        }
        if at != shown_id:
            event["url"] = reverse("ledger:detail", args=[at])
        events.append(event)
    last = story[-1]
    if last.ended_at is not None:
        events.append({"when": last.ended_at, "title": "Withdrawn", "text": last.reason})
    return events[::-1]


urlpatterns = [
    path("activities/", activities, name="list"),
    path("activities/<int:activity_id>/", activity, name="detail"),
]
