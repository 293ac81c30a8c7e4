"""Starting a course. One open enrollment per person and course; a pack is drawn under a lock."""

from datetime import datetime
from typing import Any

from django.db import transaction

from aliquot.accounts.models import User
from aliquot.catalog.models import Course
from aliquot.catalog.queries import version_of
from aliquot.infra import audit
from aliquot.infra.statements import Given, Statement, columns_of, instance
from aliquot.learning import access
from aliquot.learning.errors import CourseNotOpenError, CreditIntervalError, NotReturnableError
from aliquot.learning.models import Enrollment, Entitlement


def lock_enrollment(enrollment: Enrollment) -> Enrollment:
    """The row as it is now, locked until the transaction ends; every change starts here.

    Two statements: PostgreSQL reads a row afresh after waiting for its lock, but not the rows
    joined to it, and the person's name must be the present one.
    """
    _held.rows(id=enrollment.pk)
    (locked,) = _whole.rows(id=enrollment.pk)
    locked.version = version_of(locked.version_id, locked.course)
    return locked


def _with_course_and_person(*values: Any) -> Enrollment:
    course = len(Enrollment._meta.concrete_fields)
    person = course + len(Course._meta.concrete_fields)
    found = instance(Enrollment, values[:course])
    found.course = instance(Course, values[course:person])
    found.person = instance(User, values[person:])
    return found


_held = Statement(
    lambda *values: instance(Enrollment, values),
    lambda: Enrollment.objects.filter(pk=Given("id")).values_list(*columns_of(Enrollment)),
    locks=True,
)
_whole = Statement(
    _with_course_and_person,
    lambda: Enrollment.objects.filter(pk=Given("id")).values_list(
        *columns_of(Enrollment), *columns_of(Course, "course__"), *columns_of(User, "person__")
    ),
)


def hold_enrollment(enrollment: Enrollment) -> Enrollment:
    """The row locked, with course, version and person as the caller has just read them.

    One statement: for deeds that freeze neither the person's name nor anything of the course.
    """
    (held,) = _held.rows(id=enrollment.pk)
    held.course, held.person = enrollment.course, enrollment.person
    held.version = enrollment.version
    return held


@transaction.atomic
def enroll(*, person: User, course: Course, actor_id: int | None, now: datetime) -> Enrollment:
    """Start a course in its current version; a started course gives the open enrollment back.

    Raises CourseNotOpenError with the reason, or CreditIntervalError with the day from which the
    course earns credit again. Two parallel calls give one enrollment, drawn once.
    """
    # The person's row is the lock: it stands before the first enrollment does. Deeds that only
    # point at the person are not held up (FOR NO KEY UPDATE).
    person = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    list(Entitlement.objects.select_for_update().filter(person=person).order_by("pk"))
    course = Course.objects.select_related("current_version", "successor__current_version").get(
        pk=course.pk
    )
    opening = access.opening_for(person, course, now)
    if opening.again_from is not None:
        raise CreditIntervalError(opening.reason, again_from=opening.again_from)
    if not opening.may or course.current_version is None:
        raise CourseNotOpenError(opening.reason)
    if opening.enrollment_id is not None:
        return Enrollment.objects.select_related("version", "course", "person").get(
            pk=opening.enrollment_id
        )
    enrollment = Enrollment.objects.create(
        person=person,
        course=course,
        version=course.current_version,
        entitlement_id=opening.entitlement_id,
        hours_drawn=opening.draws,
        started_at=now,
    )
    audit.record(
        action="course.started",
        actor_id=actor_id,
        subject=enrollment,
        details={
            "course": course.code,
            "version": enrollment.version.number,
            "by": opening.by,
            "entitlement": opening.entitlement_id,
            "hours_drawn": opening.draws,
        },
    )
    return enrollment


@transaction.atomic
def return_course(
    *, enrollment: Enrollment, minutes: int, actor_id: int | None, now: datetime
) -> Enrollment:
    """Give a started course back: its hours are free again, and it may be started anew.

    Safe to repeat. Raises NotReturnableError with the reason; ``minutes`` is the seller's limit.
    """
    enrollment = lock_enrollment(enrollment)
    if enrollment.returned_at is not None:
        return enrollment
    returning = access.returning_for(enrollment, now, minutes=minutes)
    if not returning.may:
        raise NotReturnableError(returning.reason)
    enrollment.returned_at = now
    enrollment.save(update_fields=["returned_at"])
    audit.record(
        action="course.returned",
        actor_id=actor_id,
        subject=enrollment,
        details={"course": enrollment.course.code, "hours": returning.hours},
    )
    return enrollment
