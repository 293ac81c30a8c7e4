"""The list of courses: search, facets in the address, cards."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any
from urllib.parse import quote_plus

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from aliquot.accounts.models import User
from aliquot.catalog import queries
from aliquot.catalog.data import areas
from aliquot.catalog.facts import CatalogEntry, FacetOption, Listing, Selection
from aliquot.catalog.queries.held import held
from aliquot.credentials.queries import (
    RequirementChoice,
    featured_credentials,
    requirement_choices,
    served_credentials,
)
from aliquot.infra import cache, clock
from aliquot.infra.anonymous_pages import anonymous_page
from aliquot.learning.queries import shelf_of
from aliquot.lib.dates import short_date
from aliquot.lib.decimals import shortest
from aliquot.ui.templatetags.addresses import address

PER_PAGE = 24
LONGEST_QUERY = 200
LENGTHS = {"short": "Up to 1 hour", "medium": "1 to 2 hours", "long": "Over 2 hours"}
LEVELS = {"basic": "Basic", "intermediate": "Intermediate", "advanced": "Advanced"}
SORTS = {"": "Best match, then title", "newest": "Newest first", "shortest": "Shortest first"}
RANKING = (
    "Best match first: a word in the title counts more than one elsewhere; equal matches and "
    "everything unsearched stand in the order of their titles. Nobody can pay for a place."
)


@dataclass(frozen=True, slots=True)
class Card:
    """A course as ``ui/course_card.html`` takes it."""

    title: str
    subtitle: str
    url: str
    area: str
    area_name: str
    hours: Decimal
    level: str
    fills: str = ""
    status: str = ""
    is_free: bool = False


@require_safe
@anonymous_page(queries.GENERATION, queries.PROVIDER_GENERATION)
def course_list(request: HttpRequest) -> HttpResponse:
    """The catalog. Every choice is in the address; an unknown one is as if it were not there."""
    today = clock.now().date()
    wish = _Wish.read(request, today)
    return render(request, "web/catalog/list.html", _context(request, wish))


def requirement_options(credential: str, today: date) -> list[RequirementChoice]:
    """Every requirement of a credential with the courses that count toward it.

    An unknown credential has none.
    """
    if credential not in credential_ids():
        return []
    return cache.remember(
        ["requirement choices", credential, today],
        [queries.GENERATION],
        lambda: requirement_choices(credential, as_of=today),
    )


@lru_cache(maxsize=1)
def credential_ids() -> dict[str, str]:
    """The credentials that courses can be chosen by, and how people write them."""
    return {each.id: each.letters for each in served_credentials()}


@dataclass(frozen=True, slots=True)
class _Wish:
    """What the address asks for, unknown choices left out.

    A requirement (``fills``) brings its credential along.
    """

    selection: Selection
    credential: str
    fills: RequirementChoice | None
    choices: Sequence[RequirementChoice]

    @classmethod
    def read(cls, request: HttpRequest, today: date) -> "_Wish":
        asked = request.GET
        named = asked.get("fills", "").partition(":")[0]
        credential = _one_of(named or asked.get("credential"), credential_ids())
        choices = requirement_options(credential, today)
        fills = next((each for each in choices if each.value == asked.get("fills")), None)
        selection = Selection(
            words=" ".join(asked.get("q", "")[:LONGEST_QUERY].split()),
            is_exact="exact" in asked,
            subject=_one_of(asked.get("subject"), areas()),
            length=_one_of(asked.get("length"), LENGTHS),
            level=_one_of(asked.get("level"), LEVELS),
            sort=_one_of(asked.get("sort"), SORTS),
            course_ids=fills.course_ids if fills else None,
        )
        return cls(selection, credential, fills, choices)

    def address(self, **changes: str) -> str:
        """The address of the list with some choices changed; the page begins at the first."""
        chosen = {
            "q": self.selection.words,
            "exact": "1" if self.selection.is_exact else "",
            "credential": self.credential,
            "fills": self.fills.value if self.fills else "",
            "subject": self.selection.subject,
            "length": self.selection.length,
            "level": self.selection.level,
            "sort": self.selection.sort,
        } | changes
        if chosen["fills"].startswith(f"{chosen['credential']}:"):
            chosen["credential"] = ""  # the requirement names it
        query = "&".join(_pair(name, value) for name, value in chosen.items() if value)
        return address("catalog:list") + (f"?{query}" if query else "")


@lru_cache(maxsize=512)
def _pair(name: str, value: str) -> str:
    """The same few choices stand in each of some twenty addresses of a page."""
    return f"{name}={quote_plus(value)}"


def _one_of(value: str | None, accepted: Any) -> str:
    return value if value is not None and value in accepted else ""


def _context(request: HttpRequest, wish: _Wish) -> dict[str, Any]:
    listing = queries.browse(wish.selection)
    counts = queries.catalog_counts()
    page = Paginator(listing.entries, PER_PAGE).get_page(request.GET.get("page"))
    statuses = _statuses(request)
    return {
        "section": "courses",
        "headline": headline(counts.courses, counts.contact_hours),
        "selection": wish.selection,
        "found": len(listing.entries),
        "groups": _groups(wish, listing),
        "chosen": _chosen(wish),
        "cards": _cards(page.object_list, wish.fills, statuses),
        "page": page,
        "listing": listing,
        "sorts": [
            {"label": label, "url": wish.address(sort=key), "current": key == wish.selection.sort}
            for key, label in SORTS.items()
        ],
        "ranking": RANKING,
        "exact_url": wish.address(exact="1"),
        "everything_url": address("catalog:list"),
        "suggestions": [
            {"label": areas()[area].title, "url": f"{reverse('catalog:list')}?subject={area}"}
            for area in queries.suggestions()[:8]
            if area in areas()
        ],
    }


def headline(courses: int, hours: Decimal) -> str:
    """One piece of text, counted now: ``2 courses, 2.25 contact hours``."""
    course_word = "course" if courses == 1 else "courses"
    hour_word = "contact hour" if hours == 1 else "contact hours"
    return f"{courses:,} {course_word}, {shortest(hours)} {hour_word}"


def _statuses(request: HttpRequest) -> dict[str, str]:
    """What a signed-in person did with which course, by its address; what was last counts."""
    if not isinstance(request.user, User):
        return {}
    return {
        each.course_slug: (
            f"Done {short_date(each.completed_on)}" if each.completed_on else "In progress"
        )
        for each in reversed(shelf_of(request.user))
    }


def _cards(
    found: Iterable[CatalogEntry], fills: RequirementChoice | None, statuses: dict[str, str]
) -> list[Card]:
    plain = held(queries.GENERATION, "cards", lambda: dict(map(_plain_card, queries.entries())))
    words = f"Counts toward {fills.title}" if fills else ""
    return [
        replace(plain[entry.course_id], fills=words, status=statuses.get(entry.slug, ""))
        if words or entry.slug in statuses
        else plain[entry.course_id]
        for entry in found
    ]


def _plain_card(entry: CatalogEntry) -> tuple[int, Card]:
    """A course as everybody sees it."""
    names = [areas()[subject.area].title for subject in entry.subjects if subject.area in areas()]
    card = Card(
        title=entry.title,
        subtitle=entry.subtitle,
        url=reverse("catalog:course", args=[entry.slug]),
        area=entry.area,
        area_name=", ".join(names[:2]) + (" and more" if len(names) > 2 else ""),
        hours=entry.hours,
        level=LEVELS.get(entry.level, ""),
        is_free=entry.is_free,
    )
    return entry.course_id, card


def _groups(wish: _Wish, listing: Listing) -> list[dict[str, Any]]:
    chosen = wish.selection
    titles = {area.id: area.title for area in areas().values()}
    groups = _requirement_groups(wish, listing)
    for name, title, options, labels, current in (
        ("subject", "Subject", listing.subjects, titles, chosen.subject),
        ("length", "Length", listing.lengths, LENGTHS, chosen.length),
        ("level", "Level", listing.levels, LEVELS, chosen.level),
    ):
        shown = [
            _option(wish, name, option, labels, current)
            for option in options
            if option.count or option.key == current
        ]
        if shown:
            groups.append({"title": title, "options": shown})
    return groups


def _option(
    wish: _Wish, name: str, option: FacetOption, labels: Any, current: str
) -> dict[str, Any]:
    is_chosen = option.key == current
    return {
        "label": labels[option.key],
        "url": wish.address(**{name: "" if is_chosen else option.key}),
        "count": str(option.count),
        "selected": is_chosen,
        "area": option.key if name == "subject" else "",
    }


def _link(label: str, url: str) -> dict[str, Any]:
    """An option that cannot be counted."""
    return {"label": label, "url": url, "count": None, "selected": False, "area": ""}


def _requirement_groups(wish: _Wish, listing: Listing) -> list[dict[str, Any]]:
    """First a credential is chosen, then a requirement of it that some course counts toward."""
    if not wish.credential:
        options: list[dict[str, Any]] = [
            _link(each.letters, wish.address(credential=each.id)) for each in featured_credentials()
        ]
        more = _link("All credentials", address("credentials:for_index"))
        return [{"title": "Counts toward", "options": [*options, more]}]
    if wish.fills is not None:  # the counts are those of the list without this choice
        listing = queries.browse(replace(wish.selection, course_ids=None))
    left = {entry.course_id for entry in listing.entries}
    lines: list[dict[str, Any]] = []
    for choice in wish.choices:
        is_chosen = wish.fills is not None and choice.value == wish.fills.value
        if not choice.course_ids and not is_chosen:
            continue
        lines.append(
            {
                "label": choice.title,
                "url": wish.address(fills="" if is_chosen else choice.value),
                "count": str(len(left & choice.course_ids)),
                "selected": is_chosen,
                "area": choice.requirement,
            }
        )
    other = _link("Another credential", wish.address(credential="", fills=""))
    title = f"Counts toward {credential_ids()[wish.credential]}"
    return [{"title": title, "options": [*lines, other]}]


def _chosen(wish: _Wish) -> list[dict[str, str]]:
    """The choices made, each with the address without it."""
    selection = wish.selection
    made = [
        ("fills", f"Counts toward {wish.fills.label}" if wish.fills else ""),
        ("subject", areas()[selection.subject].title if selection.subject else ""),
        ("length", LENGTHS.get(selection.length, "")),
        ("level", LEVELS.get(selection.level, "")),
    ]
    return [{"label": label, "url": wish.address(**{name: ""})} for name, label in made if label]
