"""Rosa with an object of every kind, and who must not touch them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from aliquot.accounts.adapters.second_factor import set_up_codes
from aliquot.accounts.models import User
from aliquot.accounts.services import add_license_number, grant_staff_role, make_token
from aliquot.certificates.models import Certificate
from aliquot.credentials.access import stop_token
from aliquot.credentials.facts import MailKind
from aliquot.credentials.services import renew_calendar_feed
from aliquot.learning import services as learning
from aliquot.ledger.facts import ImportedRow
from aliquot.ledger.services import store_import
from tests.factories.activities import CLAIM, logged, proven
from tests.factories.catalog import approve, provider, published_course
from tests.factories.certificates import finished
from tests.factories.credentials import declared, holding, outside_offer
from tests.factories.learning import read_through, started, taken_test
from tests.factories.purchases import purchases
from tests.people import person


@dataclass(frozen=True)
class World:
    """Rosa's things, and who must not touch them."""

    values: dict[str, Any]
    name_of_owner: str
    owner: User
    stranger: User
    support: User
    administrator: User


def make_world(rosa: User, stella: User, amara: User, now: datetime) -> World:
    """Rosa with an object of every kind."""
    before = now - timedelta(days=3)
    provider()
    done = finished(rosa, published_course("HEM-101", pages=2), before)
    course = published_course("SAF-101", title="Chemical Hygiene", area="safety_lab", pages=2)
    enrollment = started(rosa, course, before)
    read_through(enrollment, before)
    submitted = taken_test(enrollment, before, wrong=2)
    attempt = learning.start_test(enrollment=enrollment, now=now)
    held = holding(rosa)
    declaration = declared(holding(rosa, "ascp_mlt"), now)
    license_number = add_license_number(
        person=rosa, state="FL", profession="Technologist", number="TN 00000", actor_id=rosa.pk
    )
    entitlement = learning.grant_entitlement(
        person=rosa,
        source="grant",
        course=None,
        starts_at=before,
        ends_at=None,
        hours_limit=None,
        actor_id=None,
        now=before,
    )
    User.objects.filter(pk=rosa.pk).update(ascp_customer_id="1234567")
    set_up_codes(person=rosa)
    priya = person("priya@example.org", "Priya Nair")
    grant_staff_role(person=priya, role="support", now=now, actor_id=None)
    set_up_codes(person=priya)
    page = course.current_version.pages.first()  # type: ignore[union-attr]
    question = page.questions.first() if page else None
    values = {
        "slug": course.slug,
        "page_slug": page.slug if page else "",
        "question_key": question.key if question else "x",
        "version": 1,
        "key": "reading-area",
        "enrollment_id": enrollment.pk,
        "attempt_id": attempt.pk,
        "submitted_id": submitted.pk,
        "test_question": attempt.form[0]["key"],
        "number_id": license_number.pk,
        "held_id": held.pk,
        "offer_id": outside_offer(rosa, now).pk,
        "declared_held_id": declaration.cycle.held_id,
        "declaration_id": declaration.pk,
        **activities(rosa, before),
        **purchases(rosa, amara, before),
        "feed_made_at": before.isoformat(),
        "feed_token": renew_calendar_feed(person=rosa, replaces=None, now=before, actor_id=rosa.pk),
        "stop_token": stop_token(rosa, MailKind.REMINDERS),
        "code": done.code,
        "course_code": course.code,
        "person_id": rosa.pk,
        "approval_id": approve(course).pk,
        "entitlement_id": entitlement.pk,
        "preview_slug": preview_of(done),
    }
    return World(values, "Rosa Méndez", rosa, stella, priya, amara)


def preview_of(done: Certificate) -> str:
    """A page more of the course that was finished, which anybody may read."""
    page = done.completion.version.pages.last()
    assert page is not None
    page.pk, page.slug, page.position, page.is_preview = None, "open-to-all", 99, True
    page.save(force_insert=True)
    return page.slug


def own_token(rosa: User, now: datetime) -> int:
    """A token of Rosa's."""
    token, _ = make_token(
        person=rosa, name="HR", scopes=["profile:read"], expires_at=None, now=now, actor_id=rosa.pk
    )
    return token.pk


def activities(rosa: User, now: datetime) -> dict[str, Any]:
    """An activity from elsewhere with its proof, and a table that Rosa sent."""
    activity = proven(logged(rosa, now), now)
    rows = [ImportedRow(2, CLAIM)]
    sent = store_import(person=rosa, file_name="mine.csv", rows=rows, now=now, actor_id=rosa.pk)
    return {
        "activity_id": activity.pk,
        "proof_id": activity.proofs.get().pk,
        "import_id": sent.pk,
        "token_id": own_token(rosa, now),
        "name": "terms",
    }
