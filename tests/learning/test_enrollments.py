"""Starting a course: granted, free, refused, from a pack, once."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from aliquot.accounts.models import User
from aliquot.infra.models import AuditEntry
from aliquot.learning import access, services
from aliquot.learning.errors import (
    CourseNotOpenError,
    CreditIntervalError,
    EnrollmentNotFoundError,
    EntitlementInvalidError,
)
from aliquot.learning.models import Completion, Enrollment, Entitlement
from tests.concurrency import at_once
from tests.factories.catalog import add_parts, add_version, provider, published_course
from tests.factories.learning import started

pytestmark = pytest.mark.django_db


def grant(person: User, now: datetime, **changes: Any) -> Entitlement:
    values: dict[str, Any] = {
        "source": "grant",
        "course": None,
        "starts_at": now - timedelta(days=1),
        "ends_at": None,
        "hours_limit": None,
    }
    return services.grant_entitlement(person=person, actor_id=None, now=now, **(values | changes))


def completed(enrollment: Enrollment, when: datetime) -> Completion:
    Enrollment.objects.filter(pk=enrollment.pk).update(completed_at=when)
    return Completion.objects.create(
        enrollment=enrollment,
        person=enrollment.person,
        version=enrollment.version,
        completed_at=when,
        completed_on=when.date(),
        time_zone="America/New_York",
        contact_hours=Decimal("1.25"),
        record={},
        record_hash="0" * 64,
    )


def test_a_free_course_is_started_in_its_current_version(rosa: User, now: datetime) -> None:
    course = published_course()
    enrollment = started(rosa, course, now)
    assert (enrollment.version, enrollment.entitlement, enrollment.hours_drawn) == (
        course.current_version,
        None,
        Decimal(0),
    )
    entry = AuditEntry.objects.get(action="course.started")
    assert (entry.action, entry.actor_id, entry.object_id) == (
        "course.started",
        rosa.pk,
        str(enrollment.pk),
    )


def test_starting_twice_gives_the_same_enrollment_and_one_audit_row(
    rosa: User, now: datetime
) -> None:
    course = published_course()
    assert started(rosa, course, now) == started(rosa, course, now)
    assert AuditEntry.objects.filter(action="course.started").count() == 1


def test_a_refused_start_writes_nothing(rosa: User, now: datetime) -> None:
    course = published_course(is_free=False)
    with pytest.raises(CourseNotOpenError, match=r"^You have no access to this course yet\.$"):
        started(rosa, course, now)
    assert Enrollment.objects.count() == 0
    assert not AuditEntry.objects.exclude(action="person.created").exists()


def test_another_persons_entitlement_opens_nothing(rosa: User, marcus: User, now: datetime) -> None:
    grant(marcus, now)
    assert not access.opening_for(rosa, published_course(is_free=False), now).may


def test_a_course_is_taken_from_a_pack_until_the_pack_is_too_small(
    rosa: User, now: datetime
) -> None:
    pack = grant(rosa, now, source="pack", hours_limit=Decimal("2.5"))
    first, second, third = (
        published_course(f"HEM-10{n}", is_free=False, hours="1.25") for n in (1, 2, 3)
    )
    assert started(rosa, first, now).hours_drawn == Decimal("1.25")
    assert started(rosa, second, now).entitlement == pack
    with pytest.raises(CourseNotOpenError, match=r"your hour pack has 0 left\.$"):
        started(rosa, third, now)


def test_without_a_person_a_course_asks_to_sign_in(db: None, now: datetime) -> None:
    from django.contrib.auth.models import AnonymousUser

    opening = access.opening_for(AnonymousUser(), published_course(), now)
    assert (opening.may, opening.reason) == (False, "Sign in to start this course.")


def test_a_learner_in_the_middle_keeps_the_version_and_a_new_one_gets_the_new(
    rosa: User, marcus: User, now: datetime
) -> None:
    course = published_course()
    mine = started(rosa, course, now)
    newer = add_version(course, number=2)
    add_parts(newer)
    assert started(rosa, course, now).version.number == 1
    assert started(marcus, course, now).version == newer
    assert mine.version.number == 1


def test_a_finished_course_is_refused_until_the_interval_is_over(rosa: User, now: datetime) -> None:
    provider(credit_interval_months=6)
    course = published_course()
    completed(started(rosa, course, now), datetime(2026, 11, 20, 12, tzinfo=UTC))
    with pytest.raises(CreditIntervalError) as refusal:
        started(rosa, course, now)
    assert refusal.value.again_from.isoformat() == "2027-05-20"
    again = started(rosa, course, datetime(2027, 5, 20, 12, tzinfo=UTC))
    assert Enrollment.objects.filter(person=rosa).count() == 2
    assert again.completed_at is None


def test_a_corrected_completion_no_longer_counts_for_the_interval(
    rosa: User, now: datetime
) -> None:
    course = published_course()
    enrollment = started(rosa, course, now)
    first = completed(enrollment, now)
    Completion.objects.create(
        enrollment=enrollment,
        person=rosa,
        version=enrollment.version,
        completed_at=now - timedelta(days=700),
        completed_on=(now - timedelta(days=700)).date(),
        time_zone="America/New_York",
        contact_hours=Decimal("1.25"),
        record={},
        record_hash="1" * 64,
        corrects=first,
    )
    assert access.opening_for(rosa, course, now).may


def test_ones_own_enrollment_is_found_and_another_persons_answers_like_an_absent_one(
    rosa: User, stella: User, now: datetime
) -> None:
    enrollment = started(rosa, published_course(), now)
    assert access.enrollment_for(rosa, enrollment.pk) == enrollment
    messages = set()
    for person, number in [(stella, enrollment.pk), (rosa, enrollment.pk + 1000)]:
        with pytest.raises(EnrollmentNotFoundError) as refusal:
            access.enrollment_for(person, number)
        messages.add(str(refusal.value))
    assert messages == {"This is not in your learning."}


def test_when_the_access_ends_the_started_course_closes_until_another_right_opens_it(
    rosa: User, now: datetime
) -> None:
    grant(rosa, now, ends_at=now + timedelta(days=1))
    enrollment = started(rosa, published_course(is_free=False), now)
    later = now + timedelta(days=2)
    with pytest.raises(CourseNotOpenError, match=r"Your place and your answers are kept\.$"):
        access.check_open(enrollment, later)
    grant(rosa, now, starts_at=later - timedelta(hours=1))
    access.check_open(enrollment, later)


def test_a_withdrawn_entitlement_closes_at_once_and_is_withdrawn_once(
    rosa: User, now: datetime
) -> None:
    granted = grant(rosa, now)
    course = published_course(is_free=False)
    for later in (now, now + timedelta(days=3)):
        services.withdraw_entitlement(entitlement=granted, actor_id=None, now=later)
    granted.refresh_from_db()
    assert granted.withdrawn_at == now
    assert not access.opening_for(rosa, course, now).may
    assert AuditEntry.objects.filter(action="entitlement.withdrawn").count() == 1


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"source": "theft"}, "accepted: grant, order, pack, seat, gift"),
        ({"ends_at": datetime(2020, 1, 1, tzinfo=UTC)}, "The end must come after the start"),
        ({"hours_limit": Decimal(0)}, "The hours must be above zero"),
        ({"hours_limit": Decimal("1.255")}, "in hundredths at most"),
    ],
)
def test_a_senseless_entitlement_is_refused(
    rosa: User, now: datetime, changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(EntitlementInvalidError, match=message):
        grant(rosa, now, **changes)
    assert Entitlement.objects.count() == 0
    assert not AuditEntry.objects.exclude(action="person.created").exists()


@pytest.mark.django_db(transaction=True)
def test_ten_parallel_starts_give_one_enrollment_drawn_once(rosa: User, now: datetime) -> None:
    course = published_course(is_free=False)
    grant(rosa, now, source="pack", hours_limit=Decimal(8))
    numbers = at_once(10, lambda _: started(rosa, course, now).pk)
    enrollment = Enrollment.objects.get()
    assert numbers == [enrollment.pk] * 10
    assert enrollment.hours_drawn == Decimal("1.25")


@pytest.mark.django_db(transaction=True)
def test_ten_parallel_starts_of_a_free_course_give_one_enrollment(
    rosa: User, now: datetime
) -> None:
    course = published_course()
    numbers = at_once(10, lambda _: started(rosa, course, now).pk)
    assert numbers == [Enrollment.objects.get().pk] * 10


@pytest.mark.django_db(transaction=True)
def test_parallel_starts_of_several_courses_never_overdraw_a_pack(
    rosa: User, now: datetime
) -> None:
    courses = [published_course(f"HEM-10{n}", is_free=False, hours="1.25") for n in range(6)]
    grant(rosa, now, source="pack", hours_limit=Decimal(3))

    def start(number: int) -> bool:
        try:
            started(rosa, courses[number], now)
        except CourseNotOpenError:
            return False
        return True

    assert sorted(at_once(6, start)) == [False] * 4 + [True] * 2
    drawn = sum(each.hours_drawn for each in Enrollment.objects.all())
    assert drawn == Decimal("2.5")
