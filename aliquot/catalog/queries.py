"""Reads of the catalog."""

from datetime import date

from aliquot.catalog.models import Approval, Course, Provider


def current_provider() -> Provider | None:
    """The provider of this site, or None before it was set up."""
    return Provider.objects.order_by("pk").first()


def approvals_on(course: Course, day: date) -> list[Approval]:
    """Approvals of a course that were valid on a day and not withdrawn, with their accreditors."""
    return list(
        Approval.objects.filter(
            course=course, valid_from__lte=day, valid_through__gte=day, withdrawn_at=None
        )
        .select_related("accreditor")
        .order_by("accreditor__name", "number", "pk")
    )
