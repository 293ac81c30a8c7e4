"""Published versions with their parts. They never change (triggers refuse it), so they are held."""

import copy
from dataclasses import dataclass
from decimal import Decimal

from aliquot.catalog.models import Course, CourseVersion
from aliquot.infra.fixed import fixed

MOST_HELD = 48  # some hundred kilobytes each
MOST_OUTLINES = 4096  # two kilobytes each: a shelf names courses that nobody else reads now


@dataclass(frozen=True, slots=True)
class OutlinePage:
    """A page without its text."""

    id: int
    position: int
    slug: str
    title: str
    minutes: Decimal


@dataclass(frozen=True, slots=True)
class Outline:
    """What lists say of a version; ``area`` is the subject with the most hours."""

    title: str
    number: int
    hours: Decimal
    level: str  # in words
    area: str
    test_questions: int
    pages: tuple[OutlinePage, ...]


@fixed(MOST_HELD)
def held_version(version_id: int) -> CourseVersion:
    """A version with pages, figures, subjects, objectives and people, shared: never change it."""
    return CourseVersion.objects.prefetch_related(
        "pages", "figures", "subjects", "objectives", "people"
    ).get(pk=version_id)


def version_of(version_id: int, course: Course) -> CourseVersion:
    """The held version for one request, tied to its course as that is now."""
    version = copy.copy(held_version(version_id))
    version.course = course
    return version


@fixed(MOST_OUTLINES)
def held_outline(version_id: int) -> Outline:
    """A version as lists show it."""
    version = CourseVersion.objects.only(
        "title", "number", "contact_hours", "level", "test_questions"
    ).get(pk=version_id)
    subjects = version.subjects.all()
    main = max(subjects, key=lambda each: (each.hours, -each.position), default=None)
    pages = version.pages.values_list("id", "position", "slug", "title", "minutes")
    return Outline(
        title=version.title,
        number=version.number,
        hours=version.contact_hours,
        level=version.get_level_display(),
        area=main.area if main else "",
        test_questions=version.test_questions,
        pages=tuple(OutlinePage(*row) for row in pages.order_by("position")),
    )
