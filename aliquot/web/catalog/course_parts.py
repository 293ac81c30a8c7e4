"""What a course's page says to everybody: made once a day and publishing, kept as HTML."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from aliquot.assessment.queries import bank_of, page_questions
from aliquot.catalog import queries
from aliquot.catalog.facts import ApprovalFacts
from aliquot.catalog.models import Course, CourseVersion
from aliquot.credentials.queries import featured_credentials, requirements_filled_by
from aliquot.infra import cache
from aliquot.lib import markdown
from aliquot.web.catalog.determination import determination_of
from aliquot.web.catalog.structured import course_data, script_safe

LONGEST_STEM = 140
DELIVERIES = {"self_study": "Self-study, at your own pace"}


@dataclass(frozen=True, slots=True)
class Parts:
    """Pieces of the page (``_top.html`` and the like) and what its head says."""

    summary: str
    structured_data: SafeString
    top: SafeString
    accreditation: SafeString
    terms: SafeString
    rest: SafeString


@dataclass(frozen=True, slots=True)
class OutlinePage:
    """A line of the outline: a page, its minutes, its questions, and whether it may be read."""

    title: str
    minutes: int
    stems: tuple[str, ...]
    preview_url: str


def parts_of(course: Course, version: CourseVersion, today: date) -> Parts:
    """The parts as they are today, for whoever may see the course.

    Nothing in them knows the person who asks: they are drawn without a request.
    """
    return cache.remember(
        ["course page", course.pk, version.pk, today],
        [queries.GENERATION, queries.PROVIDER_GENERATION],
        lambda: _parts(course, version, today),
    )


def _parts(course: Course, version: CourseVersion, today: date) -> Parts:
    context = _context(course, version, today)
    provider = queries.current_provider()
    data = course_data(course, version, context["subjects"], context["objectives"], provider)

    def drawn(name: str) -> SafeString:
        return render_to_string(f"web/catalog/{name}.html", context)

    return Parts(
        summary=markdown.plain_text(version.description)[:300],
        structured_data=script_safe(data),
        top=drawn("_top"),
        accreditation=drawn("_accreditation"),
        terms=drawn("_terms"),
        rest=drawn("_rest"),
    )


def _context(course: Course, version: CourseVersion, today: date) -> dict[str, Any]:
    subjects = list(version.subjects.all())
    people = list(version.people.all())
    return {
        "course": course,
        "version": version,
        "area": queries.held_outline(version.pk).area,
        "delivery": DELIVERIES.get(version.delivery, version.delivery),
        "description": _html(version.description),
        "subjects": subjects,
        "objectives": list(version.objectives.all()),
        "outline": _outline(course, version),
        "authors": [person for person in people if person.role == "author"],
        "others": [person for person in people if person.role != "author"],
        "has_reviewer": any(person.role == "reviewer" for person in people),
        "determination": determination_of(version),
        "versions": queries.versions_of(course),
        "bank_size": len(bank_of(version)),
        "is_review_due": course.review_by is not None and course.review_by < today,
        **_accreditation(version, queries.approvals_of(course), today),
    }


def _html(text: str) -> SafeString:
    return mark_safe(markdown.render_text(text))  # noqa: S308 (sanitized by the renderer)


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
    effects = requirements_filled_by(parts, approvals=accepted, as_of=today)
    others = {each.credential.id: each for each in effects}
    featured = [others.pop(each.id) for each in featured_credentials() if each.id in others]
    return {
        "approvals": valid,
        "later_approvals": [each for each in approvals if each.valid_from > today],
        "effects": featured,
        "other_effects": list(others.values()),
    }
