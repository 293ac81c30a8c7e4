"""Deeds about offers from elsewhere: what a learner adds so that plans may choose it.

Each is safe to repeat: what is so already is left as it is, without an audit row.
"""

from datetime import datetime
from typing import Any

from django.db import transaction

from aliquot.accounts.models import User
from aliquot.catalog import data as catalog
from aliquot.credentials.errors import InvalidOfferError
from aliquot.credentials.facts import Offered
from aliquot.credentials.models import OutsideOffer
from aliquot.credentials.queries import offered as as_facts
from aliquot.credentials.rules.outside import MOST_OFFERS, checked_offer
from aliquot.infra import audit
from aliquot.lib.decimals import shortest
from aliquot.lib.errors import NotFoundError


@transaction.atomic
def add_outside_offer(
    *, person: User, offered: Offered, now: datetime, actor_id: int
) -> OutsideOffer:
    """Keep a course of another provider. The same one sent twice is returned, not added again.

    InvalidOfferError names the fields, also where the person has as many as may be kept.
    """
    offered = _checked(offered)
    person = User.objects.select_for_update().get(pk=person.pk)
    rows = list(OutsideOffer.objects.filter(person=person, removed_at=None).order_by("pk"))
    for row in rows:
        if as_facts(row) == offered:
            return row
    if len(rows) >= MOST_OFFERS:
        many = f"You have {MOST_OFFERS} courses from elsewhere already. Remove one first."
        raise InvalidOfferError({"title": many})
    row = OutsideOffer.objects.create(person=person, added_at=now, **_columns(offered))
    audit.record(
        action="outside_offer.added",
        actor_id=actor_id,
        subject=row,
        details={"title": offered.title},
    )
    return row


@transaction.atomic
def change_outside_offer(*, offer: OutsideOffer, offered: Offered, actor_id: int) -> OutsideOffer:
    """Say something else about a course of another provider. InvalidOfferError names the fields."""
    offered = _checked(offered)
    row = _locked(offer)
    if as_facts(row) == offered:
        return row
    columns = _columns(offered)
    changed = {name: value for name, value in columns.items() if getattr(row, name) != value}
    for name, value in changed.items():
        setattr(row, name, value)
    row.save(update_fields=[*changed])
    audit.record(
        action="outside_offer.changed", actor_id=actor_id, subject=row, details={"to": changed}
    )
    return row


@transaction.atomic
def remove_outside_offer(*, offer: OutsideOffer, now: datetime, actor_id: int) -> None:
    """Take a course of another provider out of all plans."""
    row = OutsideOffer.objects.select_for_update().get(pk=offer.pk)
    if row.removed_at is not None:
        return
    row.removed_at = now
    row.save(update_fields=["removed_at"])
    audit.record(
        action="outside_offer.removed",
        actor_id=actor_id,
        subject=row,
        details={"title": row.title},
    )


def _checked(offered: Offered) -> Offered:
    return checked_offer(offered, areas=catalog.areas(), approvals=catalog.approvals())


def _columns(offered: Offered) -> dict[str, Any]:
    return {
        "title": offered.title,
        "provider_name": offered.provider_name,
        "parts": [
            {"amount": shortest(part.amount), "areas": list(part.areas)} for part in offered.parts
        ],
        "approvals": None if offered.approvals is None else list(offered.approvals),
        "price_cents": offered.cents,
    }


def _locked(offer: OutsideOffer) -> OutsideOffer:
    """The row as it is now, locked until the deed is done; NotFoundError once it was removed."""
    row = OutsideOffer.objects.select_for_update().filter(pk=offer.pk, removed_at=None).first()
    if row is None:
        raise NotFoundError("There is no such course.")
    return row
