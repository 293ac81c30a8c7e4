"""What the office decides beside the version: availability, approvals, the provider."""

from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from aliquot.catalog import rules
from aliquot.catalog.errors import ApprovalRefusedError
from aliquot.catalog.facts import ApprovalProposal
from aliquot.catalog.models import Accreditor, Approval, Course, Provider
from aliquot.catalog.queries import GENERATION, PROVIDER_GENERATION, has_reviewer
from aliquot.infra import audit, cache


@transaction.atomic
def set_availability(
    *, course: Course, availability: str, successor: Course | None = None, actor_id: int | None
) -> None:
    """Open, hide or retire a course; a retired one may name the course that takes its place."""
    before = course.availability
    course.availability = Course.Availability(availability)
    course.successor = successor
    course.save(update_fields=["availability", "successor"])
    cache.raise_generation(GENERATION)
    audit.record(
        action="course.availability_set",
        actor_id=actor_id,
        subject=course,
        details={
            "from": before,
            "to": availability,
            "successor": successor.code if successor else None,
        },
    )


@transaction.atomic
def set_review_by(*, course: Course, review_by: date | None, actor_id: int | None) -> None:
    """Set the day until which the course is to be reviewed."""
    before = course.review_by
    course.review_by = review_by
    course.save(update_fields=["review_by"])
    cache.raise_generation(GENERATION)
    audit.record(
        action="course.review_by_set",
        actor_id=actor_id,
        subject=course,
        details={"from": before, "to": review_by},
    )


@transaction.atomic
def set_free(*, course: Course, is_free: bool, actor_id: int | None) -> None:
    """Let everyone start the course, or only those entitled to it."""
    before = course.is_free
    course.is_free = is_free
    course.save(update_fields=["is_free"])
    cache.raise_generation(GENERATION)
    audit.record(
        action="course.free_set",
        actor_id=actor_id,
        subject=course,
        details={"from": before, "to": is_free},
    )


@transaction.atomic
def add_approval(
    *,
    course: Course,
    accreditor: Accreditor,
    number: str,
    hours: Decimal,
    valid_from: date,
    valid_through: date,
    actor_id: int | None,
    now: datetime,
) -> Approval:
    """Enter an accreditor's approval of a course. Raises ApprovalRefusedError, with the reason.

    A course without a named reviewer gets none (domain: provider.md), except from a fictional
    accreditor of the demonstration, whose approvals count nowhere else.
    """
    proposal = ApprovalProposal(accreditor.code, number, hours, valid_from, valid_through)
    is_reviewed = accreditor.is_demonstration or has_reviewer(course.current_version)
    refusal = rules.approval_refusal(proposal, has_reviewer=is_reviewed)
    if refusal:
        raise ApprovalRefusedError(f"The approval is refused: {refusal}.")
    approval = Approval.objects.create(
        course=course,
        accreditor=accreditor,
        number=number,
        hours=hours,
        valid_from=valid_from,
        valid_through=valid_through,
        entered_at=now,
    )
    cache.raise_generation(GENERATION)
    audit.record(
        action="course.approval_added",
        actor_id=actor_id,
        subject=course,
        details={**asdict(proposal), "approval": approval.pk},
    )
    return approval


@transaction.atomic
def withdraw_approval(*, approval: Approval, actor_id: int | None, now: datetime) -> None:
    """Take an approval away from now on. Completions before keep it; the row stays."""
    if approval.withdrawn_at is not None:
        return
    approval.withdrawn_at = now
    approval.save(update_fields=["withdrawn_at"])
    cache.raise_generation(GENERATION)
    audit.record(
        action="course.approval_withdrawn",
        actor_id=actor_id,
        subject=approval.course,
        details={"approval": approval.pk, "number": approval.number},
    )


@transaction.atomic
def save_accreditor(
    *,
    code: str,
    name: str,
    approval_kind: str,
    provider_number: str = "",
    statement: str = "",
    is_demonstration: bool = False,
    actor_id: int | None,
) -> Accreditor:
    """Enter an accreditor, or change the one with this code."""
    accreditor, _ = Accreditor.objects.update_or_create(
        code=code,
        defaults={
            "name": name,
            "approval_kind": approval_kind,
            "provider_number": provider_number,
            "statement": statement,
            "is_demonstration": is_demonstration,
        },
    )
    cache.raise_generation(GENERATION)
    audit.record(
        action="accreditor.saved",
        actor_id=actor_id,
        subject=accreditor,
        details={"code": code, "name": name, "approval_kind": approval_kind},
    )
    return accreditor


# What the office may change of the provider; files are stored before they are named here.
PROVIDER_FIELDS = frozenset(
    {
        "name", "address", "provider_number", "contact_email", "accent_color", "logo", "signature",
        "administrator_name", "administrator_title", "credit_interval_months",
    }
)  # fmt: skip


@transaction.atomic
def save_provider(*, actor_id: int | None, **fields: Any) -> Provider:
    """Set up the provider of this site, or change it. ``fields`` are those of PROVIDER_FIELDS.

    Raises TypeError for any other field. Certificates keep what was true on their day.
    """
    unknown = fields.keys() - PROVIDER_FIELDS
    if unknown:
        raise TypeError(f"A provider has no {', '.join(sorted(unknown))}.")
    provider = Provider.objects.select_for_update().order_by("pk").first() or Provider()
    for name, value in fields.items():
        setattr(provider, name, value)
    provider.save()
    cache.raise_generation(PROVIDER_GENERATION)
    audit.record(
        action="provider.saved",
        actor_id=actor_id,
        subject=provider,
        details={"fields": sorted(fields)},
    )
    return provider
