"""I1 to I12: nothing while all is well; each planted lie turns exactly its own line red."""

import json
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models import F

from aliquot.accounts.models import LicenseNumber, User
from aliquot.assessment.models import Attempt
from aliquot.certificates.models import Certificate
from aliquot.cli import invariants as command
from aliquot.commerce.models import GatewayEvent, MoneyEntry
from aliquot.flows import tasks
from aliquot.flows.check_invariants import PROMISES, check_and_tell, examined
from aliquot.infra import append_only, clock, invariants, seals, storage
from aliquot.infra.models import AuditEntry, OutboxMail, StoredFile
from aliquot.infra.upkeep_runs import last_check
from aliquot.learning.models import Completion, Enrollment
from aliquot.ledger.models import CreditEntry
from aliquot.lib import codes
from tests.factories.catalog import provider, published_course
from tests.factories.certificates import finished
from tests.factories.shop import bought, open_shop

pytestmark = pytest.mark.django_db
LATE = timedelta(hours=25)


@pytest.fixture
def certificate(rosa: User) -> Certificate:
    """Rosa bought a year and finished a course; an event came in, a file is kept, all is sealed."""
    now = clock.now()
    open_shop()
    provider()
    bought(rosa, "unlimited-year", now=now)
    made = finished(rosa, published_course(pages=2), now)
    storage.store(b"a proof", media_type="text/plain", now=now)
    GatewayEvent.objects.create(
        gateway="test",
        event_id="evt_1",
        kind="paid",
        object_id="x",
        raw=b"{}",
        received_at=now,
        state="applied",
        processed_at=now,
    )
    seals.seal_entries(now=now)
    return made


@contextmanager
def unguarded() -> Iterator[None]:
    """As ``lifted``; on PostgreSQL without dropping and making sixty triggers for each lie."""
    if connection.vendor != "postgresql":
        with append_only.lifted():
            yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield
        cursor.execute("SET LOCAL session_replication_role = origin")


def broken() -> dict[str, list[str]]:
    """The invariants that are broken, with their sentences."""
    found = {each.name: list(each.broken) for each in examined(now=clock.now())}
    return {name: sentences for name, sentences in found.items() if sentences}


def dangling() -> None:
    """A row that points nowhere; PostgreSQL cannot be made to hold one: there, unsafe commits."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit = off")
        return
    LicenseNumber.objects.create(person_id=10**9, state="FL", profession="T", number="1")


def unmoneyed() -> None:
    MoneyEntry.objects.all().delete()


def reopened() -> None:
    Enrollment.objects.update(completed_at=None)


def rewritten_record() -> None:
    completion = Completion.objects.get()
    Completion.objects.update(record=completion.record | {"format": 99})


def other_reversal() -> None:
    entry = CreditEntry.objects.get()
    CreditEntry.objects.create(
        activity=entry.activity, person=entry.person, part=0, areas=entry.areas,
        amount=-entry.amount / 2, reverses=entry, recorded_at=entry.recorded_at,
    )  # fmt: skip


def another_code() -> None:
    Certificate.objects.update(content_hash="0" * 64)


def kinder_score() -> None:
    Attempt.objects.update(points=F("points") - 1)


def moved_back() -> None:
    Enrollment.objects.update(furthest_position=0)


def emptied_event() -> None:
    GatewayEvent.objects.update(raw=b"")


def forgotten_event() -> None:
    GatewayEvent.objects.update(state="received", processed_at=None, received_at=clock.now() - LATE)


def lost_mail() -> None:
    OutboxMail.objects.filter(subject__startswith="Your certificate").delete()


def lost_receipt() -> None:
    OutboxMail.objects.filter(text__contains="receipt R-").delete()


def stuck_mail() -> None:
    OutboxMail.objects.filter(subject__startswith="Your certificate").update(
        send_after=clock.now() - LATE
    )


def edited_audit() -> None:
    AuditEntry.objects.filter(action="course.finished").update(actor_id=7)


def finished_twice() -> None:
    entry = AuditEntry.objects.get(action="course.finished")
    entry.pk = None
    entry.save()


def lost_file() -> None:
    Path(default_storage.path(storage.name_of(StoredFile.objects.get(size=7).sha256))).unlink()


def other_credit() -> None:
    CreditEntry.objects.update(amount=9)


LIES: dict[Callable[[], None], tuple[str, str]] = {
    dangling: (
        "I1", (r"Row 1 of accounts_licensenumber points at a row of accounts_user that is not "
        r"there\.|PostgreSQL's synchronous_commit is off: a crash may lose acknowledged writes\.")),
    unmoneyed: ("I2", r"Order \S+ of \$95\.00 is paid, but \$0\.00 were captured\."),
    reopened: ("I3", r"Enrollment \d+ is open and has 1 completions\."),
    rewritten_record: (
        "I3", r"Completion \d+ no longer has the record it was written with\."),
    other_reversal: ("I4", r"Credit entry \d+ does not take back exactly what it points at\."),
    another_code: ("I5", r"Certificate \S+ no longer has the content it was issued with\."),
    kinder_score: (
        "I6", r"Attempt \d+ says 5 of 6 points \(100\.00 %\); its answers give 6 of 6\."),
    moved_back: (
        "I7", (r"The bookmark of enrollment \d+ \(page \d+, save 2\) is beyond its furthest point, "
        r"its count or its course\.")),
    emptied_event: ("I8", r"Event test paid evt_1 is not kept as it came\."),
    forgotten_event: ("I8", r"Event test paid evt_1 of [-0-9]+ [:0-9]+ UTC is received\."),
    lost_mail: ("I9", r"The certificate of completion \d+ was mailed to nobody\."),
    lost_receipt: ("I9", r"Receipt R-\d+-000001 was mailed to nobody\."),
    stuck_mail: ("I9", r"Mail \d+ waits since [-0-9]+ [:0-9]+ UTC\."),
    edited_audit: ("I10", r"Audit block \d+ does not match its entries: something was changed\."),
    finished_twice: ("I10", r"Completion \d+ was finished 2 times\."),
    other_credit: (
        "I12", r"Completion \d+ awarded other hours than its activity \d+ entered \(9(\.00)?\)\."),
    lost_file: ("I11", r"Stored file [0-9a-f]{64} cannot be read: .*"),  # last: it stays lost
}  # fmt: skip


def test_each_planted_lie_turns_exactly_its_own_line_red(certificate: Certificate) -> None:
    assert broken() == {}
    assert set(PROMISES) == {name for name, _ in LIES.values()}
    for lie, (name, pattern) in LIES.items():
        with transaction.atomic():
            with unguarded():
                lie()
            found = broken()
            transaction.set_rollback(True)
        assert list(found) == [name], lie.__name__
        (sentence,) = found[name]
        assert re.fullmatch(pattern, sentence), sentence


def test_the_command_counts_names_and_says_by_its_exit_code(
    certificate: Certificate, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.run([]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line[:11].split() for line in lines[:-1]] == [[name, "holds"] for name in PROMISES]
    assert lines[4] == (
        "I5  holds  a certificate is what was issued, its code names one record "
        "(2 guarded tables, 1 certificates)"
    )
    assert lines[-1] == f"All 12 invariants hold. Head of the audit chain: {seals.head()}"
    with append_only.lifted():
        another_code()
    assert command.run([]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if not re.match(r"I\d+ +holds ", line)] == [
        (
            "I5  BROKEN a certificate is what was issued, its code names one record "
            "(2 guarded tables, 1 certificates)"
        ),
        (
            f"      Certificate {codes.grouped(certificate.code)} no longer has the content it was "
            "issued with."
        ),
        "1 of 12 invariants are broken: 1 violation.",
    ]
    assert command.run(["--json", "--trusted-head", "f" * 64]) == 1
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["invariant"] for row in rows if row.get("violation")] == ["I5", "I10"]
    assert rows[-1] == {"holds": False, "violations": 2, "audit_head": seals.head()}
    assert {row["invariant"]: row["violations"] for row in rows[:-1] if "holds" in row} == {
        name: int(name in {"I5", "I10"}) for name in PROMISES
    }


def test_the_nightly_job_notes_what_it_found_and_mails_administrators_only_if_it_found_something(
    certificate: Certificate, amara: User, caplog: pytest.LogCaptureFixture
) -> None:
    mails = OutboxMail.objects.count()
    assert check_and_tell(now=clock.now()).is_good
    assert OutboxMail.objects.count() == mails
    with append_only.lifted():
        another_code()
    with caplog.at_level(logging.ERROR, logger="aliquot.invariants"):
        assert tasks.check_invariants.call() == 1
    run = last_check()
    assert run is not None
    assert not run.is_good
    noted = {each["name"]: each["violations"] for each in run.report["invariants"]}
    assert noted == {name: int(name == "I5") for name in PROMISES}
    mail = OutboxMail.objects.order_by("-pk")[0]
    assert (OutboxMail.objects.count(), mail.recipients) == (mails + 1, ["amara@example.org"])
    assert mail.subject == "Something is wrong with the data: 1 finding"
    assert f"- Certificate {codes.grouped(certificate.code)} no longer has" in mail.text
    assert caplog.messages == [
        (
            "invariant I5 is broken: 1 violations, the first: "
            f"Certificate {codes.grouped(certificate.code)} no longer has the content it was "
            "issued with."
        )
    ]


def test_a_check_that_stumbles_over_damage_says_so_and_the_others_go_on(
    certificate: Certificate,
) -> None:
    with append_only.lifted():
        Certificate.objects.update(content={})
    found = broken()
    assert list(found) == ["I5", "I12"]
    assert found["I12"] == [
        "The certificates could not be checked to their end: KeyError: 'contact_hours'"
    ]


def test_a_missing_guard_and_an_unsafe_database_are_named(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.IS_DEMO = False
    unsafe = {"PRAGMA journal_mode": "delete", "PRAGMA synchronous": 1}
    monkeypatch.setattr(invariants, "_value", lambda query: unsafe.get(query, "off"))
    monkeypatch.setattr(invariants, "_constraints_there", set)
    found = broken()
    assert "The constraint order_adds_up of the table commerce_order is missing." in found["I2"]
    assert found["I4"] == [
        f"The constraint {name} of the table ledger_{table} is missing."
        for table, name in [
            ("activity", "activity_completion_when_from_here"),
            ("creditentry", "credit_entry_sign"),
            ("creditentry", "credit_entry_part_once"),
            ("proof", "proof_once"),
        ]
    ]
    words = "a crash may lose"
    assert len([each for each in found["I1"] if words in each]) == (
        1 if connection.vendor == "sqlite" else 3
    )
