"""The test, behind the enrollment check: start, save an answer, submit."""

from datetime import datetime

from django.db import transaction

from aliquot.assessment import services as assessment
from aliquot.assessment.facts import Saved
from aliquot.assessment.models import Attempt
from aliquot.infra import rows
from aliquot.learning import access, queries
from aliquot.learning.errors import EnrollmentFinishedError, NotReadyError
from aliquot.learning.models import Enrollment, TestAttempt
from aliquot.learning.services.enrollments import hold_enrollment


@transaction.atomic
def start_test(*, enrollment: Enrollment, now: datetime) -> Attempt:
    """Start the test of a course, or go on with the attempt that is open.

    The test opens when every page was opened. Raises EnrollmentFinishedError, CourseNotOpenError,
    NotReadyError with the pages that are missing, or AttemptRefusedError (passed, no attempts
    left, or too early). Two parallel calls give one attempt.
    """
    held = hold_enrollment(enrollment)
    if held.completed_at is not None:
        raise EnrollmentFinishedError
    earlier = queries.attempts_of(held)
    going_on = next((each for each in earlier if each.submitted_at is None), None)
    if going_on is not None:
        return going_on
    access.check_open(held, now)
    unopened = [page for page in queries.pages_of(held) if not page.is_opened]
    if unopened:
        raise NotReadyError(
            "The test opens when every page was opened.",
            missing=tuple(page.slug for page in unopened),
        )
    attempt = assessment.start_attempt(
        person=held.person, version=held.version, earlier=earlier, now=now
    )
    rows.insert(TestAttempt(attempt=attempt, enrollment=held))
    return attempt


def save_test_answer(
    *,
    enrollment: Enrollment,
    attempt_id: int,
    question_key: str,
    answer: object,
    sequence: int,
    now: datetime,
) -> Saved:
    """Keep one answer of an open attempt, if the attempt belongs to this enrollment.

    An answer is taken even after the access has ended: what was begun is never lost. One
    statement, once the attempt and its form are held by the process. Raises what
    ``assessment.services.save_response`` raises, EnrollmentNotFoundError for others' attempts.
    """
    access.check_attempt(enrollment, attempt_id)
    return assessment.save_response(
        attempt_id=attempt_id,
        question_key=question_key,
        answer=answer,
        sequence=sequence,
        now=now,
    )


def submit_test(*, enrollment: Enrollment, attempt_id: int, now: datetime) -> Attempt:
    """Grade an attempt of this enrollment once; a second call gives the same result."""
    access.check_attempt(enrollment, attempt_id)
    return assessment.submit_attempt(attempt_id=attempt_id, now=now)
