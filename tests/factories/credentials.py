"""Credentials held, and credit in the ledger that counts toward them."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from itertools import count
from typing import Any

from aliquot.accounts.models import User
from aliquot.credentials import services
from aliquot.credentials.facts import Offered, Part
from aliquot.credentials.models import Declaration, HeldCredential, OutsideOffer
from aliquot.flows.close_cycle import declare
from aliquot.ledger.models import Activity, CreditEntry

CYCLE_END = date(2027, 6, 30)
CERTIFIED = date(2011, 5, 14)
ADDED = datetime(2026, 11, 1, 15, 0, tzinfo=UTC)
_numbers = count(1)


def holding(person: User, credential: str = "ascp_mls", **said: Any) -> HeldCredential:
    """A credential the person holds; certified in 2011, the cycle ends on June 30, 2027."""
    values = {
        "ends_on": CYCLE_END,
        "first_certified_on": CERTIFIED,
        "now": ADDED,
        "actor_id": person.pk,
    }
    return services.add_credential(person=person, credential=credential, **(values | said))


def declared(held: HeldCredential, now: datetime) -> Declaration:
    """The open cycle noted as declared on November 20, 2026."""
    return declare(
        held=held,
        declared_on=date(2026, 11, 20),
        confirmation_number="A 123",
        now=now,
        actor_id=held.person_id,
    )


def credit(
    person: User,
    *,
    day: date = date(2026, 3, 12),
    title: str = "",
    kind: str = "contact_hours",
    approvals: list[str] | None = None,
    **areas: str,
) -> Activity:
    """Credit logged by hand, approved by P.A.C.E. unless said otherwise: ``hematology="1.5"``."""
    activity = Activity.objects.create(
        person=person,
        origin=Activity.Origin.ELSEWHERE,
        title=title or f"Meeting {next(_numbers)}",
        provider_name="A society",
        completed_on=day,
        kind=kind,
        approvals=["pace"] if approvals is None else approvals,
        recorded_at=datetime.combine(day, time(12), tzinfo=UTC),
    )
    CreditEntry.objects.bulk_create(
        CreditEntry(
            activity=activity,
            person=person,
            part=part,
            areas=[area],
            amount=Decimal(amount),
            recorded_at=activity.recorded_at,
        )
        for part, (area, amount) in enumerate(areas.items())
    )
    return activity


def outside_offer(person: User, now: datetime, **said: Any) -> OutsideOffer:
    """A course of another provider: two hours of hematology for $20, approved by P.A.C.E."""
    values = {
        "title": "Smears, live",
        "provider_name": "A society",
        "parts": (Part(Decimal(2), ("hematology",)),),
        "approvals": ("pace",),
        "cents": 2000,
    }
    return services.add_outside_offer(
        person=person, offered=Offered(**(values | said)), now=now, actor_id=person.pk
    )
