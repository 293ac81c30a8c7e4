"""Who is in the demonstration, and what they have done before the curtain rises."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from django.db import transaction

from aliquot.accounts import services as accounts
from aliquot.accounts.adapters.second_factor import set_up_codes
from aliquot.accounts.models import StaffRole, User
from aliquot.accounts.queries import person_by_email
from aliquot.catalog import services as catalog
from aliquot.catalog.models import Course
from aliquot.credentials.facts import Offered, Part
from aliquot.credentials.services import add_credential, add_outside_offer
from aliquot.demo import elsewhere, learners, shop
from aliquot.infra import storage

SIGNATURE = Path(__file__).parent / "data" / "signature.png"  # drawn for the demo
PASSWORD = "measured portions"  # noqa: S105 (the demo's only password, printed at its start)


@dataclass(frozen=True, slots=True)
class Member:
    """One person of the cast and the sentence that introduces them."""

    email: str
    full_name: str
    introduction: str
    role: str = ""


CAST = (
    Member(
        "rosa@example.org", "Rosa Méndez", "learner with an hour pack, in the middle of a course"
    ),
    Member("nadia@example.org", "Nadia Haddad", "newcomer, nothing started"),
    Member(
        "marcus@example.org",
        "Marcus Bell",
        "learner with a subscription and a certificate, MLT certified before 2004",
    ),
    Member("ines@example.org", "Ines Duarte", "learner with an hour pack, nothing chosen yet"),
    Member("lena@example.org", "Lena Brandt", "learner, MLS(ASCP), Florida and California"),
    Member(
        "amara@example.org",
        "Amara Okafor",
        "program administrator",
        StaffRole.Role.ADMINISTRATOR.value,
    ),
    Member("priya@example.org", "Priya Nair", "support", StaffRole.Role.SUPPORT.value),
)


def provider(*, courses: list[Course], now: datetime) -> None:
    """The fictional provider, and a fictional accreditor so that the demo can show points."""
    catalog.save_provider(
        actor_id=None,
        name="Example Laboratory CE",
        address="12 Sample Street\nTampa, FL 33600",
        provider_number="",
        contact_email="office@example.org",
        administrator_name="Amara Okafor",
        administrator_title="Program administrator",
        signature=storage.store(SIGNATURE.read_bytes(), media_type="image/png", now=now),
    )
    accreditor = catalog.save_accreditor(
        code="demonstration",
        name="Demonstration Accreditor (fictional)",
        approval_kind="society",
        provider_number="DEMO-000",
        statement="Approved by the fictional Demonstration Accreditor, number {number}.",
        is_demonstration=True,
        actor_id=None,
    )
    for course in courses:
        version = course.current_version
        if version is None or course.approvals.exists():
            continue
        catalog.add_approval(
            course=course,
            accreditor=accreditor,
            number=f"DEMO-{course.code}",
            hours=version.contact_hours,
            valid_from=(now - timedelta(days=365)).date(),
            valid_through=(now + timedelta(days=730)).date(),
            actor_id=None,
            now=now,
        )


@transaction.atomic
def people(*, now: datetime) -> None:
    """Make whoever of the cast is missing; somebody who is there keeps everything."""
    for member in CAST:
        if person_by_email(member.email) is not None:
            continue
        person = accounts.create_person(
            email=member.email,
            password=PASSWORD,
            full_name=member.full_name,
            now=now - timedelta(days=200),
        )
        if member.role:
            accounts.grant_staff_role(person=person, role=member.role, now=now, actor_id=None)
            set_up_codes(person=person)
        if member.email in HISTORIES:
            HISTORIES[member.email](person, now)


def rosas_history(person: User, now: datetime) -> None:
    """Rosa holds MLS(ASCP) since 2011, finished a course, is in another, and learned elsewhere."""
    accounts.add_license_number(
        person=person,
        state="FL",
        profession="Clinical laboratory technologist",
        number="TN 00000",
        actor_id=person.pk,
    )
    ends_on = (now + timedelta(days=219)).date().replace(day=1) - timedelta(days=1)
    add_credential(
        person=person,
        credential="ascp_mls",
        ends_on=ends_on,
        first_certified_on=datetime(2011, 5, 14, tzinfo=now.tzinfo).date(),
        opening_balances={
            "blood_bank": Decimal("1.5"),
            "chemistry": Decimal(2),
            "hematology": Decimal(1),
            "remainder": Decimal(1),
        },
        actor_id=person.pk,
        now=now,
    )
    elsewhere.log_activities(person=person, now=now)
    _rosas_offers(person, now)
    shop.buy(person=person, product="eight-hours", now=now - timedelta(days=12))
    learners.finish(person=person, code="SAF-101", now=now - timedelta(hours=2))
    learners.read(person=person, code="HEM-101", pages=3, now=now - timedelta(minutes=40))


def _rosas_offers(person: User, now: datetime) -> None:
    """Courses of a fictional provider, so that her plan has something to choose from."""
    for title, area, hours, cents in (
        ("Antibody identification, live", "blood_bank", "1.5", 3000),
        ("Ethics at the bench", "ethics", "1", None),
        ("Blood cultures and their pitfalls", "microbiology", "2", 2400),
        ("Mass spectrometry week", "molecular", "4", 12000),
    ):
        offered = Offered(
            title=title,
            provider_name="Fictional Laboratory Society",
            parts=(Part(Decimal(hours), (area,)),),
            approvals=("society",),
            cents=cents,
        )
        add_outside_offer(person=person, offered=offered, now=now, actor_id=person.pk)


def marcus_history(person: User, now: datetime) -> None:
    """Marcus was certified in 1998: he need not take part, and is shown that he may."""
    add_credential(
        person=person,
        credential="ascp_mlt",
        ends_on=(now + timedelta(days=400)).date(),
        first_certified_on=datetime(1998, 8, 1, tzinfo=now.tzinfo).date(),
        actor_id=person.pk,
        now=now,
    )
    shop.buy(person=person, product="unlimited-year", now=now - timedelta(days=9))
    learners.finish(person=person, code="HEM-101", now=now - timedelta(days=4))


def ines_history(person: User, now: datetime) -> None:
    """Ines bought eight contact hours and has not chosen a course yet."""
    shop.buy(person=person, product="eight-hours", now=now - timedelta(days=3))


def lenas_history(person: User, now: datetime) -> None:
    """Lena holds a certification and two licenses: one hour may count for all three."""
    certified = datetime(2009, 9, 18, tzinfo=now.tzinfo).date()
    even_year = now.year + now.year % 2 + (2 if now.year % 2 == 0 and now.month > 8 else 0)
    for credential, ends_on, said in (
        ("ascp_mls", (now + timedelta(days=500)).date(), {"first_certified_on": certified}),
        ("lic_fl", date(even_year, 8, 31), {"specialties": ["hematology", "blood_bank"]}),
        ("lic_ca", (now + timedelta(days=150)).date(), {}),
    ):
        add_credential(
            person=person,
            credential=credential,
            ends_on=ends_on,
            actor_id=person.pk,
            now=now,
            **said,
        )
    elsewhere.log_lenas_activities(person=person, now=now)
    learners.finish(person=person, code="SAF-101", now=now - timedelta(days=3))


HISTORIES = {
    "rosa@example.org": rosas_history,
    "marcus@example.org": marcus_history,
    "ines@example.org": ines_history,
    "lena@example.org": lenas_history,
}
