"""Starting, saving, submitting: what is frozen, what is stored, what is refused."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from aliquot.accounts.models import User
from aliquot.assessment import queries, services
from aliquot.assessment.errors import (
    AnswerError,
    AttemptRefusedError,
    NoResultsError,
    SubmittedError,
)
from aliquot.assessment.models import Attempt, Question, Response
from aliquot.catalog.models import CourseVersion
from aliquot.infra.models import AuditEntry
from aliquot.lib.errors import NotFoundError
from tests.factories.assessment import RIGHT, WRONG, bank, course_version, question_facts


@pytest.fixture
def version(db: None) -> CourseVersion:
    version = course_version()
    services.store_questions(version=version, questions=bank())
    return version


def start(person: User, version: CourseVersion, now: datetime) -> Attempt:
    return services.start_attempt(person=person, version=version, now=now)


def save(attempt: Attempt, key: str, answer: Any, now: datetime, sequence: int = 0) -> Any:
    return services.save_response(
        attempt_id=attempt.pk, question_key=key, answer=answer, sequence=sequence, now=now
    )


def answer_all(attempt: Attempt, answers: dict[str, Any], now: datetime) -> None:
    for entry in attempt.form:
        save(attempt, entry["key"], answers[entry["kind"]], now)


def test_questions_are_stored_as_the_course_states_them(version: CourseVersion) -> None:
    page_facts = question_facts(
        "true_false", 9, use="page", page_slug="first-page", key="in-page", position=99
    )
    services.store_questions(version=version, questions=[page_facts])
    assert version.questions.count() == 7
    stored = Question.objects.get(key="in-page")
    assert (stored.use, stored.page and stored.page.slug, stored.spec) == (
        "page",
        "first-page",
        page_facts.spec,
    )


def test_starting_freezes_form_key_and_pass_mark(
    rosa: User, version: CourseVersion, now: datetime
) -> None:
    attempt = start(rosa, version, now)
    frozen = {entry["key"]: entry for entry in attempt.form}
    assert set(frozen) == {question.key for question in queries.bank_of(version)}
    for question in queries.bank_of(version):
        assert frozen[question.key]["spec"] == question.spec
    assert attempt.pass_mark == Decimal(80)
    assert attempt.points_possible == 6
    assert attempt.submitted_at is None
    assert AuditEntry.objects.filter(action="attempt.started").count() == 1


def test_starting_again_gives_the_open_attempt(
    rosa: User, version: CourseVersion, now: datetime
) -> None:
    first = start(rosa, version, now)
    again = start(rosa, version, now + timedelta(hours=1))
    assert again == first
    assert Attempt.objects.count() == 1
    assert AuditEntry.objects.filter(action="attempt.started").count() == 1


def test_two_open_attempts_cannot_exist(rosa: User, version: CourseVersion, now: datetime) -> None:
    attempt = start(rosa, version, now)
    with pytest.raises(IntegrityError, match="person"), transaction.atomic():
        Attempt.objects.create(
            person=rosa,
            version=version,
            started_at=now,
            form=attempt.form,
            pass_mark=80,
            points_possible=6,
        )


def test_a_course_without_a_bank_has_no_test(rosa: User, now: datetime) -> None:
    with pytest.raises(AttemptRefusedError) as refusal:
        start(rosa, course_version(), now)
    assert refusal.value.code == "no_test"
    assert Attempt.objects.count() == 0


def test_an_answer_is_stored_and_returned(
    rosa: User, version: CourseVersion, now: datetime
) -> None:
    attempt = start(rosa, version, now)
    saved = save(attempt, "numeric-1", "1,8", now)
    assert (saved.is_stored, saved.answer, saved.sequence, saved.saved_at) == (True, "1.8", 1, now)
    assert saved.answer_text == "1.8 ×10⁹/L"
    assert save(attempt, "true-false-1", "true", now).sequence == 2
    assert [(r.question_key, r.answer, r.sequence) for r in Response.objects.order_by("pk")] == [
        ("numeric-1", "1.8", 1),
        ("true-false-1", "true", 2),
    ]
    assert AuditEntry.objects.filter(action__startswith="attempt.").count() == 1


def test_a_stale_device_never_overwrites_what_is_newer(
    rosa: User, version: CourseVersion, now: datetime
) -> None:
    attempt = start(rosa, version, now)
    save(attempt, "numeric-1", "1", now)
    phone = save(attempt, "numeric-1", "2", now, sequence=1)
    tab = save(attempt, "numeric-1", "3", now, sequence=1)
    assert (tab.is_stored, tab.answer, tab.sequence) == (False, "2", phone.sequence)
    assert Response.objects.get().answer == "2"
    knowing = save(attempt, "numeric-1", "3", now, sequence=tab.sequence)
    assert (knowing.is_stored, knowing.answer, knowing.sequence) == (True, "3", 3)


def test_the_same_answer_sent_twice_is_stored_once(
    rosa: User, version: CourseVersion, now: datetime
) -> None:
    attempt = start(rosa, version, now)
    first = save(attempt, "numeric-1", "2", now)
    again = save(attempt, "numeric-1", " 2.0 ", now + timedelta(minutes=5))
    assert again == first


def test_an_answer_can_be_taken_back(rosa: User, version: CourseVersion, now: datetime) -> None:
    attempt = start(rosa, version, now)
    save(attempt, "multiple-response-1", WRONG["multiple_response"], now)
    save(attempt, "multiple-response-1", [], now, sequence=1)
    assert Response.objects.get().answer == []
    assert queries.public_form(attempt).answered == 0


def test_what_is_no_answer_is_refused_and_nothing_written(
    rosa: User, version: CourseVersion, now: datetime
) -> None:
    attempt = start(rosa, version, now)
    with pytest.raises(AnswerError):
        save(attempt, "numeric-1", "many", now)
    with pytest.raises(AnswerError):
        save(attempt, "numeric-1", "1", now, sequence=-1)
    with pytest.raises(NotFoundError):
        save(attempt, "no-such-question", "1", now)
    assert Response.objects.count() == 0


@pytest.mark.parametrize(
    ("answers", "points", "score", "passed"),
    [(RIGHT, 6, "100.00", True), (WRONG, 0, "0.00", False)],
)
def test_submitting_grades_from_the_frozen_key(
    rosa: User,
    version: CourseVersion,
    now: datetime,
    answers: dict[str, Any],
    points: int,
    score: str,
    passed: bool,
) -> None:
    attempt = start(rosa, version, now)
    answer_all(attempt, answers, now)
    submitted = services.submit_attempt(attempt_id=attempt.pk, now=now)
    assert (submitted.points, str(submitted.score), submitted.passed) == (points, score, passed)
    assert submitted.submitted_at == now
    assert AuditEntry.objects.filter(action="attempt.submitted").count() == 1


def test_a_question_without_answer_is_wrong(
    rosa: User, version: CourseVersion, now: datetime
) -> None:
    attempt = start(rosa, version, now)
    save(attempt, "numeric-1", "180", now)
    submitted = services.submit_attempt(attempt_id=attempt.pk, now=now)
    assert (submitted.points, str(submitted.score), submitted.passed) == (1, "16.66", False)


def test_submitting_twice_gives_the_first_result(
    rosa: User, version: CourseVersion, now: datetime
) -> None:
    attempt = start(rosa, version, now)
    first = services.submit_attempt(attempt_id=attempt.pk, now=now)
    again = services.submit_attempt(attempt_id=attempt.pk, now=now + timedelta(days=1))
    assert (again.submitted_at, again.points, again.passed) == (first.submitted_at, 0, False)
    assert AuditEntry.objects.filter(action="attempt.submitted").count() == 1


def test_after_submission_no_answer_changes(
    rosa: User, version: CourseVersion, now: datetime
) -> None:
    attempt = start(rosa, version, now)
    services.submit_attempt(attempt_id=attempt.pk, now=now)
    with pytest.raises(SubmittedError):
        save(attempt, "numeric-1", "180", now)
    assert Response.objects.count() == 0


def test_a_retake_draws_anew_and_a_pass_ends_it(
    rosa: User, version: CourseVersion, now: datetime
) -> None:
    services.store_questions(
        version=version,
        questions=[
            question_facts("true_false", number, position=100 + number) for number in range(2, 9)
        ],
    )
    first = start(rosa, version, now)
    services.submit_attempt(attempt_id=first.pk, now=now)
    second = start(rosa, version, now)
    assert second != first
    seen = {entry["key"] for entry in first.form}
    fresh = {question.key for question in queries.bank_of(version)} - seen
    # All that the first form left out; an objective only it covers may bring one back.
    assert len(fresh & {entry["key"] for entry in second.form}) >= 5
    answer_all(second, RIGHT, now)
    services.submit_attempt(attempt_id=second.pk, now=now)
    with pytest.raises(AttemptRefusedError) as refusal:
        start(rosa, version, now)
    assert refusal.value.code == "passed"


def test_the_score_recomputes_from_answers_form_and_key(
    rosa: User, version: CourseVersion, now: datetime
) -> None:
    attempt = start(rosa, version, now)
    answer_all(attempt, RIGHT, now)
    submitted = services.submit_attempt(attempt_id=attempt.pk, now=now)
    again = sum(g.is_right for _, _, g in queries.graded_form(Attempt.objects.get(pk=attempt.pk)))
    assert again == submitted.points == 6


def test_nobody_can_change_a_stored_question(version: CourseVersion) -> None:
    with pytest.raises(Exception, match="append-only"), transaction.atomic():
        Question.objects.update(stem="Other")


@pytest.mark.django_db(transaction=True)
def test_ten_parallel_submissions_give_one_result(now: datetime) -> None:
    from tests.people import person

    rosa = person("rosa@example.org", "Rosa Méndez")
    version = course_version()
    services.store_questions(version=version, questions=bank())
    attempt = start(rosa, version, now)
    answer_all(attempt, RIGHT, now)

    def submit(minute: int) -> tuple[datetime | None, int | None]:
        try:
            done = services.submit_attempt(
                attempt_id=attempt.pk, now=now + timedelta(minutes=minute)
            )
        finally:
            connection.close()
        return done.submitted_at, done.points

    with ThreadPoolExecutor(10) as pool:
        outcomes = set(pool.map(submit, range(10)))
    assert len(outcomes) == 1
    assert AuditEntry.objects.filter(action="attempt.submitted").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_tabs_and_a_phone_lose_no_answer_unseen(now: datetime) -> None:
    """Every save is either stored, or comes back with what is stored in its place."""
    from tests.people import person

    rosa = person("rosa@example.org", "Rosa Méndez")
    version = course_version()
    services.store_questions(version=version, questions=bank())
    attempt = start(rosa, version, now)

    def device(seed: int) -> list[tuple[str, int, bool]]:
        """Numbers typed by one device, which knows only what it was told."""
        rng, known, log = random.Random(seed), 0, []
        try:
            for step in range(15):
                typed = str(seed * 1000 + step + rng.randrange(100) / 1000)
                saved = save(attempt, "numeric-1", typed, now, sequence=known)
                assert saved.is_stored is (saved.answer == typed)
                log.append((saved.answer, saved.sequence, saved.is_stored))
                known = saved.sequence
        finally:
            connection.close()
        return log

    with ThreadPoolExecutor(3) as pool:
        logs = list(pool.map(device, [1, 2, 3]))
    stored = sorted((s, a) for log in logs for a, s, is_stored in log if is_stored)
    assert [sequence for sequence, _ in stored] == list(range(1, len(stored) + 1))
    response = Response.objects.get()
    assert (response.sequence, response.answer) == stored[-1]
    # Who was refused was told the answer that another device had stored.
    told = {(s, a) for log in logs for a, s, is_stored in log if not is_stored}
    assert told <= set(stored)


# --- reads ----------------------------------------------------------------------------------------


def test_the_public_form_holds_neither_key_nor_reasons(
    rosa: User, version: CourseVersion, now: datetime
) -> None:
    attempt = start(rosa, version, now)
    save(attempt, "numeric-1", "42", now)
    shown = repr(queries.public_form(attempt))
    assert "REASON" in repr(attempt.form)  # there is something that could leak
    assert "REASON" not in shown
    assert "180" not in shown
    assert "right" not in shown
    assert "42 ×10⁹/L" in shown


def test_results_exist_only_after_submission(
    rosa: User, version: CourseVersion, now: datetime
) -> None:
    attempt = start(rosa, version, now)
    with pytest.raises(NoResultsError):
        queries.results(attempt)
    with pytest.raises(NoResultsError):
        queries.record_of(attempt)


def test_results_tell_points_per_objective_and_every_reason(
    rosa: User, version: CourseVersion, now: datetime
) -> None:
    attempt = start(rosa, version, now)
    answer_all(attempt, RIGHT | {"numeric": "18"}, now)
    results = queries.results(services.submit_attempt(attempt_id=attempt.pk, now=now))
    assert (results.points, results.score, results.passed) == (5, Decimal("83.33"), True)
    # single choice, true/false, matching under the first; the other three under the second
    assert [(o.key, o.right, o.questions) for o in results.objectives] == [
        ("choose-area", 3, 3),
        ("count-cells", 2, 3),
    ]
    numeric = next(q for q in results.questions if q.question.kind == "numeric")
    assert (numeric.answer_text, numeric.right_text) == ("18 ×10⁹/L", "180 ×10⁹/L")
    assert numeric.graded.is_right is False
    assert numeric.references == ({"id": "icsh", "text": "A named guideline", "url": ""},)
    assert all(row.reason for q in results.questions for row in q.graded.rows)


def test_the_record_explains_itself(rosa: User, version: CourseVersion, now: datetime) -> None:
    attempt = start(rosa, version, now)
    answer_all(attempt, RIGHT, now)
    record = queries.record_of(services.submit_attempt(attempt_id=attempt.pk, now=now))
    assert (record["score"], record["points"], record["points_possible"]) == ("100.00", 6, 6)
    ordering = next(q for q in record["questions"] if q["kind"] == "ordering")
    assert ordering["answer_text"] == "1. Fix in methanol; 2. Stain; 3. Rinse; 4. Dry"
    assert ordering["is_right"] is True


def test_an_in_page_question_looks_the_same_on_every_device(version: CourseVersion) -> None:
    facts = question_facts("ordering", 9, use="page", page_slug="first-page", key="p", position=99)
    services.store_questions(version=version, questions=[facts])
    question = Question.objects.get(key="p")
    assert queries.page_question(question) == queries.page_question(Question.objects.get(key="p"))
    answer = queries.read_page_answer(question, RIGHT["ordering"])
    assert queries.is_page_answer_complete(question, answer) is True
    assert queries.page_feedback(question, answer).is_right is True


def test_a_form_takes_few_reads(
    rosa: User, version: CourseVersion, now: datetime, django_assert_num_queries: Any
) -> None:
    attempt = Attempt.objects.select_related("version__course").get(pk=start(rosa, version, now).pk)
    with django_assert_num_queries(1):
        queries.public_form(attempt)
    done = services.submit_attempt(attempt_id=attempt.pk, now=now)
    done = Attempt.objects.select_related("version__course").get(pk=done.pk)
    with django_assert_num_queries(2):
        queries.results(done)
