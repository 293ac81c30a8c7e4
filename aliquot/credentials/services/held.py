"""Deeds about credentials held: adding, correcting, points brought along, the next cycle, removing.

Each is safe to repeat: asked again for what is already so, it changes nothing and writes no audit
row. What a holder says is judged by ``rules.claims``; InvalidClaimError names the fields.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import F

from aliquot.accounts.models import User
from aliquot.credentials import data
from aliquot.credentials.access import open_cycle_of
from aliquot.credentials.errors import InvalidClaimError, UnknownCredentialError
from aliquot.credentials.facts import CredentialHeld
from aliquot.credentials.models import Cycle, HeldCredential, OpeningBalance
from aliquot.credentials.queries import facts_of, newest_balances, requirements_of
from aliquot.credentials.rules.claims import check_claim, checked_points
from aliquot.infra import audit
from aliquot.lib.dates import day_in_zone
from aliquot.lib.errors import NotFoundError

_NOTHING = Decimal(0)


@transaction.atomic
def add_credential(
    *,
    person: User,
    credential: str,
    ends_on: date,
    now: datetime,
    actor_id: int,
    first_certified_on: date | None = None,
    formerly_nca: bool = False,
    international: bool = False,
    expired: bool = False,
    first_renewal: bool = False,
    licensed_on: date | None = None,
    specialties: Sequence[str] = (),
    roles: Sequence[str] = (),
    opening_balances: Mapping[str, Decimal] | None = None,
) -> HeldCredential:
    """Keep a credential and its open cycle, with points that the body's page already shows.

    ``ends_on`` is typed from the body's account, never computed. ``first_certified_on`` None means
    unknown; ``specialties`` and ``roles`` are the licensed ones that bring a line of their own.
    Sent twice, the first one is returned; with other facts, InvalidClaimError says that
    the credential is there already.
    """
    person = User.objects.select_for_update().get(pk=person.pk)
    held = HeldCredential(
        person=person,
        credential=_known(credential),
        first_certified_on=first_certified_on,
        formerly_nca=formerly_nca,
        international=international,
        expired=expired,
        licensed_on=licensed_on,
        specialties=list(specialties),
        roles=list(roles),
        added_at=now,
    )
    cycle = Cycle(
        held=held,
        ends_on=ends_on,
        time_zone=person.time_zone,
        first_renewal=first_renewal,
        added_at=now,
    )
    existing = _same_held_already(held, cycle)
    if existing is not None:
        return existing
    check_claim(facts_of(held, cycle), today=_today(cycle, now))
    held.save()
    cycle.held = held
    cycle.save()
    _store_balances(cycle, opening_balances or {}, now)
    audit.record(
        action="credential.added",
        actor_id=actor_id,
        subject=held,
        details={"credential": credential, "ends_on": ends_on},
    )
    return held


@transaction.atomic
def correct_credential(
    *,
    held: HeldCredential,
    ends_on: date,
    first_certified_on: date | None,
    formerly_nca: bool,
    international: bool,
    expired: bool,
    now: datetime,
    actor_id: int,
    first_renewal: bool = False,
    licensed_on: date | None = None,
    specialties: Sequence[str] = (),
    roles: Sequence[str] = (),
) -> HeldCredential:
    """Change what was typed about a credential or the end of its open cycle.

    Everything is said anew: what is left out is none.
    The cycle takes on the zone that the holder lives in now. InvalidClaimError names the fields.
    """
    held = locked(held)
    cycle = open_cycle_of(held)
    before = _said(facts_of(held, cycle), cycle.time_zone)
    held.first_certified_on = first_certified_on
    held.formerly_nca = formerly_nca
    held.international = international
    held.expired = expired
    held.licensed_on = licensed_on
    held.specialties = list(specialties)
    held.roles = list(roles)
    cycle.ends_on = ends_on
    cycle.first_renewal = first_renewal
    cycle.time_zone = held.person.time_zone
    after = _said(facts_of(held, cycle), cycle.time_zone)
    changed = {name: value for name, value in after.items() if before[name] != value}
    if not changed:
        return held
    previous = _previous_end(cycle)
    check_claim(facts_of(held, cycle), today=_today(cycle, now), later_than=previous)
    held.save()
    cycle.save(update_fields=["ends_on", "time_zone", "first_renewal"])
    raise_revision(cycle)
    audit.record(
        action="credential.corrected", actor_id=actor_id, subject=held, details={"to": changed}
    )
    return held


@transaction.atomic
def record_opening_balances(
    *, held: HeldCredential, points: Mapping[str, Decimal], now: datetime, actor_id: int
) -> int:
    """State points that the body's page shows for the open cycle, by requirement; no proof is kept.

    What was stated before stays as history, the newest row holds. Returns how many rows were new.
    InvalidClaimError names each requirement whose amount cannot be right.
    """
    held = locked(held)
    cycle = open_cycle_of(held)
    changed = _store_balances(cycle, points, now)
    if changed:
        raise_revision(cycle)
        audit.record(
            action="credential.opening_balances_recorded",
            actor_id=actor_id,
            subject=cycle,
            details={"points": changed},
        )
    return len(changed)


@transaction.atomic
def start_next_cycle(*, held: HeldCredential, ends_on: date, now: datetime, actor_id: int) -> Cycle:
    """Close the open cycle and begin the next, which must end later. Nothing carries over.

    An expired credential counts as renewed from then on.
    """
    held = locked(held)
    last = open_cycle_of(held)
    if last.ends_on == ends_on:
        return last
    held.expired = False
    following = Cycle(held=held, ends_on=ends_on, time_zone=held.person.time_zone, added_at=now)
    check_claim(facts_of(held, following), today=_today(following, now), later_than=last.ends_on)
    last.closed_at = now
    last.save(update_fields=["closed_at"])
    raise_revision(last)
    held.save(update_fields=["expired"])
    following.save()
    audit.record(
        action="credential.cycle_started",
        actor_id=actor_id,
        subject=following,
        details={"ends_on": ends_on, "after": last.ends_on},
    )
    return following


@transaction.atomic
def remove_credential(*, held: HeldCredential, now: datetime, actor_id: int) -> None:
    """Stop following a credential. Activities and certificates stay; its record is kept unseen."""
    row = HeldCredential.objects.select_for_update().get(pk=held.pk)
    if row.removed_at is not None:
        return
    row.removed_at = now
    row.save(update_fields=["removed_at"])
    audit.record(
        action="credential.removed",
        actor_id=actor_id,
        subject=row,
        details={"credential": row.credential},
    )


def _same_held_already(held: HeldCredential, cycle: Cycle) -> HeldCredential | None:
    """The row that says the same already; InvalidClaimError if one says something else."""
    existing = HeldCredential.objects.filter(
        person=held.person, credential=held.credential, removed_at=None
    ).first()
    if existing is None or facts_of(existing, open_cycle_of(existing)) == facts_of(held, cycle):
        return existing
    letters = data.pack(held.credential).letters
    raise InvalidClaimError(
        {"credential": f"{letters} is among your credentials already. Change it there."}
    )


def raise_revision(cycle: Cycle) -> None:
    """Say that the verdict on a cycle may be another now: a stored one is stale from here on."""
    Cycle.objects.filter(pk=cycle.pk).update(revision=F("revision") + 1)


def _known(credential: str) -> str:
    try:
        data.pack(credential)
    except UnknownCredentialError as error:
        raise InvalidClaimError({"credential": "Choose a credential of the list."}) from error
    return credential


def locked(held: HeldCredential) -> HeldCredential:
    """The row as it is now, locked until the deed is done; NotFoundError once it was removed."""
    rows = HeldCredential.objects.select_for_update(of=("self",)).select_related("person")
    row = rows.filter(pk=held.pk, removed_at=None).first()
    if row is None:
        raise NotFoundError("There is no such credential.")
    return row


def _today(cycle: Cycle, now: datetime) -> date:
    return day_in_zone(now, cycle.time_zone)


def _said(facts: CredentialHeld, time_zone: str) -> dict[str, object]:
    """What a correction may change, by field."""
    return {
        "ends_on": facts.cycle_ends_on,
        "first_certified_on": facts.first_certified_on,
        "formerly_nca": facts.formerly_nca,
        "international": facts.international,
        "expired": facts.expired,
        "first_renewal": facts.first_renewal,
        "licensed_on": facts.licensed_on,
        "specialties": list(facts.specialties),
        "roles": list(facts.roles),
        "time_zone": time_zone,
    }


def _previous_end(cycle: Cycle) -> date | None:
    """The end of the closed cycle before this one."""
    before = Cycle.objects.filter(held=cycle.held_id).exclude(pk=cycle.pk).order_by("-ends_on")
    return before.values_list("ends_on", flat=True).first()


def _store_balances(
    cycle: Cycle, points: Mapping[str, Decimal], now: datetime
) -> dict[str, Decimal]:
    """Write a row for each amount that differs from the one that holds; what was written."""
    today = _today(cycle, now)
    lines = requirements_of(facts_of(cycle.held, cycle), as_of=today)
    stated = newest_balances(OpeningBalance.objects.filter(cycle=cycle))
    accepted = {line.id for line in lines} | stated.keys()
    changed = {}
    for requirement, amount in checked_points(points, accepted=accepted).items():
        last = stated.get(requirement)
        if amount != (_NOTHING if last is None else last.points):
            changed[requirement] = amount
    OpeningBalance.objects.bulk_create(
        OpeningBalance(
            cycle=cycle,
            requirement=requirement,
            points=amount,
            stated_on=today,
            recorded_at=now,
        )
        for requirement, amount in changed.items()
    )
    return changed
