"""The ledger only grows: credit is entered once, taken back by entries, never by edits."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from aliquot.accounts.models import User
from aliquot.catalog.models import SubjectHours
from aliquot.infra import append_only
from aliquot.infra.models import AuditEntry
from aliquot.learning.models import Completion
from aliquot.ledger.errors import AlreadyReversedError
from aliquot.ledger.facts import CreditPart, EarnedActivity
from aliquot.ledger.models import Activity, CreditEntry
from aliquot.ledger.queries import activities_of, broken_invariants
from aliquot.ledger.services import record_completion_credit, reverse_credit
from tests.factories.catalog import approve, provider, published_course
from tests.factories.certificates import finished

pytestmark = pytest.mark.django_db


@pytest.fixture
def completion(rosa: User, now: datetime) -> Completion:
    """Rosa finished a course of two subject areas, approved by one body."""
    provider()
    course = published_course(pages=1, hours="1.25")
    assert course.current_version is not None
    SubjectHours.objects.create(
        version=course.current_version, position=1, area="safety_lab", hours=Decimal("0.75")
    )
    approve(course, kind="society")
    return finished(rosa, course, now).completion


def test_a_completion_earns_one_entry_per_subject_area(rosa: User, completion: Completion) -> None:
    (earned,) = activities_of(rosa)
    assert earned == EarnedActivity(
        id=Activity.objects.get().pk,
        completion_id=completion.pk,
        origin="completion",
        title="Interpreting the Peripheral Blood Smear",
        provider_name="Riverside Laboratory School",
        completed_on=completion.completed_on,
        kind="contact_hours",
        approvals=("society",),
        parts=(
            CreditPart(Decimal("1.25"), ("hematology",)),
            CreditPart(Decimal("0.75"), ("safety_lab",)),
        ),
    )
    assert earned.amount == Decimal("2.00")


def test_entering_a_completion_again_changes_nothing(completion: Completion, now: datetime) -> None:
    audited = AuditEntry.objects.count()
    again = record_completion_credit(
        completion=completion,
        provider_name="Another",
        approvals=["pace"],
        now=now + timedelta(days=1),
    )
    assert again == Activity.objects.get()
    assert (again.provider_name, again.approvals) == ("Riverside Laboratory School", ["society"])
    assert CreditEntry.objects.count() == 2
    assert AuditEntry.objects.count() == audited


def test_no_approval_is_none_not_unknown(rosa: User, now: datetime) -> None:
    provider()
    finished(rosa, published_course(pages=1), now)
    assert Activity.objects.get().approvals == []
    assert activities_of(rosa)[0].approvals == ()


def test_credit_is_taken_back_by_entries_that_point_at_what_they_reverse(
    rosa: User, amara: User, completion: Completion, now: datetime
) -> None:
    activity = Activity.objects.get()
    reversing = reverse_credit(
        activity=activity, reason="Refunded.", actor_id=amara.pk, now=now + timedelta(days=2)
    )
    assert [(entry.amount, entry.reverses and entry.reverses.amount) for entry in reversing] == [
        (Decimal("-1.25"), Decimal("1.25")),
        (Decimal("-0.75"), Decimal("0.75")),
    ]
    assert {entry.reason for entry in reversing} == {"Refunded."}
    assert sum(CreditEntry.objects.values_list("amount", flat=True)) == 0
    assert CreditEntry.objects.count() == 4
    assert activities_of(rosa) == []
    entry = AuditEntry.objects.get(action="credit.reversed")
    assert (entry.actor_id, entry.details) == (amara.pk, {"reason": "Refunded."})


def test_credit_is_taken_back_once(completion: Completion, now: datetime) -> None:
    activity = Activity.objects.get()
    reverse_credit(activity=activity, reason="Refunded.", actor_id=None, now=now)
    with pytest.raises(AlreadyReversedError):
        reverse_credit(activity=activity, reason="Again.", actor_id=None, now=now)
    assert CreditEntry.objects.count() == 4


def test_what_the_ledger_held_at_an_earlier_moment_is_a_plain_question(
    rosa: User, completion: Completion, now: datetime
) -> None:
    later = now + timedelta(days=2)
    reverse_credit(activity=Activity.objects.get(), reason="Refunded.", actor_id=None, now=later)
    assert activities_of(rosa, recorded_by=now - timedelta(seconds=1)) == []
    (before,) = activities_of(rosa, recorded_by=later - timedelta(seconds=1))
    assert before.amount == Decimal("2.00")
    assert activities_of(rosa, recorded_by=later) == []


def test_oldest_first_and_only_ones_own(rosa: User, marcus: User, now: datetime) -> None:
    provider()
    late, early = published_course("LATE-1", pages=1), published_course("EARLY-1", pages=1)
    finished(rosa, late, now)
    finished(rosa, early, now - timedelta(days=30))
    finished(marcus, early, now)
    days = [each.completed_on for each in activities_of(rosa)]
    assert len(days) == 2
    assert days == sorted(days)
    assert len(activities_of(marcus)) == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_creditentry SET amount = 9",
        "DELETE FROM ledger_creditentry",
        "UPDATE ledger_activity SET title = 'x'",
        "DELETE FROM ledger_activity",
    ],
)
def test_the_database_refuses_to_change_the_past(completion: Completion, statement: str) -> None:
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert sum(CreditEntry.objects.values_list("amount", flat=True)) == Decimal("2.00")


def test_an_entry_has_the_sign_of_what_it_does(completion: Completion, now: datetime) -> None:
    first = CreditEntry.objects.order_by("part")[0]
    for amount, reverses in ((Decimal(-1), None), (Decimal(1), first), (Decimal(0), None)):
        with pytest.raises(IntegrityError), transaction.atomic():
            CreditEntry.objects.create(
                activity=first.activity,
                person=first.person,
                part=7,
                areas=["ethics"],
                amount=amount,
                reverses=reverses,
                recorded_at=now,
            )
    assert CreditEntry.objects.count() == 2


def test_tampering_with_the_ledger_is_found(
    marcus: User, completion: Completion, now: datetime
) -> None:
    reversing = reverse_credit(
        activity=Activity.objects.get(), reason="Refunded.", actor_id=None, now=now
    )
    assert list(broken_invariants()) == []
    first, second = CreditEntry.objects.filter(reverses=None).order_by("part")
    with append_only.lifted():
        CreditEntry.objects.filter(pk=first.pk).update(amount=9)
        CreditEntry.objects.filter(pk=second.pk).update(person=marcus)
    assert list(broken_invariants()) == [
        f"Credit entry {reversing[0].pk} does not take back exactly what it points at.",
        f"Credit entry {second.pk} belongs to another person than its activity.",
    ]
