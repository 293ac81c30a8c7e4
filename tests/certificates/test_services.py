"""Issuing, correcting, revoking: once, for ever, with a trace."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from aliquot.accounts.models import LicenseNumber, User
from aliquot.catalog.models import Provider
from aliquot.certificates import queries, rules, services
from aliquot.certificates.errors import (
    AlreadyReplacedError,
    AlreadyRevokedError,
    NameMissingError,
    ReasonMissingError,
)
from aliquot.certificates.models import Certificate, Revocation
from aliquot.infra import append_only
from aliquot.infra.models import AuditEntry
from aliquot.learning.models import Completion
from aliquot.lib import codes
from tests.factories.catalog import approve, provider, published_course
from tests.factories.certificates import certificate, finished

pytestmark = pytest.mark.django_db


@pytest.fixture
def issued(rosa: User, now: datetime) -> Certificate:
    return certificate(rosa, now)


def test_a_certificate_freezes_provider_license_and_approvals_of_its_day(
    rosa: User, now: datetime
) -> None:
    provider(provider_number="NY-7")
    LicenseNumber.objects.create(
        person=rosa, state="FL", profession="Technologist", number="TN 00042"
    )
    course = published_course(pages=1)
    approve(course, kind="pace", is_demonstration=False)
    approve(course, kind="cmle", number="OLD", valid_through=now.date() - timedelta(days=1))
    made = finished(rosa, course, now)
    assert codes.parse(made.code) == made.code
    assert made.content["provider"]["provider_number"] == "NY-7"
    assert made.content["participant"] == {
        "name": "Rosa Méndez",
        "licenses": [
            {
                "state": "FL",
                "state_name": "Florida",
                "profession": "Technologist",
                "number": "TN 00042",
            }
        ],
    }
    assert [each["number"] for each in made.content["approvals"]] == ["DEMO-1"]
    assert made.content["credit_sentences"] == [
        "1 contact hour may be declared as 1 ASCP CMP point."
    ]
    assert made.content["completed_on"] == made.content["issued_on"] == "2026-11-23"
    assert made.content["is_demonstration"] is True  # issued under the demo profile


def test_outside_the_demo_only_a_demonstration_accreditor_makes_a_demonstration(
    rosa: User, now: datetime, settings: Any
) -> None:
    settings.IS_DEMO = False
    provider()
    real, pretended = published_course(pages=1), published_course("DEM-1", pages=1)
    approve(pretended)
    assert finished(rosa, real, now).content["is_demonstration"] is False
    assert finished(rosa, pretended, now).content["is_demonstration"] is True


def test_later_changes_never_reach_an_issued_certificate(issued: Certificate, rosa: User) -> None:
    before = dict(issued.content)
    Provider.objects.update(name="Another Name", administrator_name="Somebody Else")
    User.objects.filter(pk=rosa.pk).update(full_name="Rosa Other")
    issued.refresh_from_db()
    assert issued.content == before
    assert rules.digest_of(issued.content) == issued.content_hash


def test_a_certificate_holds_no_score_no_address_of_the_person(issued: Certificate) -> None:
    text = str(issued.content).lower()
    assert issued.person.email not in text
    assert "example.org" not in text
    for word in ("score", "email", "birth", "pass_mark", "attempt"):
        assert word not in text


def test_issuing_twice_gives_the_same_certificate(issued: Certificate, now: datetime) -> None:
    again = services.issue_certificate(completion=issued.completion, now=now + timedelta(days=1))
    assert again == issued
    assert Certificate.objects.count() == 1


def test_issuing_again_after_a_correction_gives_the_corrected_one(
    issued: Certificate, now: datetime
) -> None:
    new = services.reissue_certificate(
        certificate=issued, full_name="Rosa M. Ortiz", actor_id=None, now=now
    )
    assert services.issue_certificate(completion=issued.completion, now=now) == new


def test_a_correction_replaces_and_keeps_everything_else(
    issued: Certificate, amara: User, now: datetime
) -> None:
    later = now + timedelta(days=40)
    new = services.reissue_certificate(
        certificate=issued, full_name=" Rosa Méndez Ortiz ", actor_id=amara.pk, now=later
    )
    assert new.replaces == issued
    assert new.code != issued.code
    assert new.content["participant"]["name"] == "Rosa Méndez Ortiz"
    assert new.content["replaces"] == codes.grouped(issued.code)
    assert new.content["issued_on"] == "2027-01-02"
    assert new.content["completed_on"] == issued.content["completed_on"]
    assert rules.digest_of(new.content) == new.content_hash
    issued.refresh_from_db()
    assert issued.content["participant"]["name"] == "Rosa Méndez"
    entry = AuditEntry.objects.get(action="certificate.reissued")
    assert entry.actor_id == amara.pk
    assert entry.details == {"replaces": issued.code, "content_hash": new.content_hash}


def test_a_replaced_or_revoked_certificate_cannot_be_corrected(
    issued: Certificate, now: datetime
) -> None:
    new = services.reissue_certificate(
        certificate=issued, full_name="Rosa Ortiz", actor_id=None, now=now
    )
    with pytest.raises(AlreadyReplacedError):
        services.reissue_certificate(certificate=issued, full_name="Rosa X", actor_id=None, now=now)
    services.revoke_certificate(certificate=new, reason="Refunded.", actor_id=None, now=now)
    with pytest.raises(AlreadyRevokedError):
        services.reissue_certificate(certificate=new, full_name="Rosa X", actor_id=None, now=now)
    with pytest.raises(NameMissingError):
        services.reissue_certificate(certificate=new, full_name="  ", actor_id=None, now=now)
    assert Certificate.objects.count() == 2


def test_revoking_says_why_and_when_once(issued: Certificate, amara: User, now: datetime) -> None:
    with pytest.raises(ReasonMissingError):
        services.revoke_certificate(certificate=issued, reason=" ", actor_id=amara.pk, now=now)
    services.revoke_certificate(
        certificate=issued, reason=" Refunded. ", actor_id=amara.pk, now=now
    )
    with pytest.raises(AlreadyRevokedError):
        services.revoke_certificate(certificate=issued, reason="Again.", actor_id=amara.pk, now=now)
    kept = Revocation.objects.get()
    assert (kept.certificate, kept.reason, kept.revoked_at, kept.revoked_by_id) == (
        issued, "Refunded.", now, amara.pk,
    )  # fmt: skip
    assert AuditEntry.objects.filter(action="certificate.revoked").count() == 1


@pytest.mark.parametrize("statement", ["UPDATE {table} SET design = 2", "DELETE FROM {table}"])
def test_the_database_refuses_to_change_a_certificate(issued: Certificate, statement: str) -> None:
    table = Certificate._meta.db_table
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(table=table))
    assert Certificate.objects.get().design == 1


def test_content_that_was_tampered_with_is_found(
    issued: Certificate, marcus: User, now: datetime
) -> None:
    other = finished(marcus, issued.completion.enrollment.course, now)
    assert list(queries.certificates_with_other_content()) == []
    with append_only.lifted():
        Certificate.objects.filter(pk=other.pk).update(
            content=other.content | {"contact_hours": "12"}
        )
    assert list(queries.certificates_with_other_content()) == [other.code]
    assert list(queries.broken_invariants()) == [
        f"Certificate {codes.grouped(other.code)} no longer has the content it was issued with.",
        (
            f"Certificate {codes.grouped(other.code)} says other hours or another day than "
            f"completion {other.completion_id}."
        ),
    ]


def test_a_code_that_was_moved_to_another_record_is_found(issued: Certificate) -> None:
    with append_only.lifted():
        Certificate.objects.filter(pk=issued.pk).update(code=codes.new_code())
    assert list(queries.certificates_with_other_content()) == [Certificate.objects.get().code]


def test_no_provider_yet_still_gives_a_certificate(rosa: User, now: datetime) -> None:
    made = finished(rosa, published_course(pages=1), now)
    assert made.content["provider"]["name"] == "localhost"
    assert Completion.objects.count() == 1


def test_a_completion_that_lost_its_certificate_is_found(issued: Certificate) -> None:
    assert list(queries.broken_invariants()) == []
    with append_only.lifted():
        issued.delete()
    assert list(queries.broken_invariants()) == [
        f"Completion {issued.completion_id} has no certificate."
    ]
