"""Sets the stage on a running demo: people in every state of a course, already signed in.

``python -m tests.browser.stage`` runs in a process of its own with the site's settings and prints
JSON, which is kept in the site's folder. What the journeys do by hand is only quick here.
"""

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.browser.site import Site, environment
from tests.ports import free_port

STAGE = "stage.json"
PEOPLE = {
    # who: (name, in which states of which courses)
    "emma": ("Emma Newcomer", {}),
    "tess": ("Tess Alvarez", {"SAF-101": "superseded", "HEM-101": "open after failing"}),
    "pat": ("Pat O’Brien", {"SAF-101": "revoked", "HEM-101": "passed"}),
    "olga": ("Olga Svensson", {"HEM-101": "read"}),
    "kim": ("Kim Lee", {"HEM-101": "started", "SAF-101": "read"}),
    "lou": ("Lou Fischer", {"HEM-101": "started"}),
}
SIGNED_IN = (*PEOPLE, "rosa", "amara")


@dataclass(frozen=True)
class Staged:
    """Cookies of the people, and the numbers in their addresses."""

    site: Site
    sessions: dict[str, str]
    values: dict[str, Any]

    def signed_in(self, who: str) -> dict[str, Any]:
        """What a device needs to be somebody's: ``device(storage_state=…)``."""
        cookie = {"name": "session", "value": self.sessions[who], "domain": "localhost"}
        more = {"path": "/", "expires": -1, "httpOnly": True, "secure": False, "sameSite": "Lax"}
        return {"cookies": [{**cookie, **more}], "origins": []}

    def address(self, pattern: str) -> str:
        """An address with the staged numbers filled in."""
        return pattern.format(**self.values)


def set_stage(data: Path) -> None:
    """Run this module on a demo's folder, and keep what it says there."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.browser.stage"],
        env={**environment(data, free_port()), "DJANGO_SETTINGS_MODULE": "aliquot.settings"},
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    )
    (data / STAGE).write_text(done.stdout, encoding="utf-8")


def staged_on(site: Site) -> Staged:
    """The stage of a site whose folder it was set in."""
    return Staged(site=site, **json.loads((site.data / STAGE).read_text(encoding="utf-8")))


def main() -> None:
    """Everybody in place, in one transaction; then their sessions."""
    import django

    django.setup()
    from django.db import transaction

    with transaction.atomic():
        values = everything()
        sessions = {who: session_of(f"{who}@example.org") for who in SIGNED_IN}
    sys.stdout.write(json.dumps({"sessions": sessions, "values": values}))


def everything() -> dict[str, Any]:
    """Make the people and bring them where they are. Returns the numbers for addresses."""
    from aliquot.accounts.services import create_person
    from aliquot.demo.cast import PASSWORD
    from aliquot.infra import clock

    # Longer ago than a retake waits, at a time of day when all of America has the same date.
    now = (clock.now() - timedelta(days=2)).replace(hour=18)
    values: dict[str, Any] = {}
    for who, (full_name, courses) in PEOPLE.items():
        person = create_person(
            email=f"{who}@example.org", password=PASSWORD, full_name=full_name, now=now
        )
        for code, state in courses.items():
            for name, value in bring(person, code, state, now).items():
                values[f"{who}_{code[:3].lower()}_{name}"] = value
    sold = bought_by_kim() | refunds(now) | papers_of_the_office(now)
    return values | rosas() | declared_by_tess(now) | sold | odds_and_ends(now)


def bring(person: Any, code: str, state: str, now: Any) -> dict[str, Any]:
    """Bring a person into a state of a course; the numbers that came of it."""
    from aliquot.certificates.services import reissue_certificate, revoke_certificate
    from aliquot.demo import learners

    if state in {"superseded", "revoked"}:
        enrollment = learners.finish(person=person, code=code, now=now)
        certificate = enrollment.completions.get().certificates.get()
        found = {"enrollment": enrollment.pk, "code": certificate.code}
        if state == "revoked":
            words = "The course was completed by somebody else."
            revoke_certificate(certificate=certificate, reason=words, actor_id=None, now=now)
        else:
            renamed = reissue_certificate(
                certificate=certificate, full_name="Tess M. Alvarez", actor_id=None, now=now
            )
            found["newer"] = renamed.code
        return found
    pages = 0 if state == "started" else None
    may_open(person, code, now)
    enrollment = learners.read(person=person, code=code, pages=pages, now=now)
    found = {"enrollment": enrollment.pk}
    if state == "open after failing":
        found["failed"] = attempt(enrollment, answered=2, is_submitted=True, now=now)
        found["attempt"] = attempt(enrollment, answered=3, is_submitted=False, now=now)
    if state == "passed":
        found["passed"] = attempt(enrollment, answered=10, is_submitted=True, now=now)
    return found


def may_open(person: Any, code: str, now: Any) -> None:
    """A right to open a course that is not free."""
    from aliquot.catalog.models import Course
    from aliquot.learning.services import grant_entitlement

    course = Course.objects.get(code=code)
    if not course.is_free:
        grant_entitlement(
            person=person, source="grant", course=course, starts_at=now, ends_at=None,
            hours_limit=None, actor_id=None, now=now,
        )  # fmt: skip


def attempt(enrollment: Any, *, answered: int, is_submitted: bool, now: Any) -> int:
    """An attempt with the first questions answered right."""
    from aliquot.assessment.kinds import KINDS
    from aliquot.learning import services

    started = services.start_test(enrollment=enrollment, now=now)
    for sequence, entry in enumerate(started.form[:answered], start=1):
        services.save_test_answer(
            enrollment=enrollment,
            attempt_id=started.pk,
            question_key=entry["key"],
            answer=KINDS[entry["kind"]].right_answer(entry["spec"]),
            sequence=sequence,
            now=now,
        )
    if is_submitted:
        services.submit_test(enrollment=enrollment, attempt_id=started.pk, now=now)
    return int(started.pk)


def rosas() -> dict[str, Any]:
    """The numbers of what the demo itself gave Rosa."""
    from aliquot.accounts.models import User
    from aliquot.catalog.models import Approval
    from aliquot.certificates.models import Certificate
    from aliquot.credentials.access import stop_token
    from aliquot.credentials.facts import MailKind
    from aliquot.credentials.models import HeldCredential
    from aliquot.learning.models import Enrollment

    rosa = User.objects.get(email="rosa@example.org")
    enrollments = dict(Enrollment.objects.filter(person=rosa).values_list("course__code", "pk"))
    return {
        "rosa": rosa.pk,
        "rosa_stop": stop_token(rosa, MailKind.REMINDERS),
        "rosa_hem": enrollments["HEM-101"],
        "rosa_saf": enrollments["SAF-101"],
        "rosa_code": Certificate.objects.get(person=rosa).code,
        "rosa_held": HeldCredential.objects.get(person=rosa).pk,
        "rosa_offer": offer_of(rosa),
        **rosas_activities(rosa),
        "approval": Approval.objects.filter(course__code="HEM-101")[0].pk,
    }


def offer_of(person: Any) -> int:
    """A course of another provider to plan with."""
    from decimal import Decimal

    from aliquot.credentials.facts import Offered, Part
    from aliquot.credentials.services import add_outside_offer
    from aliquot.infra import clock

    parts = (Part(Decimal("1.5"), ("blood_bank", "immunology")), Part(Decimal(1), ("ethics",)))
    offered = Offered("Antibodies, live", "A society", parts, ("pace",), 4500)
    return int(
        add_outside_offer(person=person, offered=offered, now=clock.now(), actor_id=person.pk).pk
    )


def declared_by_tess(now: Any) -> dict[str, Any]:
    """A cycle that was declared, with a course from here and points brought along."""
    from decimal import Decimal

    from aliquot.accounts.models import User
    from aliquot.credentials.services import add_credential
    from aliquot.flows.close_cycle import declare

    tess = User.objects.get(email="tess@example.org")
    held = add_credential(
        person=tess, credential="ascp_mlt", ends_on=now.date() + timedelta(days=60), now=now,
        actor_id=tess.pk, opening_balances={"hematology": Decimal(2), "remainder": Decimal(20)},
    )  # fmt: skip
    declaration = declare(
        held=held, declared_on=now.date(), confirmation_number="CMP-2231", now=now,
        actor_id=tess.pk,
    )  # fmt: skip
    return {"tess_held": held.pk, "tess_declaration": declaration.pk}


def bought_by_kim() -> dict[str, Any]:
    """A pack that is paid, an invoice that waits, a test payment that is open, a filled cart."""
    from aliquot.accounts.models import User
    from aliquot.commerce.models import Gift, Product
    from aliquot.commerce.services import add_to_cart, send_gift
    from aliquot.flows.check_out import send_invoice
    from aliquot.flows.place_order import Wish
    from aliquot.infra import clock
    from aliquot.infra.models import OutboxMail
    from tests.factories.shop import opened, ordered, paid

    kim, now = User.objects.get(email="kim@example.org"), clock.now()
    gift_wish = Wish("eight-hours", gift_to="friend@example.org", gift_message="Enjoy it.")
    gift = Gift.objects.get(line__order=paid(ordered(kim, gift_wish, now=now, key="g"), now=now))
    send_gift(gift, now=now)
    sent = OutboxMail.objects.filter(subject__contains="gift for you").latest("pk").text
    order = paid(ordered(kim, Wish("eight-hours"), now=now, key="a"), now=now)
    invoiced = ordered(
        kim, Wish("laboratory-seats", quantity=12), now=now, key="b", gateway="offline"
    )
    opened(invoiced, now=now)
    send_invoice(invoiced, now=now)
    waiting = opened(ordered(kim, Wish("unlimited-year"), now=now, key="c"), now=now)
    for code in ("laboratory-seats", "unlimited-year"):
        item = add_to_cart(person=kim, product=Product.objects.get(code=code), now=now)
    return {
        "kim_order": order.number,
        "kim_gift": gift.pk,
        "kim_item": item.pk,
        "gift_code": sent.partition("?code=")[2].split()[0],
        "gift_order": gift.line.order.number,
        "kim_invoiced": invoiced.number,
        "kim_charge": waiting.provider_id,
    }


def rosas_activities(rosa: Any) -> dict[str, Any]:
    """An activity with a proof, one completed here, and a table that she sent."""
    from aliquot.infra import clock
    from aliquot.interop.activities.reader import read_table
    from aliquot.ledger.models import Activity, Proof
    from aliquot.ledger.services import store_import

    now = clock.now()
    rows = "date,title,provider,kind,amount,areas\n2026-03-12,Update,Society,ceu,0.1,blood_bank\n"
    wrong = "13/45/2026,,,hours,-1,alchemy\n2026-03-12,Updates,Society,points,1,ethics | legal\n"
    table = read_table((rows + wrong).encode(), this_year=now.year)
    sent = store_import(
        person=rosa, file_name="mine.csv", rows=table.rows, now=now, actor_id=rosa.pk
    )
    proof = Proof.objects.get(activity__person=rosa)
    return {
        "rosa_activity": proof.activity_id,
        "rosa_completed": Activity.objects.get(person=rosa, origin="completion").pk,
        "proof": proof.pk,
        "table": sent.pk,
    }


def refunds(now: Any) -> dict[str, Any]:
    """Orders whose refund is clear (Rosa), waits (Tess) and would take credit back (Pat)."""
    from aliquot.accounts.models import User
    from aliquot.commerce.models import LineGrant
    from aliquot.flows.refund_order import open_refund_for_buyer
    from aliquot.learning.models import Enrollment
    from tests.factories.shop import bought

    orders = {
        who: bought(User.objects.get(email=f"{who}@example.org"), "unlimited-year", now=now)
        for who in ("rosa", "tess", "pat")
    }
    for who in ("tess", "pat"):  # what they completed was opened by it
        grant = LineGrant.objects.get(line__order=orders[who])
        Enrollment.objects.filter(person=orders[who].person, completed_at__isnull=False).update(
            entitlement=grant.entitlement
        )
    tess = orders["tess"]
    waiting = open_refund_for_buyer(order=tess, actor_id=tess.person_id, now=now)
    return {
        "tess_refund": waiting.pk,
        **{f"{who}_order": order.number for who, order in orders.items()},
    }


def papers_of_the_office(now: Any) -> dict[str, Any]:
    """A tax rate far from everybody, an exemption that waits, and a code."""
    from decimal import Decimal

    from aliquot.accounts.models import User
    from aliquot.commerce.services import add_tax_rate, create_voucher
    from tests.factories.shop import exemption_sent

    rate = add_tax_rate(
        jurisdiction="US-WY", name="Wyoming sales tax", percent=Decimal("4.5"),
        valid_from=now.date(), actor_id=None,
    )  # fmt: skip
    sent = exemption_sent(User.objects.get(email="kim@example.org"), now)
    voucher = create_voucher(
        code="WELCOME-10", percent_off=Decimal(10), valid_from=now, now=now, actor_id=None
    )
    return {"rate": rate.pk, "exemption": sent.pk, "voucher": voucher.pk}


def odds_and_ends(now: Any) -> dict[str, Any]:
    """Numbers that only addresses of single screens need."""
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    from aliquot.accounts.models import User
    from aliquot.catalog.models import Accreditor, CourseVersion
    from aliquot.infra.models import OutboxMail
    from aliquot.learning.services import grant_entitlement

    people = {user.email.partition("@")[0]: user for user in User.objects.all()}
    entitlement = grant_entitlement(
        person=people["emma"], source="grant", course=None, starts_at=now, ends_at=None,
        hours_limit=None, actor_id=None, now=now,
    )  # fmt: skip
    version = CourseVersion.objects.get(course__code="HEM-101")
    RecoveryCodes.activate(people["amara"])
    return {
        "emma": people["emma"].pk,
        "priya": people["priya"].pk,
        "emma_entitlement": entitlement.pk,
        "accreditor": Accreditor.objects.all()[0].code,
        "mail": OutboxMail.objects.all()[0].pk,
        "smear": version.course.slug,
        "spills": CourseVersion.objects.get(course__code="SAF-101").course.slug,
        "preview": version.pages.filter(is_preview=True)[0].slug,
    }


def session_of(email: str) -> str:
    """A session as signing in by password leaves it."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from aliquot.accounts.models import User

    person = User.objects.get(email=email)
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session["account_authentication_methods"] = [
        {"method": "password", "at": time.time(), "email": email}
    ]
    session.create()
    return str(session.session_key)


if __name__ == "__main__":
    main()
