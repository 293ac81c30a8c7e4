"""The test, seen from learning: it opens late, belongs to one enrollment, and starts once."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aliquot.accounts.models import User
from aliquot.assessment.errors import AttemptRefusedError, SubmittedError
from aliquot.assessment.models import Attempt, Response
from aliquot.learning import queries, services
from aliquot.learning.errors import (
    CourseNotOpenError,
    EnrollmentFinishedError,
    EnrollmentNotFoundError,
    NotReadyError,
)
from aliquot.learning.models import Enrollment, TestAttempt
from tests.concurrency import at_once
from tests.factories.catalog import published_course
from tests.factories.learning import read_through, started, taken_test
from tests.learning.test_enrollments import grant

pytestmark = pytest.mark.django_db


@pytest.fixture
def read(rosa: User, now: datetime) -> Enrollment:
    enrollment = started(rosa, published_course(), now)
    read_through(enrollment, now)
    return enrollment


def test_the_test_stays_closed_until_every_page_was_opened(rosa: User, now: datetime) -> None:
    enrollment = started(rosa, published_course(), now)
    first = enrollment.version.pages.order_by("position")[0]
    services.finish_page(enrollment=enrollment, page=first, now=now)  # opens the second, too
    with pytest.raises(NotReadyError) as refusal:
        services.start_test(enrollment=enrollment, now=now)
    assert refusal.value.missing == ("case",)
    assert Attempt.objects.count() == 0


def test_the_attempt_belongs_to_the_enrollment(read: Enrollment, now: datetime) -> None:
    attempt = services.start_test(enrollment=read, now=now)
    assert TestAttempt.objects.get().enrollment == read
    assert queries.attempts_of(read) == [attempt]
    assert services.start_test(enrollment=read, now=now) == attempt


def test_starting_and_grading_take_few_statements(read: Enrollment, now: datetime) -> None:
    with CaptureQueriesContext(connection) as captured:
        attempt = services.start_test(enrollment=read, now=now)
    assert len(captured) - 2 <= 8  # the savepoint around it is the test's
    services.start_test(enrollment=read, now=now)
    with CaptureQueriesContext(connection) as captured:
        services.submit_test(enrollment=read, attempt_id=attempt.pk, now=now)
    assert len(captured) - 2 <= 6


def test_a_passed_test_is_not_taken_again_and_a_failed_one_is(
    read: Enrollment, now: datetime
) -> None:
    assert taken_test(read, now, wrong=2).passed is False
    assert queries.is_passed(read) is False
    assert taken_test(read, now).passed is True
    assert queries.is_passed(read) is True
    with pytest.raises(AttemptRefusedError, match="You have passed this test"):
        services.start_test(enrollment=read, now=now)


def test_attempts_are_counted_under_one_enrollment_only(
    rosa: User, marcus: User, now: datetime
) -> None:
    course = published_course(attempts_allowed=1)
    for person in (rosa, marcus):
        enrollment = started(person, course, now)
        read_through(enrollment, now)
        assert taken_test(enrollment, now, wrong=2).passed is False
        with pytest.raises(AttemptRefusedError):
            services.start_test(enrollment=enrollment, now=now)


def test_another_enrollments_attempt_can_neither_be_answered_nor_submitted(
    read: Enrollment, marcus: User, now: datetime
) -> None:
    other = started(marcus, read.course, now)
    read_through(other, now)
    attempt = services.start_test(enrollment=other, now=now)
    with pytest.raises(EnrollmentNotFoundError):
        services.save_test_answer(
            enrollment=read,
            attempt_id=attempt.pk,
            question_key=attempt.form[0]["key"],
            answer="",
            sequence=0,
            now=now,
        )
    with pytest.raises(EnrollmentNotFoundError):
        services.submit_test(enrollment=read, attempt_id=attempt.pk, now=now)
    attempt.refresh_from_db()
    assert attempt.submitted_at is None
    assert Response.objects.count() == 0


def test_submitting_twice_gives_the_first_result_and_answers_are_closed(
    read: Enrollment, now: datetime
) -> None:
    attempt = taken_test(read, now, wrong=2)
    again = services.submit_test(
        enrollment=read, attempt_id=attempt.pk, now=now + timedelta(hours=1)
    )
    assert again.submitted_at == now
    with pytest.raises(SubmittedError):
        services.save_test_answer(
            enrollment=read,
            attempt_id=attempt.pk,
            question_key=attempt.form[0]["key"],
            answer="",
            sequence=0,
            now=now,
        )


def test_a_finished_enrollment_starts_no_test(read: Enrollment, now: datetime) -> None:
    Enrollment.objects.filter(pk=read.pk).update(completed_at=now)
    with pytest.raises(EnrollmentFinishedError):
        services.start_test(enrollment=read, now=now)


def test_an_attempt_begun_before_the_access_ended_can_be_finished_but_none_begun(
    rosa: User, now: datetime
) -> None:
    grant(rosa, now, ends_at=now + timedelta(days=1))
    enrollment = started(rosa, published_course(is_free=False), now)
    read_through(enrollment, now)
    attempt = services.start_test(enrollment=enrollment, now=now)
    later = now + timedelta(days=2)
    assert services.start_test(enrollment=enrollment, now=later) == attempt
    assert (
        services.submit_test(enrollment=enrollment, attempt_id=attempt.pk, now=later).passed
        is False
    )
    with pytest.raises(CourseNotOpenError):
        services.start_test(enrollment=enrollment, now=later)


@pytest.mark.django_db(transaction=True)
def test_ten_parallel_starts_give_one_attempt(rosa: User, now: datetime) -> None:
    enrollment = started(rosa, published_course(), now)
    read_through(enrollment, now)
    found = at_once(10, lambda _: services.start_test(enrollment=enrollment, now=now).pk)
    assert found == [Attempt.objects.get().pk] * 10
    assert TestAttempt.objects.count() == 1
