"""People in the middle of a course, ready for its evaluation, or finished with it."""

from datetime import datetime
from typing import Any

from aliquot.accounts.models import User
from aliquot.assessment.kinds import KINDS
from aliquot.assessment.models import Attempt
from aliquot.catalog.models import Course
from aliquot.learning import services
from aliquot.learning.models import Enrollment

EVALUATION: dict[str, Any] = {
    "objectives": {"choose-area": "met", "count-cells": "partly"},
    "author": 5,
    "content": 4,
    "methods": 4,
    "facilities": 5,
    "experience": 3,
    "bias": False,
    "bias_noted": "",
    "minutes": 75,
    "comment": "The second figure is small on a phone.",
}


def started(person: User, course: Course, now: datetime) -> Enrollment:
    """An enrollment at its very beginning."""
    return services.enroll(person=person, course=course, actor_id=person.pk, now=now)


def read_through(enrollment: Enrollment, now: datetime) -> None:
    """Turn every page."""
    for page in enrollment.version.pages.all():
        services.finish_page(enrollment=enrollment, page=page, now=now)


def taken_test(enrollment: Enrollment, now: datetime, *, wrong: int = 0) -> Attempt:
    """Take the test with so many wrong answers (left empty)."""
    attempt = services.start_test(enrollment=enrollment, now=now)
    for entry in attempt.form[wrong:]:
        services.save_test_answer(
            enrollment=enrollment,
            attempt_id=attempt.pk,
            question_key=entry["key"],
            answer=KINDS[entry["kind"]].right_answer(entry["spec"]),
            sequence=0,
            now=now,
        )
    return services.submit_test(enrollment=enrollment, attempt_id=attempt.pk, now=now)


def ready_to_finish(person: User, course: Course, now: datetime) -> Enrollment:
    """Everything but the evaluation is done."""
    enrollment = started(person, course, now)
    read_through(enrollment, now)
    taken_test(enrollment, now)
    return enrollment
