"""Certificates in the office: revoking, with or without the credit; correcting a name."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from aliquot.accounts.models import User
from aliquot.certificates.errors import AlreadyRevokedError
from aliquot.certificates.models import Certificate, Revocation
from aliquot.certificates.queries import status_of
from aliquot.flows.revoke_completion import credit_left_of, revoke_completion
from aliquot.infra.models import AuditEntry, OutboxMail
from aliquot.ledger.errors import AlreadyReversedError
from aliquot.ledger.models import Activity, CreditEntry
from aliquot.ledger.queries import activities_of
from aliquot.ledger.services import reverse_credit
from tests.factories.certificates import certificate

pytestmark = pytest.mark.django_db

REASON = "The evaluation was filled in by somebody else."


@pytest.fixture
def proof(rosa: User, now: datetime) -> Certificate:
    return certificate(rosa, now)


def at(name: str, proof: Certificate) -> str:
    return reverse(f"staff:{name}", args=[proof.content["code"]])


def state() -> dict[str, int]:
    """What a revocation may write."""
    return {
        "certificates": Certificate.objects.count(),
        "revocations": Revocation.objects.count(),
        "entries": CreditEntry.objects.count(),
        "mails": OutboxMail.objects.count(),
        "audited": AuditEntry.objects.exclude(action="person.viewed_by_staff").count(),
    }


def changed(before: dict[str, int]) -> dict[str, int]:
    after = state()
    return {name: after[name] - before[name] for name in after if after[name] != before[name]}


def revoke(office: Client, proof: Certificate, **answers: Any) -> Any:
    return office.post(at("certificate_revoke", proof), {"reason": REASON, "step": "do", **answers})


def test_a_revocation_is_checked_first_and_then_done_with_one_audit_row_and_one_mail(
    office: Client, amara: User, rosa: User, proof: Certificate
) -> None:
    before = state()
    checked = office.post(at("certificate_revoke", proof), {"reason": REASON})
    for words in (REASON, "Stays as it is", "This cannot be undone."):
        assert words in checked.text
    assert changed(before) == {}
    revoke(office, proof)
    assert changed(before) == {"revocations": 1, "mails": 1, "audited": 1}
    row = Revocation.objects.get()
    assert (row.certificate, row.revoked_by_id, row.reason) == (proof, amara.pk, REASON)
    entry = AuditEntry.objects.get(action="completion.revoked")
    assert entry.details["credit_taken_back"] is False
    assert [step["action"] for step in entry.details["steps"]] == ["certificate.revoked"]
    mail = OutboxMail.objects.latest("pk")
    assert (mail.recipients, REASON in mail.text) == (["rosa@example.org"], True)
    assert "still counts" in mail.text
    assert [each.amount for each in activities_of(rosa)] != []
    assert "Revoked" in office.get(at("certificate", proof)).text


def test_the_credit_is_taken_back_only_when_that_is_chosen(
    office: Client, rosa: User, proof: Certificate
) -> None:
    before = state()
    revoke(office, proof, takes_credit_back="on")
    assert changed(before) == {"revocations": 1, "entries": 1, "mails": 1, "audited": 1}
    entry = AuditEntry.objects.get(action="completion.revoked")
    assert [step["action"] for step in entry.details["steps"]] == [
        "certificate.revoked", "credit.reversed",
    ]  # fmt: skip
    assert activities_of(rosa) == []
    assert CreditEntry.objects.latest("pk").reason == REASON
    assert "no longer counts" in OutboxMail.objects.latest("pk").text
    assert "Its credit was taken back." in office.get(at("certificate", proof)).text


def test_the_answer_given_at_the_form_survives_the_check(
    office: Client, proof: Certificate
) -> None:
    checked = office.post(
        at("certificate_revoke", proof), {"reason": REASON, "takes_credit_back": "on"}
    )
    assert "Taken back" in checked.text
    assert '<input type="hidden" name="takes_credit_back" value="True"' in checked.text
    revoke(office, proof, takes_credit_back="False")
    assert CreditEntry.objects.filter(reverses__isnull=False).count() == 0


@pytest.mark.parametrize("reason", ["", "   "])
def test_a_revocation_without_a_reason_is_refused(
    office: Client, proof: Certificate, reason: str
) -> None:
    before = state()
    assert revoke(office, proof, reason=reason).status_code == 422
    assert changed(before) == {}


def test_a_certificate_is_revoked_once(office: Client, proof: Certificate) -> None:
    revoke(office, proof)
    before = state()
    assert revoke(office, proof).status_code == 404
    assert office.get(at("certificate_reissue", proof)).status_code == 404
    assert changed(before) == {}


def test_what_fails_halfway_leaves_nothing(proof: Certificate, amara: User, now: datetime) -> None:
    reverse_credit(activity=Activity.objects.get(), reason="Earlier.", actor_id=amara.pk, now=now)
    assert credit_left_of(proof) is None
    before = state()
    deed: dict[str, Any] = {
        "certificate": proof, "reason": REASON, "actor_id": amara.pk, "now": now
    }  # fmt: skip
    with pytest.raises(AlreadyReversedError):
        revoke_completion(takes_credit_back=True, **deed)
    assert changed(before) == {}
    revoke_completion(takes_credit_back=False, **deed)
    with pytest.raises(AlreadyRevokedError):
        revoke_completion(takes_credit_back=False, **deed)


def test_where_no_credit_is_left_none_is_offered_to_take_back(
    office: Client, proof: Certificate, amara: User, now: datetime
) -> None:
    reverse_credit(activity=Activity.objects.get(), reason="Earlier.", actor_id=amara.pk, now=now)
    assert "takes_credit_back" not in office.get(at("certificate_revoke", proof)).text
    assert revoke(office, proof, takes_credit_back="on").status_code == 302
    assert CreditEntry.objects.count() == 2


def test_a_name_is_corrected_by_a_certificate_that_replaces_the_old_one(
    office: Client, amara: User, proof: Certificate
) -> None:
    address = at("certificate_reissue", proof)
    checked = office.post(address, {"full_name": "Rosa Méndez-Ortiz"})
    assert "Rosa Méndez-Ortiz" in checked.text
    assert Certificate.objects.count() == 1
    response = office.post(address, {"full_name": "Rosa Méndez-Ortiz", "step": "do"}, follow=True)
    new = Certificate.objects.get(replaces=proof)
    assert new.content["participant"]["name"] == "Rosa Méndez-Ortiz"
    assert proof.content["code"] in response.text
    entry = AuditEntry.objects.get(action="certificate.reissued")
    assert entry.actor_id == amara.pk
    assert status_of(Certificate.objects.get(pk=proof.pk)) == "superseded"
    assert "Superseded" in office.get(at("certificate", proof)).text
    for name in ("certificate_revoke", "certificate_reissue"):
        assert office.get(at(name, proof)).status_code == 404
        assert office.get(at(name, new)).status_code == 200


def test_an_empty_name_is_refused(office: Client, proof: Certificate) -> None:
    response = office.post(at("certificate_reissue", proof), {"full_name": " ", "step": "do"})
    assert (response.status_code, Certificate.objects.count()) == (422, 1)


def test_support_sees_a_certificate_but_changes_none(support: Client, proof: Certificate) -> None:
    page = support.get(at("certificate", proof)).text
    assert ("Rosa Méndez" in page, "Revoke" in page, "Correct the name" in page) == (
        True, False, False,
    )  # fmt: skip
    before = state()
    assert revoke(support, proof).status_code == 404
    assert changed(before) == {}
