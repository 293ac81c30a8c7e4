"""Published versions with their parts. They never change (triggers refuse it), so they are held."""

import copy

from aliquot.catalog.models import Course, CourseVersion
from aliquot.infra.fixed import fixed

MOST_HELD = 48  # some hundred kilobytes each


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
