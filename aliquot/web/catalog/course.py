"""The page of a course: everything a person needs to know before starting it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe

from aliquot.accounts.models import User
from aliquot.assessment.queries import bank_of, page_questions
from aliquot.catalog import access, queries
from aliquot.catalog.data import areas
from aliquot.catalog.errors import CourseNotFoundError
from aliquot.catalog.facts import ApprovalFacts
from aliquot.catalog.models import Course, CourseVersion
from aliquot.commerce import queries as shop
from aliquot.commerce.facts import Needed
from aliquot.commerce.queries import OnSale
from aliquot.credentials.queries import featured_credentials, requirements_filled_by
from aliquot.flows.best_offer import best_offer
from aliquot.infra import cache, clock
from aliquot.infra.anonymous_pages import anonymous_page
from aliquot.learning.access import opening_for
from aliquot.learning.facts import Opening
from aliquot.lib import markdown
from aliquot.web.catalog.determination import determination_of
from aliquot.web.catalog.structured import course_data, script_safe
from aliquot.web.shop.offer_words import OfferWords, offer_words
from aliquot.web.shop.pricing import wish_url

LONGEST_STEM = 140
DELIVERIES = {"self_study": "Self-study, at your own pace"}


@dataclass(frozen=True, slots=True)
class OutlinePage:
    """A line of the outline: a page, its minutes, its questions, and whether it may be read."""

    title: str
    minutes: int
    stems: tuple[str, ...]
    preview_url: str


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
    today = now.date()
    subjects = list(version.subjects.all())
    main = max(subjects, key=lambda subject: subject.hours).area if subjects else ""
    approvals = queries.approvals_of(course)
    people = list(version.people.all())
    url = reverse("catalog:course", args=[course.slug])
    objectives = list(version.objectives.all())
    opening = opening_for(request.user, course, now)
    is_closed = opening.is_offered and not opening.may and opening.again_from is None
    sold = shop.on_sale(now) if is_closed and not course.is_free else []
    single = _single(course, sold)
    return {
        "section": "courses",
        "course": course,
        "version": version,
        "area": main,
        "trail": _trail(main, version.title),
        "delivery": DELIVERIES.get(version.delivery, version.delivery),
        "description": _html(version.description),
        "summary": markdown.plain_text(version.description)[:300],
        "subjects": subjects,
        "objectives": objectives,
        "outline": _outline(course, version),
        "authors": [person for person in people if person.role == "author"],
        "others": [person for person in people if person.role != "author"],
        "has_reviewer": any(person.role == "reviewer" for person in people),
        "determination": determination_of(version),
        "versions": queries.versions_of(course),
        "opening": opening,
        "single": single,
        "buy_url": wish_url(single.product, course.code) if single else "",
        "is_sold": single is not None or bool(sold),
        "best_offer": _offer(request, course, version, opening, now),
        "signup_url": f"{reverse('account_signup')}?next={quote(url)}",
        "login_url": f"{reverse('account_login')}?next={quote(url)}",
        "bank_size": len(bank_of(version)),
        "is_review_due": course.review_by is not None and course.review_by < today,
        **_accreditation(version, approvals, today),
        "structured_data": script_safe(
            course_data(course, version, subjects, objectives, queries.current_provider())
        ),
    }


def _single(course: Course, sold: list[OnSale]) -> OnSale | None:
    """How this course is bought alone: by a product of its own, else as any one course."""
    singles = [each for each in sold if each.product.kind == "course"]
    fit = [each for each in singles if each.product.course_id in {course.pk, None}]
    return min(fit, key=lambda each: each.product.course_id is None, default=None)


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


def _html(text: str) -> SafeString:
    return mark_safe(markdown.render_text(text))  # noqa: S308 (sanitized by the renderer)


def _trail(area: str, title: str) -> list[dict[str, str]]:
    trail = [{"label": "Courses", "url": reverse("catalog:list")}]
    if area in areas():
        url = f"{reverse('catalog:list')}?subject={area}"
        trail.append({"label": areas()[area].title, "url": url})
    return [*trail, {"label": title, "url": ""}]


def _outline(course: Course, version: CourseVersion) -> list[OutlinePage]:
    stems: dict[int, list[str]] = {}
    for question in page_questions(version.pk).values():
        if question.page_id is not None:
            stems.setdefault(question.page_id, []).append(_shortened(question.stem))
    return [
        OutlinePage(
            title=page.title,
            minutes=max(1, round(page.minutes)),
            stems=tuple(stems.get(page.pk, ())),
            preview_url=(
                reverse("catalog:preview", args=[course.slug, page.slug]) if page.is_preview else ""
            ),
        )
        for page in version.pages.all()
    ]


def _shortened(stem: str) -> str:
    text = markdown.plain_text(stem)
    if len(text) <= LONGEST_STEM:
        return text
    return text[:LONGEST_STEM].rsplit(" ", 1)[0] + " …"


def _accreditation(
    version: CourseVersion, approvals: list[ApprovalFacts], today: date
) -> Mapping[str, Any]:
    """Approvals today and to come, and what each body makes of them."""
    valid = [each for each in approvals if each.is_valid_on(today)]
    parts: list[tuple[str, Decimal]] = [(each.area, each.hours) for each in version.subjects.all()]
    accepted = sorted({each.kind for each in valid})
    effects = cache.remember(
        ["requirements filled", version.pk, accepted, today],
        [queries.GENERATION],
        lambda: requirements_filled_by(parts, approvals=accepted, as_of=today),
    )
    featured = [each.id for each in featured_credentials()]
    return {
        "approvals": valid,
        "later_approvals": [each for each in approvals if each.valid_from > today],
        "effects": [each for each in effects if each.credential.id in featured],
        "other_effects": [each for each in effects if each.credential.id not in featured],
    }
