"""What my credentials still need: all of them, and one with every point explained."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from aliquot.credentials.queries import CycleStanding, body_of
from aliquot.flows.credential_overview import Overview, overview_of
from aliquot.infra import clock
from aliquot.web.credentials import cards, changed_rules, rulebook
from aliquot.web.credentials.double_counts import double_counts
from aliquot.web.credentials.forms import PointsForm
from aliquot.web.own import reader


@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Nothing yet: the way in. One credential: all of it. Several: a card each."""
    now = clock.now()
    overview = overview_of(reader(request), now=now)
    if not overview.standings:
        return render(request, "web/credentials/empty.html", {"section": "credentials"})
    if len(overview.standings) == 1:
        return _detail(request, overview, overview.standings[0])
    context = {
        "section": "credentials",
        "rule_news": changed_rules.news_for(reader(request)),
        "cards": [cards.card_of(standing, overview) for standing in overview.standings],
    }
    return render(request, "web/credentials/several.html", context)


@login_required
@require_safe
def detail(request: HttpRequest, held_id: int) -> HttpResponse:
    """One credential with every point explained."""
    overview = overview_of(reader(request), now=clock.now())
    return _detail(request, overview, _own(overview, held_id))


@login_required
@require_safe
def double_count_map(request: HttpRequest) -> HttpResponse:
    """Which activity serves which credential, toward what, and where it does not count."""
    overview = overview_of(reader(request), now=clock.now())
    if not overview.standings:
        return render(request, "web/credentials/empty.html", {"section": "credentials"})
    found = double_counts(overview.standings)
    shared = found.shared
    title = "What counts where"
    if len(found.columns) > 1 and shared:
        which = "activity counts" if shared == 1 else "activities count"
        title = f"{shared} {which} for more than one credential"
    context = {"section": "credentials", "map": found, "title": title}
    return render(request, "web/credentials/map.html", context)


def _detail(request: HttpRequest, overview: Overview, standing: CycleStanding) -> HttpResponse:
    pack = standing.pack
    rule_set = standing.verdict.rule_set
    context = {
        "section": "credentials",
        "card": cards.card_of(standing, overview),
        "rule_news": changed_rules.news_for(reader(request)),
        "standing": standing,
        "verdict": standing.verdict,
        "pack": pack,
        "body": body_of(pack),
        "rules": rulebook.rules_of(rule_set) if rule_set else None,
        "points_form": _points_form(standing),
        "sources": rulebook.sources_of(pack),
        "others": [
            cards.card_of(each, overview) for each in overview.standings if each is not standing
        ],
    }
    return render(request, "web/credentials/detail.html", context)


def _points_form(standing: CycleStanding) -> PointsForm | None:
    """Boxes for points brought along, until some are, or until nothing is missing any more."""
    verdict = standing.verdict
    if standing.balances or standing.declared or verdict.met or not verdict.requirements:
        return None
    return PointsForm(
        requirements=verdict.requirements, unit=standing.pack.unit, auto_id="points-%s"
    )


def _own(overview: Overview, held_id: int) -> CycleStanding:
    """One's own credential; absent and another person's answer alike."""
    for standing in overview.standings:
        if standing.held.pk == held_id:
            return standing
    raise Http404


urlpatterns = [
    path("credentials/", home, name="home"),
    path("credentials/map/", double_count_map, name="map"),
    path("credentials/<int:held_id>/", detail, name="detail"),
]
