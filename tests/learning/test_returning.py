"""Giving a started course back: its hours are free again, while nothing was read or for an hour."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from aliquot.accounts.models import User
from aliquot.catalog.models import Course
from aliquot.flows.finish_course import finish_course
from aliquot.infra.models import AuditEntry
from aliquot.learning import access, queries, services
from aliquot.learning.errors import CourseNotOpenError, NotReturnableError
from aliquot.learning.models import Completion, Enrollment, Entitlement
from tests.concurrency import at_once
from tests.factories.catalog import provider, published_course
from tests.factories.learning import EVALUATION, read_through, ready_to_finish, started

pytestmark = pytest.mark.django_db
HOUR = timedelta(minutes=60)
SECOND = timedelta(seconds=1)


@pytest.fixture
def course(db: None) -> Course:
    provider()
    return published_course("HEM-101", pages=2, is_free=False)


@pytest.fixture
def pack(rosa: User, now: datetime) -> Entitlement:
    return services.grant_entitlement(
        person=rosa,
        source="pack",
        course=None,
        starts_at=now - timedelta(days=1),
        ends_at=now + timedelta(days=300),
        hours_limit=Decimal(8),
        actor_id=None,
        now=now,
    )


def left(person: User) -> Decimal | None:
    return queries.rights_of(person)[0].hours_left


def give_back(enrollment: Enrollment, now: datetime) -> Enrollment:
    return services.return_course(
        enrollment=enrollment, minutes=60, actor_id=enrollment.person_id, now=now
    )


def test_a_course_of_which_nothing_was_read_comes_back_after_months(
    rosa: User, course: Course, pack: Entitlement, now: datetime
) -> None:
    enrollment = started(rosa, course, now)
    assert left(rosa) == Decimal("6.75")
    given = give_back(enrollment, now + timedelta(days=90))
    assert given.returned_at == now + timedelta(days=90)
    assert left(rosa) == Decimal(8)
    assert queries.shelf_of(rosa) == []
    entry = AuditEntry.objects.get(action="course.returned")
    assert entry.details == {"course": "HEM-101", "hours": "1.25"}


def test_what_was_read_comes_back_within_the_hour_and_not_a_second_later(
    rosa: User, course: Course, pack: Entitlement, now: datetime
) -> None:
    enrollment = started(rosa, course, now)
    read_through(enrollment, now)
    assert access.returning_for(enrollment, now + HOUR, minutes=60).may
    with pytest.raises(NotReturnableError, match="more than 60 minutes ago"):
        give_back(enrollment, now + HOUR + SECOND)
    assert left(rosa) == Decimal("6.75")
    assert not AuditEntry.objects.filter(action="course.returned").exists()
    give_back(enrollment, now + HOUR)
    assert left(rosa) == Decimal(8)


def test_giving_back_twice_frees_the_hours_once(
    rosa: User, course: Course, pack: Entitlement, now: datetime
) -> None:
    enrollment = started(rosa, course, now)
    first = give_back(enrollment, now)
    assert give_back(enrollment, now + HOUR).returned_at == first.returned_at
    assert AuditEntry.objects.filter(action="course.returned").count() == 1
    assert left(rosa) == Decimal(8)


def test_a_returned_course_is_closed_and_may_be_started_anew(
    rosa: User, course: Course, pack: Entitlement, now: datetime
) -> None:
    first = give_back(ready_to_finish(rosa, course, now), now)
    assert not access.continuing_for(first, now).may
    with pytest.raises(CourseNotOpenError, match="gave this course back"):
        finish_course(enrollment=first, answers=EVALUATION, now=now)
    assert not Completion.objects.exists()
    again = started(rosa, course, now)
    assert again.pk != first.pk
    assert left(rosa) == Decimal("6.75")


def test_a_finished_course_and_one_that_drew_nothing_are_not_given_back(
    rosa: User, marcus: User, course: Course, pack: Entitlement, now: datetime
) -> None:
    done = ready_to_finish(rosa, course, now)
    finish_course(enrollment=done, answers=EVALUATION, now=now)
    with pytest.raises(NotReturnableError, match="finished course"):
        give_back(done, now)
    free = published_course("SAF-101", is_free=True)
    with pytest.raises(NotReturnableError, match="drew no hours"):
        give_back(started(marcus, free, now), now)


def test_credit_is_not_earned_after_the_right_to_a_course_was_taken_back(
    rosa: User, course: Course, pack: Entitlement, now: datetime
) -> None:
    enrollment = ready_to_finish(rosa, course, now)
    services.withdraw_entitlement(entitlement=pack, actor_id=None, now=now)
    with pytest.raises(CourseNotOpenError):
        finish_course(enrollment=enrollment, answers=EVALUATION, now=now)
    assert not Completion.objects.exists()


def test_what_was_learned_before_access_ran_out_can_still_be_finished(
    rosa: User, course: Course, pack: Entitlement, now: datetime
) -> None:
    enrollment = ready_to_finish(rosa, course, now)
    finish_course(enrollment=enrollment, answers=EVALUATION, now=now + timedelta(days=301))
    assert Completion.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_parallel_returns_free_the_hours_once(
    rosa: User, course: Course, pack: Entitlement, now: datetime
) -> None:
    enrollment = started(rosa, course, now)
    at_once(6, lambda _: give_back(enrollment, now))
    assert left(rosa) == Decimal(8)
    assert AuditEntry.objects.filter(action="course.returned").count() == 1
