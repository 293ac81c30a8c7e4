"""Courses of other providers that a learner added to plan with."""

from decimal import Decimal

from aliquot.accounts.models import User
from aliquot.credentials.facts import Offered, Part
from aliquot.credentials.models import OutsideOffer


def outside_offers(person: User) -> list[OutsideOffer]:
    """The person's offers from elsewhere, the first added first."""
    return list(
        OutsideOffer.objects.filter(person=person, removed_at=None).order_by("added_at", "pk")
    )


def offered(row: OutsideOffer) -> Offered:
    """The row as facts."""
    return Offered(
        title=row.title,
        provider_name=row.provider_name,
        parts=tuple(Part(Decimal(part["amount"]), tuple(part["areas"])) for part in row.parts),
        approvals=None if row.approvals is None else tuple(row.approvals),
        cents=row.price_cents,
    )
