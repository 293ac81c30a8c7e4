"""Public pages: which credentials are served, and what each of them asks, with sources."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_safe

from aliquot.catalog.queries import GENERATION, entries
from aliquot.commerce.facts import Needed
from aliquot.commerce.queries import GENERATION as SHOP_GENERATION
from aliquot.credentials import queries
from aliquot.credentials.errors import UnknownCredentialError
from aliquot.credentials.facts import Confirmed, Pack, RuleSet
from aliquot.credentials.queries import Filling
from aliquot.flows.best_offer import best_offer
from aliquot.flows.full_cycle import FullCycle, full_cycle
from aliquot.infra import clock
from aliquot.infra.anonymous_pages import anonymous_page
from aliquot.lib.dates import day_in_zone, long_date
from aliquot.web.credentials import rulebook, specials
from aliquot.web.shop.offer_words import OfferWords, offer_words

LONGEST_QUERY = 80
_ZONE = "America/New_York"  # the bodies here are American: the day of a public page is theirs


@dataclass(frozen=True, slots=True)
class Duty:
    """Who must take part, in one line."""

    who: str
    duty: str
    is_required: bool


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One requirement of a rule set, with the courses here that fill it today."""

    id: str
    title: str
    points: Decimal | None
    takes: str
    courses: tuple[Filling, ...]
    asks: str = ""
    is_rest: bool = False  # what the other lines leave of the total

    @property
    def accepted(self) -> list[Filling]:
        """Courses that count today."""
        return [row for row in self.courses if row.is_accepted]

    @property
    def hours(self) -> Decimal:
        """Points that they give toward this line together."""
        return sum((row.points for row in self.accepted), Decimal(0))


@require_safe
@anonymous_page(GENERATION, "provider")
def index(request: HttpRequest) -> HttpResponse:
    """Every credential this site knows the rules of, by body; found by words."""
    words = " ".join(request.GET.get("q", "")[:LONGEST_QUERY].split())
    counts = queries.confirmation_counts()
    context = {
        "section": "credential",
        "words": words,
        "groups": queries.served_in_groups(words),
        "total": sum(counts.values()),
        "yes": counts[Confirmed.YES],
        "partial": counts[Confirmed.PARTIAL],
        "no": counts[Confirmed.NO],
        "canonical": settings.SITE_URL + reverse("credentials:for_index"),
    }
    return render(request, "web/credentials/for_index.html", context)


@require_safe
@anonymous_page(GENERATION, "provider", SHOP_GENERATION)
def for_body(request: HttpRequest, slug: str) -> HttpResponse:
    """One credential: who must take part, the rules with their sources, courses for each line."""
    try:
        pack = queries.pack_by_slug(slug)
    except UnknownCredentialError:
        raise Http404 from None
    body, counting = queries.body_of(pack), queries.counting_rules(pack)
    now = clock.now()
    today = day_in_zone(now, _ZONE)
    cycle = full_cycle(pack, day=today)
    fillings = queries.public_fillings(pack, today=today)
    lines = rule_lines(pack, pack.rule_sets[0], fillings)
    counted = {row.course.course_id: row.course for line in lines for row in line.accepted}
    special = specials.specials_of(pack, today=today)
    equivalence = [body.equivalence.sources] if body.equivalence else []
    context = {
        "section": "credential",
        "pack": pack,
        "served": queries.served(pack),
        "headline": specials.headline(queries.served(pack)),
        "specials": special,
        "proof": body.proof,
        "proof_words": specials.proof_words(body.proof),
        "body": body,
        "duties": list(duties(pack)),
        "rules": rulebook.rules_of(pack.rule_sets[0]),
        "lines": lines,
        "has_rest": any(line.id == "remainder" for line in lines),
        "older": [
            (rulebook.rules_of(rule_set), rule_lines(pack, rule_set, {}))
            for rule_set in pack.rule_sets[1:]
        ],
        "counting": counting,
        "sources": rulebook.sources_of(
            pack,
            *(rule.sources for rule in counting),
            *(each.sources for each in special),
            body.proof.sources,
            *equivalence,
        ),
        "course_count": len(counted),
        "full_cycle": cycle,
        "best_offer": _offer(cycle, now),
        "course_hours": sum((course.hours for course in counted.values()), Decimal(0)),
        "others": [each for each in queries.featured_credentials() if each.id != pack.id],
        "add_url": f"{reverse('credentials:add')}?credential={pack.id}",
        "canonical": settings.SITE_URL + request.path,
    }
    return render(request, "web/credentials/for_body.html", context)


def _offer(cycle: FullCycle | None, now: datetime) -> OfferWords | None:
    """The cheapest way to open a full cycle's courses, for somebody who has nothing yet."""
    if cycle is None:
        return None
    free = {entry.code for entry in entries() if entry.is_free}
    needed = [Needed(code, hours) for code, hours in cycle.chosen if code not in free]
    return offer_words(
        best_offer(None, needed, now=now), subject="Beyond what is free, it needs", zone=_ZONE
    )


def duties(pack: Pack) -> Iterable[Duty]:
    """Who must take part, line by line, from the dates of the pack."""
    rule, body = pack.participation, pack.body
    if rule.mandatory_from is None:
        yield Duty("Everybody who holds it", "Required", is_required=True)
        return
    starts = long_date(rule.mandatory_from)
    yield Duty(f"First certified on or after {starts}", "Required", is_required=True)
    yield Duty(f"First certified before {starts}", "Voluntary, encouraged", is_required=False)
    if rule.former_nca_before is not None:
        before = long_date(rule.former_nca_before)
        yield Duty(
            "Formerly certified by the National Credentialing Agency (NCA)",
            f"Required, unless {body} itself certified you in the same category before {before}",
            is_required=True,
        )
    if rule.mandatory_from_international is not None:
        abroad = long_date(rule.mandatory_from_international)
        yield Duty(
            f"International certification ({body}i)",
            f"Required if first certified on or after {abroad}",
            is_required=True,
        )


def rule_lines(
    pack: Pack, rule_set: RuleSet, fillings: Mapping[str, Iterable[Filling]]
) -> list[RuleLine]:
    """The lines of a rule set, those for any area last."""
    return [
        RuleLine(
            id=line.id,
            title=line.title,
            points=line.needed,
            takes=line.fills,
            courses=tuple(fillings.get(line.id, ())),
            asks=line.asks,
            is_rest=line.is_rest,
        )
        for line in queries.asked_lines(pack, rule_set)
    ]


urlpatterns = [
    path("for/", index, name="for_index"),
    path("for/<slug:slug>/", for_body, name="for_body"),
]
