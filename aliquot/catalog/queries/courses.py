"""One course: its versions, its outline, its approvals."""

from datetime import date
from typing import Any

from django.db.models import QuerySet

from aliquot.catalog.facts import ApprovalFacts
from aliquot.catalog.models import Accreditor, Approval, Contributor, Course, CourseVersion, Page
from aliquot.infra.statements import Given, Statement, columns_of, instance


def course_by_code(code: str) -> Course | None:
    """The course with a code, with its current version."""
    return Course.objects.filter(code=code).select_related("current_version").first()


def published_version(course: Course, number: int | None = None) -> CourseVersion | None:
    """A version of the course by its number; without one the current version."""
    if number is None:
        return course.current_version
    return course.versions.filter(number=number).first()


def versions_of(course: Course) -> QuerySet[CourseVersion]:
    """Every version with number, day and what changed, the newest first; other fields wait."""
    return course.versions.only("number", "published_at", "what_changed").order_by("-number")


def outline_of(version: CourseVersion) -> QuerySet[Page]:
    """The pages in their order, without their text."""
    return version.pages.defer("source", "blocks").order_by("position")


def preview_figure_keys(version: CourseVersion) -> set[str]:
    """Figures that stand on pages anyone may read."""
    blocks = version.pages.filter(is_preview=True).values_list("blocks", flat=True)
    return {block["key"] for page in blocks for block in page if block["kind"] == "figure"}


def preview_page_ids(version: CourseVersion) -> list[int]:
    """The pages anyone may read."""
    return list(version.pages.filter(is_preview=True).values_list("pk", flat=True))


def approvals_of(course: Course) -> list[ApprovalFacts]:
    """Every approval that was not withdrawn, whatever its days."""
    return [
        approval_facts(approval)
        for approval in course.approvals.filter(withdrawn_at=None)
        .select_related("accreditor")
        .order_by("valid_from", "pk")
    ]


def approvals_on(course: Course, day: date) -> list[Approval]:
    """The approvals valid on a day: what a completion on that day freezes."""
    return _valid.rows(course=course.pk, day=day.isoformat())


def _with_accreditor(*values: Any) -> Approval:
    own = len(Approval._meta.concrete_fields)
    found = instance(Approval, values[:own])
    found.accreditor = instance(Accreditor, values[own:])
    return found


_valid = Statement(
    _with_accreditor,
    lambda: (
        Approval.objects.filter(
            course=Given("course"),
            withdrawn_at=None,
            valid_from__lte=Given("day"),
            valid_through__gte=Given("day"),
        )
        .order_by("valid_from", "pk")
        .values_list(*columns_of(Approval), *columns_of(Accreditor, "accreditor__"))
    ),
)


def approval_facts(approval: Approval) -> ApprovalFacts:
    """An approval as facts; its accreditor must be loaded."""
    return ApprovalFacts(
        accreditor=approval.accreditor.name,
        kind=approval.accreditor.approval_kind,
        number=approval.number,
        hours=approval.hours,
        valid_from=approval.valid_from,
        valid_through=approval.valid_through,
        is_demonstration=approval.accreditor.is_demonstration,
    )


def has_reviewer(version: CourseVersion | None) -> bool:
    """Whether the version names a reviewer, without whom no approval is entered."""
    return version is not None and version.people.filter(role=Contributor.Role.REVIEWER).exists()
