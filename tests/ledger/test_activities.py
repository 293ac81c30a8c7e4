"""Activities from elsewhere: entered, corrected by a newer one, withdrawn; nothing is edited."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from aliquot.accounts.models import User
from aliquot.infra.models import AuditEntry
from aliquot.ledger import access, services
from aliquot.ledger.errors import (
    ActivityNotFoundError,
    AlreadyCorrectedError,
    InvalidActivityError,
    NotSelfReportedError,
)
from aliquot.ledger.facts import ActivityClaim, CreditPart, EarnedActivity
from aliquot.ledger.models import Activity, CreditEntry
from aliquot.ledger.queries import (
    activities_of,
    broken_invariants,
    claim_of,
    history_of,
    possible_duplicates,
    proofs_of,
)
from tests.factories.activities import CLAIM, logged, proven
from tests.factories.catalog import provider, published_course
from tests.factories.certificates import finished

pytestmark = pytest.mark.django_db


def test_an_activity_from_elsewhere_is_entered_as_it_was_said(rosa: User, now: datetime) -> None:
    claim = replace(
        CLAIM,
        kind="ceu",
        amount=Decimal("0.15"),
        areas=("blood_bank", "immunology"),
        approvals=("pace",),
        course_number="578-001-26",
        agency_number="0001",
    )
    activity = services.log_activity(person=rosa, claim=claim, now=now, actor_id=rosa.pk)
    assert activities_of(rosa) == [
        EarnedActivity(
            id=activity.pk,
            completion_id=None,
            origin="elsewhere",
            title="Blood bank update",
            provider_name="State laboratory society",
            completed_on=date(2026, 3, 12),
            kind="ceu",
            approvals=("pace",),
            parts=(CreditPart(Decimal("0.15"), ("blood_bank", "immunology")),),
            course_number="578-001-26",
            agency_number="0001",
            corrects_id=None,
        )
    ]
    assert activities_of(rosa)[0].is_self_reported
    entry = AuditEntry.objects.get(action="activity.logged")
    assert (entry.actor_id, entry.object_id) == (rosa.pk, str(activity.pk))


def test_a_bad_claim_writes_nothing(rosa: User, now: datetime) -> None:
    audited = AuditEntry.objects.count()
    with pytest.raises(InvalidActivityError):
        logged(rosa, now, amount=Decimal(-1))
    assert (Activity.objects.count(), CreditEntry.objects.count()) == (0, 0)
    assert AuditEntry.objects.count() == audited


def test_today_is_the_holders_own(rosa: User, now: datetime) -> None:
    rosa.time_zone = "Pacific/Auckland"
    rosa.save()
    assert logged(rosa, now, completed_on=date(2026, 11, 24)).pk
    rosa.time_zone = "Pacific/Honolulu"
    rosa.save()
    with pytest.raises(InvalidActivityError):
        logged(rosa, now, completed_on=date(2026, 11, 24))


def test_a_correction_takes_the_place_of_the_old_by_reversing_entries(
    rosa: User, now: datetime
) -> None:
    old = logged(rosa, now)
    later = now + timedelta(days=1)
    new = correct(old, later, amount=Decimal(2), title="Blood bank update 2026")
    assert [(entry.activity_id, entry.amount) for entry in CreditEntry.objects.order_by("pk")] == [
        (old.pk, Decimal("1.50")),
        (old.pk, Decimal("-1.50")),
        (new.pk, Decimal("2.00")),
    ]
    (earned,) = activities_of(rosa)
    assert (earned.id, earned.amount, earned.corrects_id) == (new.pk, 2, old.pk)
    assert [each.id for each in activities_of(rosa, recorded_by=now)] == [old.pk]
    row = AuditEntry.objects.get(action="activity.corrected")
    assert row.object_id == str(new.pk)
    assert not AuditEntry.objects.filter(action="credit.reversed").exists()
    assert list(broken_invariants()) == []


def test_the_same_correction_twice_is_made_once(rosa: User, now: datetime) -> None:
    old = logged(rosa, now)
    new = correct(old, now, amount=Decimal(2))
    audited = AuditEntry.objects.count()
    assert correct(old, now, amount=Decimal(2)) == new
    assert correct(new, now, amount=Decimal(2)) == new
    assert (Activity.objects.count(), AuditEntry.objects.count()) == (2, audited)


def test_what_was_corrected_or_withdrawn_cannot_be_corrected_again(
    rosa: User, now: datetime
) -> None:
    old = logged(rosa, now)
    new = correct(old, now, amount=Decimal(2))
    with pytest.raises(AlreadyCorrectedError):
        correct(old, now, amount=Decimal(3))
    with pytest.raises(AlreadyCorrectedError):
        services.withdraw_activity(activity=old, now=now, actor_id=rosa.pk)
    services.withdraw_activity(activity=new, now=now, actor_id=rosa.pk)
    with pytest.raises(AlreadyCorrectedError):
        correct(new, now, amount=Decimal(3))
    assert activities_of(rosa) == []
    assert sum(CreditEntry.objects.values_list("amount", flat=True)) == 0


def test_a_bad_correction_leaves_the_old_as_it_is(rosa: User, now: datetime) -> None:
    old = logged(rosa, now)
    with pytest.raises(InvalidActivityError):
        correct(old, now, areas=("alchemy",))
    assert [each.id for each in activities_of(rosa)] == [old.pk]
    assert CreditEntry.objects.count() == 1


def test_a_correction_carries_the_proofs_along(rosa: User, now: datetime) -> None:
    old = proven(logged(rosa, now), now)
    new = correct(old, now, amount=Decimal(2))
    mine = proofs_of(rosa)
    assert [proof.shows for proof in mine[new.pk]] == [("date", "title")]
    assert mine[new.pk][0].sha256 == mine[old.pk][0].sha256


def test_withdrawing_takes_the_credit_back_once(rosa: User, now: datetime) -> None:
    activity = logged(rosa, now)
    for _ in range(2):
        services.withdraw_activity(
            activity=activity, now=now, actor_id=rosa.pk, reason=" Entered\ntwice "
        )
    assert activities_of(rosa) == []
    row = AuditEntry.objects.get(action="activity.withdrawn")
    assert row.details["reason"] == "Entered twice"
    assert CreditEntry.objects.count() == 2


def test_a_course_finished_here_is_not_changed_by_hand(rosa: User, now: datetime) -> None:
    provider()
    finished(rosa, published_course(pages=1), now)
    activity = Activity.objects.get()
    with pytest.raises(NotSelfReportedError):
        correct(activity, now, amount=Decimal(9))
    with pytest.raises(NotSelfReportedError):
        services.withdraw_activity(activity=activity, now=now, actor_id=rosa.pk)
    (earned,) = activities_of(rosa)
    assert (earned.id, earned.is_self_reported) == (activity.pk, False)


def test_the_history_tells_every_state(rosa: User, now: datetime) -> None:
    first = logged(rosa, now)
    second = correct(first, now + timedelta(1), amount=Decimal(2))
    third = correct(second, now + timedelta(2), amount=Decimal(3))
    services.withdraw_activity(activity=third, now=now + timedelta(3), actor_id=rosa.pk)
    for each in (first, second, third):
        story = history_of(each)
        assert [
            (chapter.activity.pk, chapter.claim.parts[0].amount, chapter.next_id)
            for chapter in story
        ] == [(first.pk, Decimal("1.50"), second.pk), (second.pk, 2, third.pk), (third.pk, 3, None)]
        assert [chapter.ended_at for chapter in story] == [
            now + timedelta(1),
            now + timedelta(2),
            now + timedelta(3),
        ]
    assert [chapter.reason for chapter in history_of(first)] == [
        "Corrected by its holder.",
        "Corrected by its holder.",
        "Withdrawn by its holder.",
    ]


def test_what_may_be_there_already_is_shown_and_never_forbidden(rosa: User, now: datetime) -> None:
    provider()
    course = published_course(pages=1)
    finished(rosa, course, now)
    mine = logged(rosa, now)
    assert [each.id for each in possible_duplicates(rosa, CLAIM)] == [mine.pk]
    assert possible_duplicates(rosa, CLAIM, instead_of=mine) == []
    here = activities_of(rosa)[-1]
    again = replace(CLAIM, title=here.title.upper(), completed_on=here.completed_on)
    assert [each.id for each in possible_duplicates(rosa, again)] == [here.id]
    assert logged(rosa, now).pk != mine.pk


@pytest.mark.parametrize("count", [1, 3])
def test_reading_all_activities_takes_a_fixed_number_of_queries(
    rosa: User, now: datetime, count: int, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        proven(logged(rosa, now, title=f"Meeting {number}"), now)
    with django_assert_num_queries(2):
        assert len(activities_of(rosa)) == count
    with django_assert_num_queries(1):
        assert len(proofs_of(rosa)) == count
    last = Activity.objects.order_by("pk").last()
    assert last is not None
    for _ in range(count):
        last = correct(last, now, amount=claim_of(last).parts[0].amount + 1)
    with django_assert_num_queries(3):
        assert len(history_of(last)) == count + 1


def test_only_ones_own_activities_proofs_and_imports(
    rosa: User, stella: User, now: datetime
) -> None:
    activity = proven(logged(rosa, now), now)
    proof = activity.proofs.get()
    assert access.activity_for(rosa, activity.pk) == activity
    assert access.proof_for(rosa, activity.pk, proof.pk) == proof
    own = logged(stella, now)
    for attempt in (
        lambda: access.activity_for(stella, activity.pk),
        lambda: access.activity_for(stella, activity.pk + 100),
        lambda: access.proof_for(stella, activity.pk, proof.pk),
        lambda: access.proof_for(stella, own.pk, proof.pk),
        lambda: access.import_for(stella, 1),
    ):
        with pytest.raises(ActivityNotFoundError):
            attempt()
    assert activities_of(stella)[0].id == own.pk


def correct(activity: Activity, now: datetime, **said: Any) -> Activity:
    claim: ActivityClaim = replace(CLAIM, **said)
    return services.correct_activity(
        activity=activity, claim=claim, now=now, actor_id=activity.person_id
    )
