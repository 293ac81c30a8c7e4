"""Granting the right to open courses. Learning never asks who paid."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from aliquot.accounts.models import User
from aliquot.catalog.models import Course
from aliquot.infra import audit
from aliquot.learning.errors import EntitlementInvalidError
from aliquot.learning.models import Entitlement


@transaction.atomic
def grant_entitlement(
    *,
    person: User,
    source: str,
    course: Course | None,
    starts_at: datetime,
    ends_at: datetime | None,
    hours_limit: Decimal | None,
    actor_id: int | None,
    now: datetime,
    source_reference: str = "",
) -> Entitlement:
    """Give a person the right to open one course (None: all) until a moment, for some hours.

    ``ends_at`` None: without end; ``hours_limit`` in contact hours, None: without a limit. The
    entitlement runs up to but not at ``ends_at``. Raises EntitlementInvalidError.
    """
    if source not in Entitlement.Source.values:
        accepted = ", ".join(Entitlement.Source.values)
        raise EntitlementInvalidError(f"Source {source!r} is not known; accepted: {accepted}.")
    if ends_at is not None and ends_at <= starts_at:
        raise EntitlementInvalidError("The end must come after the start.")
    if hours_limit is not None and (hours_limit <= 0 or hours_limit % Decimal("0.01")):
        raise EntitlementInvalidError("The hours must be above zero, in hundredths at most.")
    entitlement = Entitlement.objects.create(
        person=person,
        source=source,
        source_reference=source_reference,
        course=course,
        starts_at=starts_at,
        ends_at=ends_at,
        hours_limit=hours_limit,
        granted_at=now,
        granted_by_id=actor_id,
    )
    audit.record(
        action="entitlement.granted",
        actor_id=actor_id,
        subject=entitlement,
        details={
            "person": person.pk,
            "source": source,
            "course": None if course is None else course.code,
            "ends_at": ends_at,
            "hours_limit": hours_limit,
        },
    )
    return entitlement


@transaction.atomic
def withdraw_entitlement(
    *, entitlement: Entitlement, actor_id: int | None, now: datetime
) -> Entitlement:
    """End an entitlement now; doing it twice changes nothing. Completions stay completed."""
    entitlement = Entitlement.objects.select_for_update(of=("self",)).get(pk=entitlement.pk)
    if entitlement.withdrawn_at is not None:
        return entitlement
    entitlement.withdrawn_at = now
    entitlement.save(update_fields=["withdrawn_at"])
    audit.record(
        action="entitlement.withdrawn",
        actor_id=actor_id,
        subject=entitlement,
        details={"person": entitlement.person_id},
    )
    return entitlement


@transaction.atomic
def restore_entitlement(
    *, entitlement: Entitlement, actor_id: int | None, now: datetime
) -> Entitlement:
    """Give a withdrawn entitlement back as it was: same last day, what was drawn stays drawn.

    Doing it twice changes nothing, and so does one that has ended meanwhile.
    """
    entitlement = Entitlement.objects.select_for_update(of=("self",)).get(pk=entitlement.pk)
    is_over = entitlement.ends_at is not None and entitlement.ends_at <= now
    if entitlement.withdrawn_at is None or is_over:
        return entitlement
    entitlement.withdrawn_at = None
    entitlement.save(update_fields=["withdrawn_at"])
    audit.record(
        action="entitlement.restored",
        actor_id=actor_id,
        subject=entitlement,
        details={"person": entitlement.person_id},
    )
    return entitlement


@transaction.atomic
def note_end_notice(*, entitlement: Entitlement, now: datetime) -> bool:
    """Write down that the holder was told of the end; False if that was done before."""
    rows = Entitlement.objects.filter(pk=entitlement.pk, end_noticed_at=None)
    if not rows.update(end_noticed_at=now):
        return False
    audit.record(action="entitlement.end_noticed", actor_id=None, subject=entitlement)
    return True
