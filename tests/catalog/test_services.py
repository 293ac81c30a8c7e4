from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from aliquot.accounts.models import User
from aliquot.catalog import queries, services
from aliquot.catalog.access import course_for, preview_page_for, visible_courses
from aliquot.catalog.errors import ApprovalRefusedError, CourseNotFoundError
from aliquot.catalog.models import Accreditor, Approval, Course, Provider
from aliquot.flows.publish_course import publish_course
from aliquot.infra.models import AuditEntry
from tests.factories.courses import OPEN, course_pack

pytestmark = pytest.mark.django_db


@pytest.fixture
def course(tmp_path: Path, now: datetime) -> Course:
    return publish_course(pack=course_pack(tmp_path, OPEN), actor_id=None, now=now).version.course


def accreditor(**changes: object) -> Accreditor:
    values: dict[str, object] = {"code": "pace", "name": "P.A.C.E.", "approval_kind": "pace"}
    return services.save_accreditor(actor_id=None, **(values | changes))  # type: ignore[arg-type]


def approve(course: Course, body: Accreditor, now: datetime, **changes: object) -> Approval:
    values: dict[str, object] = {
        "number": "100-1",
        "hours": Decimal(1),
        "valid_from": date(2026, 1, 1),
        "valid_through": date(2026, 12, 31),
    }
    return services.add_approval(
        course=course,
        accreditor=body,
        actor_id=None,
        now=now,
        **(values | changes),  # type: ignore[arg-type]
    )


def last_audit() -> tuple[str, int | None]:
    entry = AuditEntry.objects.latest("pk")
    return entry.action, entry.actor_id


def test_a_hidden_course_leaves_the_list_at_once(course: Course, amara: User) -> None:
    assert queries.catalog_counts().courses == 1
    services.set_availability(course=course, availability="hidden", actor_id=amara.pk)
    assert queries.catalog_counts().courses == 0
    assert last_audit() == ("course.availability_set", amara.pk)


def test_who_may_see_a_course_depends_on_its_availability(
    course: Course, rosa: User, amara: User
) -> None:
    from django.contrib.auth.models import AnonymousUser

    for availability, everyone, staff in (
        ("open", True, True), ("retired", True, True), ("hidden", False, True),
    ):  # fmt: skip
        services.set_availability(course=course, availability=availability, actor_id=None)
        for person, may in ((AnonymousUser(), everyone), (rosa, everyone), (amara, staff)):
            assert visible_courses(person).filter(pk=course.pk).exists() is may
            if not may:
                with pytest.raises(CourseNotFoundError):
                    course_for(person, course.slug)


def test_only_preview_pages_are_readable_before_starting(course: Course, rosa: User) -> None:
    assert preview_page_for(rosa, "tst-101", "first-page").title == "The first page"
    for slug, page in (("tst-101", "second-page"), ("tst-101", "nothing"), ("none", "first-page")):
        with pytest.raises(CourseNotFoundError):
            preview_page_for(rosa, slug, page)


def test_an_approval_needs_a_named_reviewer(course: Course, now: datetime) -> None:
    body = accreditor()
    with pytest.raises(ApprovalRefusedError, match="needs a named reviewer"):
        approve(course, body, now)
    assert Approval.objects.count() == 0


def test_the_fictional_accreditor_of_the_demonstration_needs_none(
    course: Course, now: datetime
) -> None:
    approve(course, accreditor(is_demonstration=True), now)
    assert [each.number for each in queries.approvals_on(course, date(2026, 6, 1))] == ["100-1"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"valid_through": date(2025, 12, 31)}, "lies before valid_from"),
        ({"hours": Decimal(0)}, "accepted: an amount above zero"),
    ],
)
def test_an_impossible_approval_is_refused(
    course: Course, now: datetime, changes: dict[str, object], words: str
) -> None:
    with pytest.raises(ApprovalRefusedError, match=words):
        approve(course, accreditor(is_demonstration=True), now, **changes)


def test_an_approval_holds_on_both_of_its_ends_and_not_once_withdrawn(
    course: Course, now: datetime, amara: User
) -> None:
    approval = approve(course, accreditor(is_demonstration=True), now)
    days = [date(2025, 12, 31), date(2026, 1, 1), date(2026, 12, 31), date(2027, 1, 1)]
    assert [len(queries.approvals_on(course, day)) for day in days] == [0, 1, 1, 0]
    services.withdraw_approval(approval=approval, actor_id=amara.pk, now=now)
    assert last_audit() == ("course.approval_withdrawn", amara.pk)
    assert [len(queries.approvals_on(course, day)) for day in days] == [0, 0, 0, 0]
    assert Approval.objects.count() == 1
    before = AuditEntry.objects.count()
    services.withdraw_approval(approval=approval, actor_id=amara.pk, now=now)
    assert AuditEntry.objects.count() == before


def test_the_provider_is_one_row_and_only_known_fields_are_written(amara: User) -> None:
    assert queries.current_provider() is None
    services.save_provider(actor_id=amara.pk, name="One", address="A", contact_email="a@b.example")
    services.save_provider(actor_id=amara.pk, name="Two")
    provider = queries.current_provider()
    assert provider is not None
    assert (provider.name, provider.address, Provider.objects.count()) == ("Two", "A", 1)
    with pytest.raises(TypeError, match="has no pk"):
        services.save_provider(actor_id=amara.pk, pk=7)


def test_free_and_review_dates_are_decided_with_a_trace(course: Course, amara: User) -> None:
    services.set_free(course=course, is_free=True, actor_id=amara.pk)
    assert last_audit() == ("course.free_set", amara.pk)
    services.set_review_by(course=course, review_by=date(2028, 1, 1), actor_id=amara.pk)
    assert last_audit() == ("course.review_by_set", amara.pk)
    course.refresh_from_db()
    assert (course.is_free, course.review_by) == (True, date(2028, 1, 1))


def test_a_published_version_can_be_neither_changed_nor_deleted(course: Course) -> None:
    from django.db import DatabaseError, transaction

    version = course.current_version
    assert version is not None
    for row in (version, version.pages.first(), version.figures.first(), version.subjects.first()):
        assert row is not None
        with pytest.raises(DatabaseError), transaction.atomic():
            type(row).objects.filter(pk=row.pk).update(version=1) if hasattr(row, "version") else (
                type(row).objects.filter(pk=row.pk).update(title="x")
            )
