"""Reads for the back office: every course, whatever its availability, and what runs out."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Q, QuerySet

from aliquot.catalog.models import Approval, Course
from aliquot.catalog.rules.approvals import ApprovalState, approval_state


@dataclass(frozen=True, slots=True)
class ApprovalOnDay:
    """An approval, and how it stands on the day asked for."""

    approval: Approval
    state: ApprovalState


def all_courses(day: date, *, words: str = "") -> QuerySet[Course]:
    """Every course by code, with ``valid_approvals``: how many are valid on ``day``.

    ``words``: each must occur in the code or in the title.
    """
    found = Course.objects.select_related("current_version", "successor__current_version")
    for word in words.split():
        found = found.filter(Q(code__icontains=word) | Q(current_version__title__icontains=word))
    valid = Q(
        approvals__withdrawn_at=None,
        approvals__valid_from__lte=day,
        approvals__valid_through__gte=day,
    )
    return found.annotate(valid_approvals=Count("approvals", filter=valid)).order_by("code")


def courses_past_review(day: date) -> QuerySet[Course]:
    """Courses in use whose day of review has passed, the longest overdue first."""
    return (
        Course.objects.filter(review_by__lt=day)
        .exclude(availability=Course.Availability.RETIRED)
        .select_related("current_version")
        .order_by("review_by", "code")
    )


def approvals_ending(day: date, *, days: int = 90) -> QuerySet[Approval]:
    """Approvals valid on ``day`` whose last day comes within ``days``, the first to end first."""
    return (
        Approval.objects.filter(
            withdrawn_at=None,
            valid_from__lte=day,
            valid_through__range=(day, day + timedelta(days=days)),
        )
        .exclude(course__availability=Course.Availability.RETIRED)
        .select_related("course__current_version", "accreditor")
        .order_by("valid_through", "pk")
    )


def approvals_with_state(course: Course, day: date) -> list[ApprovalOnDay]:
    """Every approval a course ever had, the one that ends last first."""
    rows = course.approvals.select_related("accreditor").order_by("-valid_through", "-pk")
    return [
        ApprovalOnDay(
            row,
            approval_state(
                valid_from=row.valid_from,
                valid_through=row.valid_through,
                is_withdrawn=row.withdrawn_at is not None,
                day=day,
            ),
        )
        for row in rows
    ]
