"""The page of a course: everything a person needs to know before starting it."""

from datetime import datetime
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from aliquot.accounts.models import User
from aliquot.catalog import access, queries
from aliquot.catalog.data import areas
from aliquot.catalog.errors import CourseNotFoundError
from aliquot.catalog.models import Course, CourseVersion
from aliquot.commerce import queries as shop
from aliquot.commerce.facts import Needed
from aliquot.commerce.queries import OnSale
from aliquot.flows.activity_effects import effects_of_course
from aliquot.flows.best_offer import best_offer
from aliquot.infra import clock
from aliquot.infra.anonymous_pages import anonymous_page
from aliquot.learning.access import opening_for
from aliquot.learning.facts import Opening
from aliquot.web.catalog.course_parts import parts_of
from aliquot.web.ledger import effects
from aliquot.web.shop.offer_words import OfferWords, offer_words
from aliquot.web.shop.pricing import wish_url


@require_safe
@anonymous_page(queries.GENERATION, queries.PROVIDER_GENERATION, shop.GENERATION)
def course(request: HttpRequest, slug: str) -> HttpResponse:
    """One course. Hidden and absent ones answer alike."""
    found = access.course_for(request.user, slug)
    if found.current_version_id is None:  # access gives published courses only
        raise CourseNotFoundError
    version = queries.version_of(found.current_version_id, found)
    now = clock.now()
    context = _context(request, found, version, now)
    return render(request, "web/catalog/course.html", context)


def _context(
    request: HttpRequest, course: Course, version: CourseVersion, now: datetime
) -> dict[str, Any]:
    url = quote(reverse("catalog:course", args=[course.slug]))
    opening = opening_for(request.user, course, now)
    is_closed = opening.is_offered and not opening.may and opening.again_from is None
    sold = shop.on_sale(now) if is_closed and not course.is_free else []
    single = _single(course, sold)
    return {
        "section": "courses",
        "course": course,
        "version": version,
        "parts": parts_of(course, version, now.date()),
        "trail": _trail(queries.held_outline(version.pk).area, version.title),
        "opening": opening,
        "single": single,
        "buy_url": wish_url(single.product, course.code) if single else "",
        "is_sold": single is not None or bool(sold),
        "effects": _effects(request, course, opening, now),
        "best_offer": _offer(request, course, version, opening, now),
        "signup_url": f"{reverse('account_signup')}?next={url}",
        "login_url": f"{reverse('account_login')}?next={url}",
    }


def _single(course: Course, sold: list[OnSale]) -> OnSale | None:
    """How this course is bought alone: by a product of its own, else as any one course."""
    singles = [each for each in sold if each.product.kind == "course"]
    fit = [each for each in singles if each.product.course_id in {course.pk, None}]
    return min(fit, key=lambda each: each.product.course_id is None, default=None)


def _effects(
    request: HttpRequest, course: Course, opening: Opening, now: datetime
) -> list[effects.Shown]:
    """What the course does for the credentials of whoever is signed in and may still earn it."""
    if not isinstance(request.user, User) or opening.again_from is not None:
        return []
    return effects.shown(effects_of_course(request.user, course.pk, now=now))


def _offer(
    request: HttpRequest, course: Course, version: CourseVersion, opening: Opening, now: datetime
) -> OfferWords | None:
    """The cheapest way to open this course, where it is sold and not open to the person."""
    if course.is_free or opening.may or not opening.is_offered or opening.again_from is not None:
        return None
    person = request.user if isinstance(request.user, User) else None
    offer = best_offer(person, [Needed(course.code, version.contact_hours)], now=now)
    zone = person.time_zone if person else "UTC"
    return offer_words(offer, subject="This course is", zone=zone)


def _trail(area: str, title: str) -> list[dict[str, str]]:
    trail = [{"label": "Courses", "url": reverse("catalog:list")}]
    if area in areas():
        url = f"{reverse('catalog:list')}?subject={area}"
        trail.append({"label": areas()[area].title, "url": url})
    return [*trail, {"label": title, "url": ""}]
