"""What the cast did elsewhere: at fictional societies, a fictional college, and at work."""

from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from aliquot.accounts.models import User
from aliquot.ledger import services
from aliquot.ledger.facts import ActivityClaim, CreditPart
from aliquot.lib.papers import OpenedPaper

PROOF = Path(__file__).parent / "data" / "attendance.pdf"  # drawn for the demo; it says so


def log_activities(*, person: User, now: datetime) -> None:
    """A workshop with its proof, in-service, a college course, an update with a split."""
    workshop = services.log_activity(
        person=person,
        claim=ActivityClaim(
            title="Autoantibodies under the microscope: a bench workshop",
            provider_name="Palmetto Sample Laboratory Society (fictional)",
            completed_on=(now - timedelta(days=160)).date(),
            kind="contact_hours",
            amount=Decimal("2.5"),
            areas=("immunology",),
            approvals=("society",),
        ),
        now=now - timedelta(days=158),
        actor_id=person.pk,
    )
    services.add_proof(
        activity=workshop,
        paper=OpenedPaper(PROOF.read_bytes(), "application/pdf"),
        name="workshop certificate.pdf",
        shows=["title", "provider", "participant", "hours"],
        now=now - timedelta(days=158),
        actor_id=person.pk,
    )
    for claim, days in _MORE:
        services.log_activity(
            person=person,
            claim=ActivityClaim(completed_on=(now - timedelta(days=days)).date(), **claim),
            now=now - timedelta(days=days - 1),
            actor_id=person.pk,
        )


def log_lenas_activities(*, person: User, now: datetime) -> None:
    """Lena's courses serve several bodies at once, one of them only some."""
    for title, area, hours, approvals, days in (
        ("Transfusion reactions, case by case", "blood_bank", "3", ("fl_board",), 60),
        ("Flow cytometry for the bench", "hematology", "4", ("ca_agency",), 45),
        ("HIV/AIDS update for laboratories", "fl_hiv_aids", "1", ("fl_board",), 30),
        ("Ethics of incidental findings", "ethics", "1", ("pace",), 20),
        ("Lipids and what they miss", "chemistry", "0.5", ("pace",), 10),
    ):
        services.log_activity(
            person=person,
            claim=ActivityClaim(
                title=title,
                provider_name="Palmetto Sample Laboratory Society (fictional)",
                completed_on=(now - timedelta(days=days)).date(),
                kind="contact_hours",
                amount=Decimal(hours),
                areas=(area,),
                approvals=approvals,
            ),
            now=now - timedelta(days=days - 1),
            actor_id=person.pk,
        )


_MORE: tuple[tuple[dict[str, Any], int], ...] = (
    (
        {
            "title": "Eyewash, spills and sharps: yearly training",
            "provider_name": "Example General Hospital (fictional)",
            "kind": "in_service",
            "amount": Decimal("0.5"),
            "areas": ("safety_lab",),
            "approvals": ("employer",),
        },
        95,
    ),
    (
        {
            "title": "Introduction to laboratory statistics",
            "provider_name": "Sample State College (fictional)",
            "kind": "semester_hours",
            "amount": Decimal(1),
            "areas": ("quality", "research"),
            "approvals": ("university",),
        },
        280,
    ),
    (
        {
            "title": "Yearly update for generalists",
            "provider_name": "Palmetto Sample Laboratory Society (fictional)",
            "kind": "ceu",
            "parts": (
                CreditPart(Decimal("0.07"), ("molecular",)),
                CreditPart(Decimal("0.03"), ("immunology",)),
            ),
            "approvals": None,
        },
        40,
    ),
)
