"""Proofs: what a file is decides, the server names it, withdrawn ones count in the quota."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage

from aliquot.accounts.models import User
from aliquot.infra import storage
from aliquot.infra.models import AuditEntry, StoredFile
from aliquot.ledger import services
from aliquot.ledger.errors import InvalidActivityError, NotSelfReportedError, ProofRefusedError
from aliquot.ledger.models import Activity, Proof
from aliquot.ledger.queries import proof_bytes_of, proofs_of
from tests.factories.activities import logged
from tests.factories.catalog import provider, published_course
from tests.factories.certificates import finished
from tests.factories.papers import HEIC, HTML, PDF, SVG, XHTML, jpeg, pdf, png

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_storage(settings: Any, tmp_path: Path) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        },
    }


def add(activity: Activity, now: datetime, content: bytes = PDF, **said: Any) -> Proof:
    values = {"name": "paper.pdf", "shows": ["date"], "actor_id": activity.person_id} | said
    paper = services.opened_proof(content)
    return services.add_proof(activity=activity, paper=paper, now=now, **values)


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (PDF, "application/pdf"),
        (jpeg(), "image/jpeg"),
        (png(), "image/png"),
        (HEIC, "image/heic"),
    ],
)
def test_a_paper_is_kept_with_its_hash(
    rosa: User, now: datetime, content: bytes, media_type: str
) -> None:
    proof = add(logged(rosa, now), now, content, name="my paper", shows=["hours", "date"])
    (facts,) = proofs_of(rosa)[proof.activity_id]
    assert (facts.media_type, facts.name, facts.shows) == (
        media_type,
        "my paper",
        ("date", "hours"),
    )
    assert storage.read(proof.file) == content
    assert AuditEntry.objects.get(action="proof.added").details["sha256"] == facts.sha256


@pytest.mark.parametrize("content", [HTML, XHTML, SVG, b"data:text/html,<b>x</b>", b"", b"text"])
def test_a_data_uri_saved_as_xhtml_and_other_pages_are_refused(
    rosa: User, now: datetime, content: bytes
) -> None:
    activity = logged(rosa, now)
    for name in ("proof.xhtml", "proof.pdf"):
        with pytest.raises(ProofRefusedError, match="PDF, JPEG, PNG or HEIC"):
            add(activity, now, content, name=name)
    assert (Proof.objects.count(), StoredFile.objects.count()) == (0, 0)


def test_a_title_or_name_with_dots_traverses_nowhere(
    rosa: User, now: datetime, tmp_path: Path
) -> None:
    activity = logged(rosa, now, title="../../../etc/passwd")
    proof = add(activity, now, name="../../../../tmp/evil.pdf")
    assert proof.name == "evil.pdf"
    digest = proof.file.sha256
    assert default_storage.path(storage.name_of(digest)) == str(
        tmp_path / digest[:2] / digest[2:4] / digest
    )
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [digest]


def test_too_large_a_file_is_refused(rosa: User, now: datetime, settings: Any) -> None:
    settings.MAX_PROOF_BYTES = len(PDF) - 1
    with pytest.raises(ProofRefusedError, match="too large"):
        add(logged(rosa, now), now)
    assert Proof.objects.count() == 0


def test_drafts_and_withdrawn_proofs_do_not_bypass_the_quota(
    rosa: User, marcus: User, now: datetime, settings: Any
) -> None:
    settings.PROOF_QUOTA_BYTES = len(pdf("1")) * 2
    activity = logged(rosa, now)
    first = add(activity, now, pdf("1"))
    services.withdraw_proof(proof=first, now=now, actor_id=rosa.pk)
    second = logged(rosa, now, title="Another")
    add(second, now, pdf("2"))
    services.withdraw_activity(activity=second, now=now, actor_id=rosa.pk)
    with pytest.raises(ProofRefusedError, match="withdrawn ones included"):
        add(activity, now, pdf("3"))
    assert proof_bytes_of(rosa) == len(pdf("1")) * 2
    add(activity, now, pdf("1"))  # these bytes are kept already
    add(logged(marcus, now), now, pdf("3"))


def test_the_same_bytes_on_one_activity_are_one_proof(rosa: User, now: datetime) -> None:
    activity = logged(rosa, now)
    first = add(activity, now)
    audited = AuditEntry.objects.count()
    assert add(activity, now, shows=["title"]) == first
    assert (Proof.objects.count(), AuditEntry.objects.count()) == (1, audited)
    other = add(logged(rosa, now, title="Another"), now)
    assert other.file == first.file
    assert StoredFile.objects.count() == 1


def test_a_withdrawn_proof_is_gone_once_and_can_be_sent_again(rosa: User, now: datetime) -> None:
    activity = logged(rosa, now)
    proof = add(activity, now)
    for _ in range(2):
        services.withdraw_proof(proof=proof, now=now, actor_id=rosa.pk)
    assert proofs_of(rosa) == {}
    assert AuditEntry.objects.filter(action="proof.withdrawn").count() == 1
    again = add(activity, now)
    assert [each.id for each in proofs_of(rosa)[activity.pk]] == [again.pk]


def test_what_can_be_read_on_a_proof_is_said_anew(rosa: User, now: datetime) -> None:
    proof = add(logged(rosa, now), now)
    for _ in range(2):
        services.describe_proof(proof=proof, shows=["title", "date"], actor_id=rosa.pk)
    assert proofs_of(rosa)[proof.activity_id][0].shows == ("date", "title")
    assert AuditEntry.objects.filter(action="proof.described").count() == 1
    with pytest.raises(InvalidActivityError):
        services.describe_proof(proof=proof, shows=["price"], actor_id=rosa.pk)
    assert proofs_of(rosa)[proof.activity_id][0].shows == ("date", "title")


def test_a_course_finished_here_has_its_certificate_and_takes_no_proof(
    rosa: User, now: datetime
) -> None:
    provider()
    finished(rosa, published_course(pages=1), now)
    with pytest.raises(NotSelfReportedError):
        add(Activity.objects.get(), now)
