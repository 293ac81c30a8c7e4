"""The test, behind the enrollment check: start, save an answer, submit."""

from datetime import datetime

from django.db import transaction

from aliquot.assessment import services as assessment
from aliquot.assessment.facts import Saved
from aliquot.assessment.models import Attempt
from aliquot.learning import access, queries
from aliquot.learning.errors import EnrollmentFinishedError, NotReadyError
from aliquot.learning.models import Enrollment, TestAttempt
from aliquot.learning.services.enrollments import lock_enrollment


@transaction.atomic
def start_test(*, enrollment: Enrollment, now: datetime) -> Attempt:
    """Start the test of a course, or go on with the attempt that is open.

    The test opens when every page was opened. Raises EnrollmentFinishedError, CourseNotOpenError,
    NotReadyError with the pages that are missing, or AttemptRefusedError (passed, no attempts
    left, or too early). Two parallel calls give one attempt.
    """
    locked = lock_enrollment(enrollment)
    if locked.completed_at is not None:
        raise EnrollmentFinishedError
    earlier = list(queries.attempts_of(locked))
    if all(attempt.submitted_at is not None for attempt in earlier):
        access.check_open(locked, now)
        unopened = queries.progress_of(locked).unopened
        if unopened:
            raise NotReadyError(
                "The test opens when every page was opened.",
                missing=tuple(page.slug for page in unopened),
            )
    attempt = assessment.start_attempt(
        person=locked.person, version=locked.version, earlier=earlier, now=now
    )
    TestAttempt.objects.get_or_create(attempt=attempt, defaults={"enrollment": locked})
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


@transaction.atomic
def submit_test(*, enrollment: Enrollment, attempt: Attempt, now: datetime) -> Attempt:
    """Grade an attempt of this enrollment once; a second call gives the same result."""
    locked = lock_enrollment(enrollment)
    own = access.attempt_for(locked, attempt.pk)
    return assessment.submit_attempt(attempt=own, now=now)
