"""Closing an account: shut at once, open again for two weeks, then erased but for what stays."""

import io
import json
import zipfile
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.apps import apps
from django.core.files.storage import default_storage
from django.db.models import ForeignKey
from django.test import Client
from django.urls import reverse

from aliquot.accounts.adapters.second_factor import set_up_codes
from aliquot.accounts.models import AccountClosing, ApiToken, User
from aliquot.accounts.queries import token_by_secret
from aliquot.accounts.services import make_token
from aliquot.certificates.models import Certificate
from aliquot.commerce.models import FakeCharge, Renewal
from aliquot.credentials.services import renew_calendar_feed, save_reminder_settings
from aliquot.flows.check_invariants import examined
from aliquot.flows.close_account import (
    close_account,
    erase_account,
    erase_closed_accounts,
    reopen_account,
)
from aliquot.flows.own_records import TABLES
from aliquot.infra import storage
from aliquot.infra.models import AuditEntry, OutboxMail, StoredFile
from aliquot.ledger.models import CreditEntry, Proof
from tests.accounts.signing_in import confirmed, is_in, sign_in, signed_in
from tests.factories.activities import logged, proven
from tests.factories.certificates import certificate
from tests.factories.credentials import declared, holding, outside_offer
from tests.factories.learning import read_through, started
from tests.factories.purchases import purchases
from tests.factories.staff import browser_of

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
# What still belongs to the number that a person was: records others rely on.
STAYS = {
    "accounts.AccountClosing",
    "assessment.Attempt",
    "certificates.Certificate",
    "commerce.Order",
    "commerce.TaxExemption",
    "learning.Completion",
    "learning.Enrollment",
    "learning.Entitlement",
    "ledger.Activity",
    "ledger.CreditEntry",
}


def lived(person: User, amara: User, now: datetime) -> str:
    """Something of everything is theirs; gives the secret of an API token."""
    issued = certificate(person, now - 3 * DAY)
    read_through(started(amara, issued.completion.enrollment.version.course, now), now)
    purchases(person, amara, now - 3 * DAY)
    declared(holding(person), now)
    outside_offer(person, now)
    proven(logged(person, now), now)
    save_reminder_settings(
        person=person, days=[30], rule_changes=True, quiet_from=None, quiet_until=None, now=now,
        actor_id=person.pk,
    )  # fmt: skip
    renew_calendar_feed(person=person, replaces=None, now=now, actor_id=person.pk)
    _, secret = make_token(
        person=person, name="hr", scopes=["profile:read"], expires_at=None, now=now,
        actor_id=person.pk,
    )  # fmt: skip
    return secret


def belonging(person: User) -> set[str]:
    """Models that have a row of this person."""
    return {
        model._meta.label
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, ForeignKey) and field.remote_field.model is User
        if model._base_manager.filter(**{field.name: person}).exists()
    }


def mails(words: str) -> list[str]:
    found = OutboxMail.objects.filter(subject=words).order_by("pk")
    return [mail.recipients[0] for mail in found]


def test_a_closed_account_is_shut_at_once_and_opens_again_as_it_was(
    rosa: User, amara: User, now: datetime
) -> None:
    secret = lived(rosa, amara, now)
    browser, before = signed_in(rosa), belonging(rosa)
    with time_machine.travel(now, tick=False):
        closing = close_account(rosa, actor_id=rosa.pk, now=now)
        assert close_account(rosa, actor_id=rosa.pk, now=now) == closing
        assert not is_in(browser)
        sign_in(Client(), rosa)
        assert (is_in(browser), token_by_secret(secret, now)) == (False, None)
        assert mails("Your account is closed") == [rosa.email]
        assert erase_closed_accounts(now=now + 14 * DAY - timedelta(seconds=1)) == 0
        reopen_account(rosa, actor_id=amara.pk, now=now)
        # A job that had read the closing a moment before erases nothing either.
        assert not erase_account(closing, now=now + 14 * DAY)
    assert is_in(signed_in(rosa))
    assert belonging(rosa) - {"usersessions.UserSession"} == before - {
        "usersessions.UserSession"
    } | {"accounts.AccountClosing"}
    assert erase_closed_accounts(now=now + 99 * DAY) == 0
    assert AuditEntry.objects.filter(action="account.closed").count() == 1
    assert mails("Your account is open again") == [rosa.email]


def test_after_two_weeks_what_may_go_is_gone_and_what_others_rely_on_holds(
    rosa: User, amara: User, now: datetime, django_capture_on_commit_callbacks: Any
) -> None:
    lived(rosa, amara, now)
    others = belonging(amara)
    code, credit = Certificate.objects.get(person=rosa).code, CreditEntry.objects.count()
    [paper] = StoredFile.objects.filter(pk__in=Proof.objects.values("file"))
    shared = storage.store(b"%PDF-1.4 of somebody else", media_type="application/pdf", now=now)
    close_account(rosa, actor_id=rosa.pk, now=now)
    with django_capture_on_commit_callbacks(execute=True):
        assert [erase_closed_accounts(now=now + 14 * DAY) for _ in range(2)] == [1, 0]
    assert belonging(rosa) == STAYS
    assert belonging(amara) == others
    rosa.refresh_from_db()
    assert (rosa.email, rosa.full_name) == (
        f"closed-{rosa.pk}@closed.invalid",
        f"Closed account {rosa.pk}",
    )
    assert not rosa.has_usable_password()
    page = Client().get(reverse("certificates:verify", args=[code])).text
    assert "Rosa Méndez" in page
    assert CreditEntry.objects.count() == credit
    assert not default_storage.exists(storage.name_of(paper.sha256))
    assert storage.read(shared)
    assert not Renewal.objects.exclude(method_reference="").exists()
    assert mails("Your data are deleted") == ["rosa@example.org"]
    found = [line for each in examined(now=now) for line in each.broken]
    assert [line for line in found if "fsync" not in line] == []
    # Somebody else, or she herself, may sign up with the address.
    assert not EmailAddress.objects.filter(email="rosa@example.org").exists()


def test_a_paper_that_somebody_else_has_too_stays_for_them(
    rosa: User, marcus: User, now: datetime, django_capture_on_commit_callbacks: Any
) -> None:
    mine, theirs = logged(rosa, now), logged(marcus, now)
    proof = proven(mine, now).proofs.get()
    proven(theirs, now, storage.read(proof.file))
    close_account(rosa, actor_id=rosa.pk, now=now)
    with django_capture_on_commit_callbacks(execute=True):
        erase_closed_accounts(now=now + 14 * DAY)
    assert Proof.objects.get().activity == theirs
    assert storage.read(proof.file)


def test_the_page_says_what_goes_and_what_stays_and_asks_who_it_is(
    rosa: User, settings: Any
) -> None:
    address = reverse("accounts:close")
    opened = Client()
    opened.force_login(rosa)
    for answer in (
        opened.get(address),
        opened.post(address, {"understood": "on"}),
        opened.post(reverse("accounts:export")),
    ):
        assert answer["Location"].startswith(reverse("account_reauthenticate"))
    assert opened.get(reverse("accounts:export"))["Location"] == address
    browser = confirmed(signed_in(rosa))
    page = browser.get(address).text
    for words in ("Papers you uploaded", "Orders, receipts and payments", "For 14 days"):
        assert words in page
    assert browser.post(address).status_code == 422
    assert not AccountClosing.objects.exists()
    assert browser.post(address, {"understood": "on"})["Location"] == reverse("account_inactive")
    assert AccountClosing.objects.get().closed_by_id == rosa.pk
    assert not is_in(browser)
    assert "This account is closed" in sign_in(Client(), rosa).client.get("/account/inactive/").text


def test_staff_cannot_be_closed_before_their_role_is_taken_away(
    amara: User, rosa: User, now: datetime
) -> None:
    set_up_codes(person=amara)
    office = browser_of(amara)
    refused = confirmed(signed_in(amara)).post(reverse("accounts:close"), {"understood": "on"})
    assert (refused.status_code, amara.closings.exists()) == (422, False)
    closing = office.post(reverse("staff:person_close", args=[rosa.pk]), {"step": "do"})
    assert closing.status_code == 302
    assert "Closed " in office.get(reverse("staff:person", args=[rosa.pk])).text
    office.post(reverse("staff:person_reopen", args=[rosa.pk]), {"step": "do"})
    again = office.post(reverse("staff:person_reopen", args=[rosa.pk]), {"step": "do"})
    assert (again.status_code, AccountClosing.objects.filter(reopened_at=None).count()) == (422, 0)


def test_everything_of_ones_own_is_in_one_archive_and_nothing_secret(
    rosa: User, amara: User, now: datetime
) -> None:
    secret = lived(rosa, amara, now)
    browser = confirmed(signed_in(rosa))
    answer = browser.post(reverse("accounts:export"))
    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    [folder] = {name.split("/")[0] for name in archive.namelist()}
    found = json.loads(archive.read(f"{folder}/records.json"))
    kinds = sorted(name.split("/")[1] for name in archive.namelist())
    assert {kind: kinds.count(kind) for kind in kinds} == {
        "certificates": 1, "papers": 2, "proofs": 1, "records.json": 1, "tax-exemptions": 1,
    }  # fmt: skip
    assert found["damaged"] == []
    assert found["records"]["profile"][0]["email"] == "rosa@example.org"
    empty = {name for name, rows in found["records"].items() if not rows}
    assert {"credentials", "declarations", "credit", "orders", "proofs", "deeds"} & empty == set()
    text = json.dumps(found)
    token = ApiToken.objects.get(person=rosa)
    hidden = [secret, token.digest, rosa.password, *FakeCharge.objects.values_list("key")]
    assert [each for each in hidden if str(each) in text] == []
    assert AuditEntry.objects.filter(action="person.exported", actor_id=rosa.pk).count() == 1
    stranger = Client()
    assert stranger.post(reverse("accounts:export")).status_code == 302


def test_whatever_belongs_to_a_person_is_in_the_copy() -> None:
    told = {table.model for table in TABLES}
    owned = {
        model
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, ForeignKey) and field.remote_field.model is User
    }
    assert owned - told == set()
