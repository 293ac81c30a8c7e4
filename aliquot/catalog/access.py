"""Who may see which course. Absent and hidden answer alike."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from aliquot.accounts.models import StaffRole, User
from aliquot.accounts.queries import roles_of
from aliquot.catalog.errors import CourseNotFoundError
from aliquot.catalog.models import Course, Figure, Page
from aliquot.infra.statements import Given, Statement, columns_of, instance

# They prepare courses that are not open yet.
_PREPARING = {StaffRole.Role.ADMINISTRATOR, StaffRole.Role.AUTHOR, StaffRole.Role.REVIEWER}


def visible_courses(user: User | AnonymousUser) -> QuerySet[Course]:
    """Published courses this person may open a page of: open and retired ones, hidden for staff.

    Retired courses are not listed, but their address goes on to work and says what they were.
    """
    courses = Course.objects.filter(current_version__isnull=False)
    if not can_see_hidden(user):
        courses = courses.exclude(availability=Course.Availability.HIDDEN)
    return courses.select_related("successor")


def course_for(user: User | AnonymousUser, slug: str) -> Course:
    """The course at an address, with its current version. Raises CourseNotFoundError."""
    course = next(iter(_at.rows(slug=slug)), None)
    is_hidden = course is not None and course.availability == Course.Availability.HIDDEN
    if course is None or (is_hidden and not can_see_hidden(user)):
        raise CourseNotFoundError
    return course


def _with_successor(*values: Any) -> Course:
    own = len(Course._meta.concrete_fields)
    course = instance(Course, values[:own])
    course.successor = None if values[own] is None else instance(Course, values[own:])
    return course


_at = Statement(
    _with_successor,
    lambda: Course.objects.filter(slug=Given("slug"), current_version__isnull=False).values_list(
        *columns_of(Course), *columns_of(Course, "successor__")
    ),
)


def course_coded_for(user: User | AnonymousUser, code: str) -> Course:
    """The course with a code, with its current version. Raises CourseNotFoundError."""
    course = visible_courses(user).filter(code=code).first()
    if course is None:
        raise CourseNotFoundError
    return course


def preview_page_for(user: User | AnonymousUser, slug: str, page_slug: str) -> Page:
    """A page that anyone may read before starting. Raises CourseNotFoundError for any other."""
    course = course_for(user, slug)
    page = (
        Page.objects.filter(version=course.current_version_id, slug=page_slug, is_preview=True)
        .select_related("version", "version__course")
        .first()
    )
    if page is None:
        raise CourseNotFoundError("There is no such page, or it opens when you start the course.")
    return page


def figure_of(slug: str, version_number: int, key: str) -> Figure:
    """A figure by its address; whether the person may see it is asked by the page that serves it.

    Raises CourseNotFoundError.
    """
    figure = (
        Figure.objects.filter(version__course__slug=slug, version__number=version_number, key=key)
        .select_related("file", "version", "version__course")
        .first()
    )
    if figure is None:
        raise CourseNotFoundError("There is no such figure.")
    return figure


def can_see_hidden(user: User | AnonymousUser) -> bool:
    """Whether this person prepares courses, and so may see what is not open yet."""
    return isinstance(user, User) and bool(roles_of(user) & _PREPARING)
