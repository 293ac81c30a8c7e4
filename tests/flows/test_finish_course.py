"""Pass, evaluate, done: everything at once, once, and never before its time."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.db.models import Model
from django.test.utils import CaptureQueriesContext

from aliquot.accounts.models import User
from aliquot.catalog.models import Course
from aliquot.catalog.queries import current_provider
from aliquot.certificates.models import Certificate
from aliquot.flows import finish_course as story
from aliquot.flows.finish_course import finish_course
from aliquot.infra import cache
from aliquot.infra.models import AuditEntry, OutboxMail
from aliquot.learning import services
from aliquot.learning.access import enrollment_for
from aliquot.learning.errors import EvaluationInvalidError, NameMissingError, NotReadyError
from aliquot.learning.models import Completion, Enrollment, Evaluation, PageVisit
from aliquot.ledger.models import Activity, CreditEntry
from aliquot.lib import canonical
from tests.concurrency import at_once
from tests.factories.catalog import approve, provider, published_course
from tests.factories.learning import (
    EVALUATION,
    read_through,
    ready_to_finish,
    started,
    taken_test,
)

pytestmark = pytest.mark.django_db

WRITTEN: list[type[Model]] = [
    Evaluation,
    Completion,
    Activity,
    CreditEntry,
    Certificate,
    OutboxMail,
]


def finish(enrollment: Enrollment, now: datetime, **changes: Any) -> Certificate:
    return finish_course(enrollment=enrollment, answers=EVALUATION | changes, now=now)


def counts() -> list[int]:
    """Evaluations, completions, activities, credit entries, certificates, mails."""
    return [model._default_manager.count() for model in WRITTEN]


@pytest.fixture
def course(db: None) -> Course:
    provider()
    return published_course()


@pytest.fixture
def ready(rosa: User, course: Course, now: datetime) -> Enrollment:
    return ready_to_finish(rosa, course, now)


@pytest.fixture
def nothing_happens(ready: Enrollment) -> Iterator[None]:
    """After the test, not one row of a completion exists and the enrollment is open."""
    audited = AuditEntry.objects.count()
    yield
    assert counts() == [0, 0, 0, 0, 0, 0]
    assert Enrollment.objects.get(pk=ready.pk).completed_at is None
    assert AuditEntry.objects.count() == audited


def test_finishing_takes_seventeen_statements(ready: Enrollment, rosa: User, now: datetime) -> None:
    with cache.one_view():
        enrollment = enrollment_for(rosa, ready.pk)  # as the page has it: its version is held
        assert current_provider() is not None
        with CaptureQueriesContext(connection) as captured:
            finish(enrollment, now)
    said = [each["sql"] for each in captured]
    assert sum("SAVEPOINT" in each for each in said) == 2  # around the whole, for the test's sake
    assert len(said) - 2 == 17


def test_finishing_writes_evaluation_completion_credit_certificate_mail_and_one_audit_row(
    ready: Enrollment, rosa: User, now: datetime
) -> None:
    audited = AuditEntry.objects.count()
    certificate = finish(ready, now)
    assert counts() == [1, 1, 1, 1, 1, 1]
    completion = Completion.objects.get()
    assert certificate.completion == completion
    assert Enrollment.objects.get().completed_at == now
    entry = CreditEntry.objects.get()
    assert (entry.person, entry.areas, entry.amount) == (rosa, ["hematology"], Decimal("1.25"))
    row = AuditEntry.objects.order_by("pk").last()
    assert row is not None
    assert AuditEntry.objects.count() == audited + 1
    assert (row.action, row.actor_id, row.object_type, row.object_id) == (
        "course.finished",
        rosa.pk,
        "learning.completion",
        str(completion.pk),
    )
    assert [step["action"] for step in row.details["steps"]] == [
        "evaluation.recorded",
        "course.completed",
        "credit.entered",
        "certificate.issued",
    ]


def test_the_mail_leads_to_the_certificate(ready: Enrollment, now: datetime) -> None:
    certificate = finish(ready, now)
    mail = OutboxMail.objects.get()
    assert mail.recipients == ["rosa@example.org"]
    assert mail.subject == "Your certificate: Interpreting the Peripheral Blood Smear"
    assert f"http://localhost:8000/certificates/{certificate.code}/" in mail.text
    assert f"http://localhost:8000/v/{certificate.code}" in mail.text
    assert "November 23, 2026 and earned 1.25 contact hours" in mail.text


def test_the_day_of_completion_is_the_learners_own(
    ready: Enrollment, rosa: User, now: datetime
) -> None:
    User.objects.filter(pk=rosa.pk).update(time_zone="Pacific/Guam")  # already the 24th there
    finish(ready, now)
    completion = Completion.objects.get()
    assert (completion.completed_on.isoformat(), completion.time_zone) == (
        "2026-11-24",
        "Pacific/Guam",
    )


def test_the_record_freezes_all_that_an_audit_asks_for(
    ready: Enrollment, rosa: User, course: Course, now: datetime
) -> None:
    approve(course)
    approve(course, kind="pace", number="OLD-1", valid_through=datetime(2026, 11, 22).date())  # noqa: DTZ001
    finish(ready, now)
    completion = Completion.objects.get()
    record = completion.record
    assert set(record) == {
        "format", "completed_at", "completed_on", "time_zone", "participant", "enrollment",
        "provider", "course", "version", "objectives", "hours", "people", "approvals", "test",
        "attempts", "evaluation",
    }  # fmt: skip
    assert record["participant"] == {"id": rosa.pk, "full_name": "Rosa Méndez"}
    assert record["course"] == {"code": "HEM-101", "slug": "hem-101"}
    assert record["version"]["number"] == 1
    assert record["version"]["content_hash"] == completion.version.content_hash
    assert record["objectives"] == [
        {"key": "choose-area", "text": "Choose the reading area"},
        {"key": "count-cells", "text": "Count the cells"},
    ]
    assert record["hours"]["awarded"] == "1.25"
    assert record["hours"]["inputs"] == {"words": 4000}
    assert record["hours"]["subjects"] == [{"area": "hematology", "hours": "1.25"}]
    assert record["people"][0]["disclosure"] == "Nothing to disclose."
    assert [each["number"] for each in record["approvals"]] == ["DEMO-1"]
    assert record["approvals"][0]["is_demonstration"] is True
    assert (record["test"]["points"], record["test"]["score"]) == (6, "100.00")
    assert len(record["test"]["questions"]) == 6
    assert [each["passed"] for each in record["attempts"]] == [True]
    assert record["evaluation"] == EVALUATION
    assert canonical.digest(record) == completion.record_hash


def test_later_changes_never_reach_the_record(
    ready: Enrollment, rosa: User, course: Course, now: datetime
) -> None:
    finish(ready, now)
    before = Completion.objects.get().record
    approve(course)
    User.objects.filter(pk=rosa.pk).update(full_name="Rosa Other", time_zone="UTC")
    finish(ready, now + timedelta(days=3))
    after = Completion.objects.get()
    assert after.record == before
    assert canonical.digest(after.record) == after.record_hash


def test_the_credit_names_the_approvals_valid_on_the_day(
    rosa: User, marcus: User, course: Course, now: datetime
) -> None:
    finish(ready_to_finish(rosa, course, now), now)
    approve(course)
    approve(course, kind="pace")
    finish(ready_to_finish(marcus, course, now), now)
    found = dict(Activity.objects.values_list("person", "approvals"))
    assert found == {rosa.pk: [], marcus.pk: ["pace", "society"]}


def test_submitting_again_returns_the_same_certificate_and_changes_nothing(
    ready: Enrollment, now: datetime
) -> None:
    first = finish(ready, now)
    audited = AuditEntry.objects.count()
    assert finish(ready, now + timedelta(hours=1), author=1) == first
    assert counts() == [1, 1, 1, 1, 1, 1]
    assert Evaluation.objects.get().answers["author"] == 5
    assert AuditEntry.objects.count() == audited


# --- never before its time ------------------------------------------------------------------------


@pytest.mark.usefixtures("nothing_happens")
def test_an_incomplete_evaluation_is_refused_question_by_question(
    ready: Enrollment, now: datetime
) -> None:
    with pytest.raises(EvaluationInvalidError) as refusal:
        finish(ready, now, objectives={}, content=None)
    assert set(refusal.value.problems) == {
        "objective_choose-area",
        "objective_count-cells",
        "content",
    }


@pytest.mark.usefixtures("nothing_happens")
@pytest.mark.parametrize(
    "smuggled", [{"completed_at": "2026-01-01"}, {"score": 100}, {"contact_hours": "99"}]
)
def test_fields_that_are_none_of_the_clients_business_are_refused(
    ready: Enrollment, now: datetime, smuggled: dict[str, Any]
) -> None:
    with pytest.raises(EvaluationInvalidError):
        finish(ready, now, **smuggled)


@pytest.mark.usefixtures("nothing_happens")
def test_a_page_that_was_never_opened_stops_the_completion(
    ready: Enrollment, now: datetime
) -> None:
    PageVisit.objects.filter(enrollment=ready, page__slug="case").delete()
    with pytest.raises(NotReadyError, match="1 of 3 still to open") as refusal:
        finish(ready, now)
    assert refusal.value.missing == ("pages",)


@pytest.mark.usefixtures("nothing_happens")
@pytest.mark.parametrize("name", ["", "   "])
def test_without_a_name_no_certificate_can_be_printed(
    ready: Enrollment, rosa: User, now: datetime, name: str
) -> None:
    User.objects.filter(pk=rosa.pk).update(full_name=name)
    with pytest.raises(NameMissingError, match="Add it to your profile"):
        finish(ready, now)


def test_a_failed_or_unsubmitted_test_stops_the_completion(
    rosa: User, course: Course, now: datetime
) -> None:
    enrollment = started(rosa, course, now)
    read_through(enrollment, now)
    for prepare in (
        lambda: None,
        lambda: taken_test(enrollment, now, wrong=2),
        lambda: services.start_test(enrollment=enrollment, now=now),
    ):
        prepare()
        with pytest.raises(NotReadyError, match=r"^Pass the test\.$"):
            finish(enrollment, now)
    assert counts() == [0, 0, 0, 0, 0, 0]


def test_somebody_elses_pass_and_ones_own_earlier_pass_do_not_count(
    rosa: User, marcus: User, course: Course, now: datetime
) -> None:
    finish(ready_to_finish(marcus, course, now), now)
    finish(ready_to_finish(rosa, course, now), now)
    later = now + timedelta(days=400)
    again = started(rosa, course, later)
    with pytest.raises(NotReadyError) as refusal:
        finish(again, later)
    assert refusal.value.missing == ("pages", "test")


@pytest.mark.usefixtures("nothing_happens")
@pytest.mark.parametrize("broken", ["record_completion_credit", "issue_certificate", "_owe_mail"])
def test_a_failure_anywhere_leaves_nothing_behind(
    ready: Enrollment, now: datetime, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(story, broken, fail)
    with pytest.raises(RuntimeError, match="the disk is full"):
        finish(ready, now)


def test_taking_the_course_again_after_the_interval_earns_a_second_completion(
    rosa: User, course: Course, now: datetime
) -> None:
    first = finish(ready_to_finish(rosa, course, now), now)
    later = datetime(2027, 11, 23, 23, 0, tzinfo=UTC)
    second = finish(ready_to_finish(rosa, course, later), later)
    assert first.code != second.code
    assert counts() == [2, 2, 2, 2, 2, 2]


@pytest.mark.django_db(transaction=True)
def test_ten_parallel_submissions_finish_once_and_all_get_the_same_certificate(
    rosa: User, now: datetime
) -> None:
    provider()
    enrollment = ready_to_finish(rosa, published_course(), now)
    audited = AuditEntry.objects.count()
    codes = at_once(10, lambda _: finish(enrollment, now).code)
    assert codes == [Certificate.objects.get().code] * 10
    assert counts() == [1, 1, 1, 1, 1, 1]
    assert AuditEntry.objects.count() == audited + 1
