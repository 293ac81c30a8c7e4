"""The permission matrix: every route × every wrong actor that exists. A route without a row fails.

Actors: anonymous; Stella, another learner; Priya, staff with a second factor but without the
administrator's right; Amara, administrator without a second factor. Rosa owns the objects.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import batched
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import NoReverseMatch, reverse

from aliquot.accounts.adapters.second_factor import set_up_codes
from aliquot.accounts.models import User
from aliquot.accounts.services import add_license_number, grant_staff_role
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
from tests.routes import database_state, routes

SECRETS = ("rosa@example.org", "TN 00000", "1234567")


@dataclass(frozen=True)
class World:
    """Rosa's things, and who must not touch them."""

    values: dict[str, Any]
    name_of_owner: str
    owner: User
    stranger: User
    support: User
    administrator: User


@pytest.fixture
def world(rosa: User, stella: User, amara: User, now: datetime) -> World:
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
    approval = approve(course)
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
    rosa.ascp_customer_id = "1234567"
    rosa.save()
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
        "number_id": license_number.pk,
        "held_id": held.pk,
        "offer_id": outside_offer(rosa, now).pk,
        "declared_held_id": declaration.cycle.held_id,
        "declaration_id": declaration.pk,
        **activities(rosa, before),
        **purchases(rosa, amara, before),
        "feed_token": renew_calendar_feed(person=rosa, replaces=None, now=before, actor_id=rosa.pk),
        "stop_token": stop_token(rosa, MailKind.REMINDERS),
        "code": done.code,
        "course_code": course.code,
        "person_id": rosa.pk,
        "approval_id": approval.pk,
        "entitlement_id": entitlement.pk,
        "name": "terms",
    }
    return World(values, "Rosa Méndez", rosa, stella, priya, amara)


def activities(rosa: User, now: datetime) -> dict[str, Any]:
    """An activity from elsewhere with its proof, and a table that Rosa sent."""
    activity = proven(logged(rosa, now), now)
    rows = [ImportedRow(2, CLAIM)]
    sent = store_import(person=rosa, file_name="mine.csv", rows=rows, now=now, actor_id=rosa.pk)
    return {
        "activity_id": activity.pk,
        "proof_id": activity.proofs.get().pk,
        "import_id": sent.pk,
    }


@dataclass(frozen=True)
class Row:
    """Who may use a route. ``guard`` is public, own, owner, staff, administrator or library."""

    guard: str
    arguments: tuple[str, ...] = ()
    fixed: tuple[Any, ...] = ()
    shows_name: bool = False  # a public page that shows the owner's name, as it must


LIBRARY = Row("library")
DECLARED = ("declared_held_id", "declaration_id")
MATRIX = {
    # Signing in: the library's own screens, tested in tests/accounts/test_sign_in.py.
    "account_login": LIBRARY,
    "account_logout": LIBRARY,
    "account_inactive": LIBRARY,
    "account_signup": LIBRARY,
    "account_reauthenticate": Row("own"),
    "account_email": Row("own"),
    "account_email_verification_sent": LIBRARY,
    "account_change_password": Row("own"),
    "account_set_password": Row("own"),
    "account_reset_password": LIBRARY,
    "account_confirm_login_code": LIBRARY,
    "account_reset_password_from_key_done": LIBRARY,
    "account_reset_password_from_key": Row("library", fixed=("x", "y")),
    "account_reset_password_done": LIBRARY,
    "mfa_index": Row("own"),
    "mfa_authenticate": LIBRARY,
    "mfa_reauthenticate": Row("own"),
    "mfa_activate_totp": Row("own"),
    "mfa_deactivate_totp": Row("own"),
    "mfa_view_recovery_codes": Row("own"),
    "mfa_generate_recovery_codes": Row("own"),
    "mfa_download_recovery_codes": Row("own"),
    "mfa_list_webauthn": Row("own"),
    "mfa_add_webauthn": Row("own"),
    "mfa_reauthenticate_webauthn": Row("own"),
    "mfa_remove_webauthn": Row("own", fixed=(1,)),
    "mfa_edit_webauthn": Row("own", fixed=(1,)),
    "mfa_login_webauthn": LIBRARY,
    "usersessions_list": Row("own"),
    # Open to everybody.
    "operations:healthz": Row("public"),
    "operations:readyz": Row("public"),
    "operations:robots": Row("public"),
    "operations:security_txt": Row("public"),
    "operations:csp_report": Row("public"),
    "operations:mail_list": Row("demo"),
    "operations:mail": Row("demo", fixed=(1,)),
    "shop:webhook": Row("public", fixed=("test",)),
    "shop:paper": Row("owner", ("order_number", "paper_number")),
    "shop:paper_send": Row("owner", ("order_number", "paper_number")),
    "shop:employer": Row("owner", ("order_number",)),
    "shop:tax_exemption": Row("own"),
    "shop:tax_exemption_withdraw": Row("owner", ("exemption_id",)),
    "staff:tax_rates": Row("administrator"),
    "staff:tax_rate_add": Row("administrator"),
    "staff:tax_rate_end": Row("administrator", fixed=(1,)),
    "staff:tax_exemptions": Row("administrator"),
    "staff:tax_exemption_file": Row("administrator", ("exemption_id",)),
    "staff:tax_exemption_approve": Row("administrator", ("exemption_id",)),
    "staff:tax_exemption_withdraw": Row("administrator", ("exemption_id",)),
    "pages:home": Row("public"),
    "pages:page": Row("public", ("name",)),
    "pages:theme": Row("public"),
    "pages:provider_css": Row("public"),
    "pages:style": Row("public", shows_name=True),  # the sample's name, not hers
    "pages:style_player": Row("public"),
    "shop:pricing": Row("public"),
    "catalog:list": Row("public"),
    "catalog:course": Row("public", ("slug",)),
    "catalog:preview": Row("public", ("slug", "page_slug")),
    "catalog:figure": Row("public", ("slug", "version", "key")),
    "catalog:sitemap": Row("public"),
    "credentials:areas": Row("public"),
    "credentials:for_index": Row("public"),
    "credentials:for_body": Row("public", fixed=("ascp-mls",)),
    "credentials:feed": Row("public", ("feed_token",)),
    "credentials:reminders_stop": Row("public", ("stop_token",)),
    "certificates:verify_form": Row("public"),
    "certificates:verify": Row("public", ("code",), shows_name=True),
    # One's own space: a sign-in is enough, and it shows nobody else's things.
    "accounts:profile": Row("own"),
    "accounts:add_license": Row("own"),
    "learning:home": Row("own"),
    "learning:start": Row("own", ("slug",)),
    "credentials:map": Row("own"),
    "credentials:home": Row("own"),
    "credentials:add": Row("own"),
    "credentials:plan": Row("own"),
    "credentials:plan_calendar": Row("own"),
    "credentials:offer_add": Row("own"),
    "credentials:reminders": Row("own"),
    "credentials:calendar": Row("own"),
    "certificates:list": Row("own"),
    "certificates:transcript": Row("own"),
    "certificates:transcript_csv": Row("own"),
    "ledger:list": Row("own"),
    "ledger:log": Row("own"),
    "ledger:import": Row("own"),
    "ledger:template": Row("own", fixed=("csv",)),
    "ledger:export": Row("own"),
    "shop:cart": Row("own"),
    "shop:cart_add": Row("own"),
    "shop:checkout": Row("own"),
    "shop:cart_voucher": Row("own"),
    "shop:subscription": Row("own"),
    "shop:renewal_on": Row("own"),
    "shop:renewal_off": Row("own"),
    "shop:gift_open": Row("own"),
    "shop:cart_gift": Row("owner", ("item_id",)),
    "shop:gift": Row("owner", ("gift_id",)),
    "shop:orders": Row("own"),
    # Objects of one person.
    "shop:cart_change": Row("owner", ("item_id",)),
    "shop:cart_remove": Row("owner", ("item_id",)),
    "shop:returned": Row("owner", ("order_number",)),
    "shop:order": Row("owner", ("order_number",)),
    "shop:order_pay": Row("owner", ("order_number",)),
    "shop:order_cancel": Row("owner", ("order_number",)),
    "shop:test_payment": Row("owner", ("charge_id",)),
    "accounts:remove_license": Row("owner", ("number_id",)),
    "learning:resume": Row("owner", ("enrollment_id",)),
    "learning:save": Row("owner", ("enrollment_id",)),
    "learning:player": Row("owner", ("enrollment_id", "page_slug")),
    "learning:turn": Row("owner", ("enrollment_id", "page_slug")),
    "learning:answer": Row("owner", ("enrollment_id", "page_slug", "question_key")),
    "learning:test": Row("owner", ("enrollment_id",)),
    "learning:attempt": Row("owner", ("enrollment_id", "attempt_id")),
    "learning:save_answer": Row("owner", ("enrollment_id", "attempt_id")),
    "learning:check": Row("owner", ("enrollment_id", "attempt_id")),
    "learning:submit": Row("owner", ("enrollment_id", "attempt_id")),
    "learning:results": Row("owner", ("enrollment_id", "submitted_id")),
    "learning:evaluation": Row("owner", ("enrollment_id",)),
    "learning:finished": Row("owner", ("enrollment_id",)),
    "learning:return": Row("owner", ("enrollment_id",)),
    "credentials:detail": Row("owner", ("held_id",)),
    "credentials:points": Row("owner", ("held_id",)),
    "credentials:calendar_of_one": Row("owner", ("held_id",)),
    "credentials:change": Row("owner", ("held_id",)),
    "credentials:next": Row("owner", ("held_id",)),
    "credentials:remove": Row("owner", ("held_id",)),
    "credentials:offer_change": Row("owner", ("offer_id",)),
    "credentials:offer_remove": Row("owner", ("offer_id",)),
    "credentials:rules": Row("owner", ("held_id",)),
    "credentials:rules_seen": Row("owner", ("held_id",)),
    "credentials:pack": Row("owner", ("held_id",)),
    "credentials:typed": Row("owner", ("held_id",)),
    "credentials:untyped": Row("owner", ("held_id",)),
    "credentials:pack_pdf": Row("owner", ("held_id",)),
    "credentials:pack_csv": Row("owner", ("held_id",)),
    "credentials:audit": Row("owner", ("held_id",)),
    "credentials:audit_pack": Row("owner", ("held_id",)),
    "credentials:declare": Row("owner", ("held_id",)),
    "credentials:declaration": Row("owner", DECLARED),
    "credentials:declaration_pdf": Row("owner", DECLARED),
    "credentials:declaration_csv": Row("owner", DECLARED),
    "credentials:declaration_zip": Row("owner", DECLARED),
    "credentials:declaration_audit": Row("owner", DECLARED),
    "credentials:declaration_withdraw": Row("owner", DECLARED),
    "shop:refund": Row("owner", ("order_number",)),
    "shop:refund_ask": Row("owner", ("order_number",)),
    "certificates:detail": Row("owner", ("code",)),
    "certificates:pdf": Row("owner", ("code",)),
    "ledger:detail": Row("owner", ("activity_id",)),
    "ledger:correct": Row("owner", ("activity_id",)),
    "ledger:withdraw": Row("owner", ("activity_id",)),
    "ledger:import_check": Row("owner", ("import_id",)),
    "ledger:proof_add": Row("owner", ("activity_id",)),
    "ledger:proof": Row("owner", ("activity_id", "proof_id")),
    "ledger:proof_change": Row("owner", ("activity_id", "proof_id")),
    "ledger:proof_withdraw": Row("owner", ("activity_id", "proof_id")),
    # The back office: whoever holds a role; what changes courses, rights or proofs is for
    # administrators.
    "staff:home": Row("staff"),
    "staff:people": Row("staff"),
    "staff:person": Row("staff", ("person_id",), shows_name=True),
    "staff:entitlement_grant": Row("staff", ("person_id",), shows_name=True),
    "staff:entitlement_withdraw": Row("administrator", ("person_id", "entitlement_id")),
    "staff:certificate": Row("staff", ("code",), shows_name=True),
    "staff:courses": Row("staff"),
    "staff:course": Row("staff", ("course_code",)),
    "staff:course_availability": Row("administrator", ("course_code",)),
    "staff:course_free": Row("administrator", ("course_code",)),
    "staff:course_review": Row("administrator", ("course_code",)),
    "staff:approval_add": Row("administrator", ("course_code",)),
    "staff:approval_withdraw": Row("administrator", ("course_code", "approval_id")),
    "staff:role_give": Row("administrator", ("person_id",)),
    "staff:role_withdraw": Row("administrator", ("person_id",), ("support",)),
    "staff:certificate_revoke": Row("administrator", ("code",)),
    "staff:certificate_reissue": Row("administrator", ("code",)),
    "staff:provider": Row("administrator"),
    "staff:provider_picture": Row("administrator", fixed=("logo",)),
    "staff:accreditors": Row("administrator"),
    "staff:accreditor_add": Row("administrator"),
    "staff:accreditor": Row("administrator", fixed=("demonstration",)),
    "staff:orders": Row("staff"),  # more by role: tests/staff/test_gate.py
    "staff:order": Row("staff", ("order_number",)),
    "staff:order_record": Row("administrator", ("order_number",)),
    "staff:order_settle": Row("administrator", ("order_number",)),
    "staff:order_end": Row("administrator", ("order_number",)),
    "staff:order_receipt": Row("administrator", ("order_number",)),
    "staff:products": Row("staff"),
    "staff:product_add": Row("administrator"),
    "staff:product": Row("administrator", fixed=("unlimited-year",)),
    "staff:price_set": Row("administrator", fixed=("unlimited-year",)),
    "staff:shop_settings": Row("administrator"),
    "staff:vouchers": Row("administrator"),
    "staff:voucher_add": Row("administrator"),
    "staff:voucher_withdraw": Row("administrator", ("voucher_id",)),
    "staff:books": Row("administrator"),
    "staff:books_export": Row("administrator"),
    "staff:refunds": Row("administrator"),  # and finance: tests/staff/test_refunds.py
    "staff:refund": Row("administrator", ("refund_id",)),
    "staff:refund_approve": Row("administrator", ("refund_id",)),
    "staff:refund_decline": Row("administrator", ("refund_id",)),
    "staff:refund_again": Row("administrator", ("refund_id",)),
    "staff:order_refund": Row("administrator", ("order_number",)),
    "staff:audit": Row("administrator"),
    "staff:mail": Row("staff"),
    "staff:jobs": Row("administrator"),
}


def address(name: str, row: Row, values: dict[str, Any]) -> str:
    """The route's address for Rosa's object."""
    arguments = [values[key] for key in row.arguments] + list(row.fixed)
    return reverse(name, args=arguments)


def signed_in(who: User | None, *, csrf: bool = False) -> Client:
    """A browser of that person."""
    client = Client(enforce_csrf_checks=csrf)
    if who is not None:
        client.force_login(who)
    return client


def leaks(response: Any, row: Row, world: World) -> list[str]:
    """What of Rosa's a response shows that it must not."""
    if response.streaming:
        return []
    text = response.content.decode("utf-8", errors="replace")
    names = () if row.shows_name else (world.name_of_owner,)
    return [secret for secret in (*SECRETS, *names) if secret in text]


def goes_to_sign_in(response: Any) -> bool:
    """A redirect to the sign-in page."""
    return bool(
        response.status_code == 302 and response["Location"].startswith(reverse("account_login"))
    )


def test_every_route_has_a_row() -> None:
    names = {name for name, _ in routes()}
    assert sorted(names - MATRIX.keys()) == []
    assert sorted(MATRIX.keys() - names) == []


@pytest.mark.parametrize("method", ["get", "post"])
def test_no_wrong_actor_gets_through(world: World, method: str) -> None:
    clients = {who: signed_in(who) for who in (world.stranger, world.support, world.administrator)}
    before = database_state()
    wrong: list[str] = []
    for name, row in MATRIX.items():
        url = address(name, row, world.values)
        if row.guard in {"public", "library", "demo"}:
            continue
        response = getattr(signed_in(None), method)(url)
        if not (goes_to_sign_in(response) or response.status_code == 405):
            wrong.append(f"anonymous {method} {name}: {response.status_code}")
        if row.guard == "own":
            continue
        for who, client in clients.items():
            if row.guard in {"staff", "administrator"} and who is not world.stranger:
                continue
            response = getattr(client, method)(url)
            if response.status_code not in {404, 405}:
                wrong.append(f"{who} {method} {name}: {response.status_code}")
            wrong += [f"{who} {name} shows {secret}" for secret in leaks(response, row, world)]
    assert wrong == []
    assert database_state() == before


def test_support_staff_do_not_get_what_administrators_do(world: World) -> None:
    client = signed_in(world.support)
    wrong = [
        name
        for name, row in MATRIX.items()
        if row.guard == "administrator"
        and client.get(address(name, row, world.values)).status_code not in {404, 405}
    ]
    assert wrong == []


def test_staff_without_a_second_factor_are_sent_to_set_one_up(world: World) -> None:
    for name, row in MATRIX.items():
        if row.guard in {"staff", "administrator"}:
            response = signed_in(world.administrator).get(address(name, row, world.values))
            if response.status_code != 405:
                assert (name, response.get("Location")) == (name, reverse("mfa_index"))


def test_ones_own_space_shows_nobody_elses_things(world: World) -> None:
    for name, row in MATRIX.items():
        if row.guard in {"own", "public"}:
            response = signed_in(world.stranger).get(address(name, row, world.values), follow=True)
            assert (name, leaks(response, row, world)) == (name, [])


def test_the_owner_gets_through(world: World) -> None:
    shut = []
    for name, row in MATRIX.items():
        if row.guard == "owner":
            response = signed_in(world.owner).get(address(name, row, world.values))
            if response.status_code == 404 or goes_to_sign_in(response):
                shut.append(name)
    assert shut == []


def test_no_unsafe_request_passes_without_its_token(world: World) -> None:
    """The policy report takes nothing but text. The link that stops mail brings a signature of its
    own: mail programs post to it without a cookie. So does a gateway's event.
    """
    passed = []
    for name, row in MATRIX.items():
        if name in {"operations:csp_report", "credentials:reminders_stop", "shop:webhook"}:
            continue
        url = address(name, row, world.values)
        response = signed_in(world.owner, csrf=True).post(url)
        if response.status_code not in {403, 405}:
            passed.append(f"{name}: {response.status_code}")
    assert passed == []


def test_reading_changes_nothing(world: World) -> None:
    """Walks all GET routes as each role and compares the whole database, a dozen routes at once."""
    for who in (None, world.owner, world.stranger, world.support):
        client = signed_in(who)
        before = database_state()
        for routes_read in batched(MATRIX.items(), 12):
            for name, row in routes_read:
                client.get(address(name, row, world.values))
            after = database_state()
            changed = [table for table in after if after[table] != before[table]]
            names = [name for name, _ in routes_read]
            assert (names, changed) == (names, [])


def test_the_demo_mailbox_exists_in_the_demo_only(settings: Any, world: World) -> None:
    settings.IS_DEMO = False
    settings.PROFILE = "production"
    for name, row in MATRIX.items():
        if row.guard == "demo":
            response = Client().get(address(name, row, world.values))
            assert (name, response.status_code) == (name, 404)


def test_a_missing_row_would_be_noticed() -> None:
    with pytest.raises(NoReverseMatch):
        reverse("learning:no_such_route")
    assert settings.ROOT_URLCONF == "aliquot.urls"
