"""What a learner does, at the speed of a program: reading pages, passing a test, finishing."""

from datetime import datetime, timedelta

from aliquot.accounts.models import User
from aliquot.assessment.kinds import KINDS
from aliquot.assessment.models import Question
from aliquot.catalog.models import Course
from aliquot.flows.finish_course import finish_course
from aliquot.flows.start_course import start_course
from aliquot.learning import services
from aliquot.learning.models import Enrollment

MINUTE = timedelta(minutes=1)


def read(*, person: User, code: str, pages: int | None, now: datetime) -> Enrollment:
    """Start a course and read its first pages, or all of them when ``pages`` is None."""
    course = Course.objects.get(code=code)
    enrollment = start_course(person=person, course=course, now=now)
    listed = list(enrollment.version.pages.all())
    for position, page in enumerate(listed[:pages]):
        moment = now + position * 6 * MINUTE
        for question in Question.objects.filter(page=page):
            kind = KINDS[question.kind]
            services.save_page_answer(
                enrollment=enrollment,
                question_key=question.key,
                raw=kind.right_answer(question.spec),
                base_sequence=None,
                now=moment,
            )
        services.finish_page(enrollment=enrollment, page=page, now=moment)
    return enrollment


def pass_test(*, enrollment: Enrollment, now: datetime) -> None:
    """Answer every question of a test right and submit it."""
    attempt = services.start_test(enrollment=enrollment, now=now)
    for sequence, entry in enumerate(attempt.form, start=1):
        services.save_test_answer(
            enrollment=enrollment,
            attempt_id=attempt.pk,
            question_key=entry["key"],
            answer=KINDS[entry["kind"]].right_answer(entry["spec"]),
            sequence=sequence,
            now=now + sequence * MINUTE,
        )
    services.submit_test(enrollment=enrollment, attempt_id=attempt.pk, now=now + 15 * MINUTE)


def finish(*, person: User, code: str, now: datetime) -> Enrollment:
    """Read a course, pass its test, evaluate it; the certificate follows."""
    enrollment = read(person=person, code=code, pages=None, now=now)
    pass_test(enrollment=enrollment, now=now + 50 * MINUTE)
    objectives = enrollment.version.objectives.values_list("key", flat=True)
    rated = ("author", "content", "methods", "facilities", "experience")
    answers = {
        "objectives": dict.fromkeys(objectives, "met"),
        **dict.fromkeys(rated, 5),
        "bias": False,
        "minutes": 66,
    }
    finish_course(enrollment=enrollment, answers=answers, now=now + 70 * MINUTE)
    return enrollment
