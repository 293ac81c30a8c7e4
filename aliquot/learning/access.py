"""Who may: one's own enrollments only. Absent and another person's answer alike."""

from datetime import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser

from aliquot.accounts.models import User
from aliquot.assessment.models import Attempt
from aliquot.catalog.models import Course, CourseVersion, Page
from aliquot.catalog.queries import held_version, version_of
from aliquot.infra.statements import Given, Statement, columns_of, instance
from aliquot.learning import queries, rules
from aliquot.learning.errors import CourseNotOpenError, EnrollmentNotFoundError
from aliquot.learning.facts import Opening, Returning
from aliquot.learning.models import Enrollment, Entitlement, TestAttempt
from aliquot.lib.errors import NotFoundError


def enrollment_for(person: User, enrollment_id: int) -> Enrollment:
    """One's own enrollment with its version, course and person.

    Raises EnrollmentNotFoundError for everybody else's.
    """
    found = next(iter(_own.rows(id=enrollment_id, person=person.pk)), None)
    if found is None:
        raise EnrollmentNotFoundError
    found.person = person
    found.version = version_of(found.version_id, found.course)
    return found


def _with_course(*values: Any) -> Enrollment:
    course = len(Enrollment._meta.concrete_fields)
    found = instance(Enrollment, values[:course])
    found.course = instance(Course, values[course:])
    return found


_own = Statement(
    _with_course,
    lambda: Enrollment.objects.filter(pk=Given("id"), person=Given("person")).values_list(
        *columns_of(Enrollment), *columns_of(Course, "course__")
    ),
)


def enrollment_by_ids(enrollment_id: int, person_id: int, version_id: int) -> Enrollment:
    """The enrollment that a good pass names, not read from the database: only for saves.

    Raises EnrollmentNotFoundError when the version is gone.
    """
    found = Enrollment(pk=enrollment_id, person_id=person_id, version_id=version_id)
    version = held_version(version_id)
    found.course_id, found.version = version.course_id, version
    return found


def page_for(enrollment: Enrollment, page_slug: str) -> Page:
    """A page of the version that the enrollment is in; raises EnrollmentNotFoundError."""
    for page in held_version(enrollment.version_id).pages.all():
        if page.slug == page_slug:
            return page
    raise EnrollmentNotFoundError


def attempt_for(enrollment: Enrollment, attempt_id: int) -> Attempt:
    """An attempt made under this enrollment; raises EnrollmentNotFoundError."""
    found = Attempt.objects.filter(pk=attempt_id, enrolled__enrollment=enrollment).first()
    if found is None:
        raise EnrollmentNotFoundError
    return found


def entitlement_of(person: User, entitlement_id: int) -> Entitlement:
    """A person's entitlement, for staff who may change it. Raises NotFoundError."""
    found = Entitlement.objects.filter(pk=entitlement_id, person=person).first()
    if found is None:
        raise NotFoundError("The person has no such access.")
    return found


def check_attempt(enrollment: Enrollment, attempt_id: int) -> None:
    """Raise EnrollmentNotFoundError unless the attempt was made under this enrollment."""
    try:
        owner = queries.held_enrollment_of(attempt_id)
    except TestAttempt.DoesNotExist:
        owner = None
    if owner != enrollment.pk:
        raise EnrollmentNotFoundError


def has_enrolled(person: User | AnonymousUser, version: CourseVersion) -> bool:
    """Whether this person takes or took the version, and so may see all of it."""
    if not isinstance(person, User):
        return False
    return Enrollment.objects.filter(person=person, version=version).exists()


def opening_for(person: User | AnonymousUser, course: Course, now: datetime) -> Opening:
    """May this person start the course now, by what, and if not, why not, in words."""
    offer = queries.offer_of(course)
    if not isinstance(person, User):
        return Opening(
            may=False,
            reason="Sign in to start this course.",
            is_offered=offer.availability == "open" and offer.hours is not None,
        )
    return rules.opening(
        offer=offer,
        rights=queries.rights_of(person),
        history=queries.history_of(person, course),
        now=now,
        zone=person.time_zone,
        interval_months=queries.credit_interval_months(),
    )


def continuing_for(enrollment: Enrollment, now: datetime) -> Opening:
    """May a started course still be read and its test taken, and if not, why not."""
    if enrollment.returned_at is not None:
        return Opening(
            may=False, reason="You gave this course back; its hours are in your hour pack again."
        )
    is_free = enrollment.entitlement_id is None or enrollment.course.is_free
    return rules.continuing(
        offer=queries.offer_of(enrollment.course),
        started_by=enrollment.entitlement_id,
        rights=[] if is_free else queries.rights_of(enrollment.person),
        is_completed=enrollment.completed_at is not None,
        now=now,
        zone=enrollment.person.time_zone,
    )


def returning_for(enrollment: Enrollment, now: datetime, *, minutes: int) -> Returning:
    """May a started course be given back, so that its hours are free again, and why."""
    return rules.returning(
        hours_drawn=enrollment.hours_drawn,
        started_at=enrollment.started_at,
        is_over=enrollment.completed_at is not None or enrollment.returned_at is not None,
        has_read=queries.has_read(enrollment),
        minutes=minutes,
        now=now,
    )


def check_open(enrollment: Enrollment, now: datetime) -> None:
    """Raise CourseNotOpenError, with the reason, when the course may not be read now."""
    continuing = continuing_for(enrollment, now)
    if not continuing.may:
        raise CourseNotOpenError(continuing.reason)


def check_finishable(enrollment: Enrollment, now: datetime) -> None:
    """Raise CourseNotOpenError when the course was given back, or the right to it was taken.

    Access that has merely run out does not take away what was learned while it ran.
    """
    entitlement = enrollment.entitlement
    was_taken = entitlement is not None and entitlement.withdrawn_at is not None
    if enrollment.returned_at is not None or was_taken:
        check_open(enrollment, now)
