"""Noting that a cycle was declared, renewed or filed at the body, and taking that back.

Both deeds are safe to repeat. What was noted is a frozen snapshot; nothing here reaches the body.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from django.db import transaction

from aliquot.credentials.access import open_cycle_of
from aliquot.credentials.errors import InvalidClaimError
from aliquot.credentials.facts.closing import Paper
from aliquot.credentials.models import Cycle, Declaration, HeldCredential
from aliquot.credentials.queries import facts_of, standing_on
from aliquot.credentials.queries.snapshots import digest_of, snapshot_of
from aliquot.credentials.rules.claims import check_declaration
from aliquot.credentials.services.held import locked, raise_revision
from aliquot.infra import audit
from aliquot.lib.dates import day_in_zone, long_date


@transaction.atomic
def declare_cycle(
    *,
    held: HeldCredential,
    declared_on: date,
    confirmation_number: str,
    papers: Mapping[str, Sequence[Paper]],
    licenses: Iterable[tuple[str, str]],
    now: datetime,
    actor_id: int,
) -> Declaration:
    """Keep what was declared, by everything completed up to the day it was.

    ``papers`` and ``licenses`` are as ``snapshot_of`` takes them. InvalidClaimError
    names ``declared_on`` or ``confirmation_number``; said again with the same day and number, the
    first one is returned.
    """
    held = locked(held)
    cycle = Cycle.objects.select_for_update().get(pk=open_cycle_of(held).pk)
    number = " ".join(confirmation_number.split())
    existing = Declaration.objects.filter(cycle=cycle, withdrawn_at=None).first()
    if existing is not None:
        if (existing.declared_on, existing.confirmation_number) == (declared_on, number):
            return existing
        day = long_date(existing.declared_on)
        raise InvalidClaimError(
            {"declared_on": f"It is noted already, for {day}. Take that back first."}
        )
    check_declaration(
        facts_of(held, cycle),
        declared_on=declared_on,
        confirmation_number=number,
        today=day_in_zone(now, cycle.time_zone),
    )
    snapshot = snapshot_of(
        standing_on(cycle, day=declared_on),
        papers=papers,
        licenses=licenses,
        declared_on=declared_on,
        confirmation_number=number,
    )
    declaration = Declaration.objects.create(
        cycle=cycle,
        declared_on=declared_on,
        confirmation_number=number,
        snapshot=snapshot,
        snapshot_hash=digest_of(snapshot),
        recorded_at=now,
    )
    raise_revision(cycle)
    audit.record(
        action="credential.declared",
        actor_id=actor_id,
        subject=declaration,
        details={"declared_on": declared_on, "snapshot": declaration.snapshot_hash},
    )
    return declaration


@transaction.atomic
def withdraw_declaration(*, declaration: Declaration, now: datetime, actor_id: int) -> None:
    """Say that it was noted by mistake. The row and its snapshot stay, marked as withdrawn."""
    row = Declaration.objects.select_for_update(of=("self",)).select_related("cycle")
    found = row.get(pk=declaration.pk)
    if found.withdrawn_at is not None:
        return
    found.withdrawn_at = now
    found.save(update_fields=["withdrawn_at"])
    raise_revision(found.cycle)
    audit.record(
        action="credential.declaration_withdrawn",
        actor_id=actor_id,
        subject=found,
        details={"declared_on": found.declared_on},
    )
