"""Activities from elsewhere, through the deeds that the pages use."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from aliquot.accounts.models import User
from aliquot.ledger import services
from aliquot.ledger.facts import ActivityClaim
from aliquot.ledger.models import Activity
from tests.factories.papers import pdf

CLAIM = ActivityClaim(
    title="Blood bank update",
    provider_name="State laboratory society",
    completed_on=date(2026, 3, 12),
    kind="contact_hours",
    amount=Decimal("1.5"),
    areas=("blood_bank",),
)


def logged(person: User, now: datetime, **said: Any) -> Activity:
    """One and a half hours of blood banking on March 12, 2026, unless said otherwise."""
    return services.log_activity(
        person=person, claim=replace(CLAIM, **said), now=now, actor_id=person.pk
    )


def proven(activity: Activity, now: datetime, content: bytes = b"") -> Activity:
    """The activity with a PDF of its own on which date and title can be read."""
    services.add_proof(
        activity=activity,
        paper=services.opened_proof(content or pdf(activity.title)),
        name="certificate.pdf",
        shows=["title", "date"],
        now=now,
        actor_id=activity.person_id,
    )
    return activity
