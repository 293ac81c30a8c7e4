"""What was typed at the body stays where it was typed, and says what it costs."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from aliquot.accounts.models import User
from aliquot.credentials import queries, services
from aliquot.credentials.errors import InvalidClaimError
from aliquot.credentials.models import Cycle, CyclePin, HeldCredential
from aliquot.infra.models import AuditEntry
from aliquot.ledger.models import Activity, CreditEntry
from aliquot.ledger.services import reverse_credit
from aliquot.lib.errors import NotFoundError
from tests.factories.credentials import credit, holding


def pin(
    held: HeldCredential, activity: Activity, now: datetime, **changes: Any
) -> services.PinOutcome:
    said: dict[str, Any] = {"requirement": "remainder", "amount": Decimal("1.5")}
    return services.pin_activity(
        held=held,
        activity_id=activity.pk,
        now=now,
        actor_id=held.person_id,
        **(said | changes),
    )


def counted(held: HeldCredential, now: datetime) -> dict[str, Decimal]:
    """What counts, by requirement that has something."""
    verdict = queries.standing_of(held, now=now).verdict
    return {row.requirement: row.amount for row in verdict.allocations}


def warnings(held: HeldCredential, now: datetime) -> list[str]:
    return [each.text for each in queries.standing_of(held, now=now).verdict.warnings]


def corrected(old: Activity, now: datetime, **areas: str) -> Activity:
    """The old one taken back, and a new one that corrects it."""
    reverse_credit(activity=old, reason="Mistyped", actor_id=old.person_id, now=now)
    new = Activity.objects.create(
        person=old.person,
        origin=old.origin,
        title=old.title,
        provider_name=old.provider_name,
        completed_on=old.completed_on,
        kind=old.kind,
        approvals=old.approvals,
        corrects=old,
        recorded_at=now,
    )
    CreditEntry.objects.bulk_create(
        CreditEntry(
            activity=new, person=old.person, part=part, areas=[area], amount=Decimal(amount),
            recorded_at=now,
        )
        for part, (area, amount) in enumerate(areas.items())
    )  # fmt: skip
    return new


def test_a_pin_moves_the_credit_and_says_what_it_costs(rosa: User, now: datetime) -> None:
    held = holding(rosa)
    smear = credit(rosa, title="The Smear", hematology="2")
    assert counted(held, now) == {"hematology": Decimal(2)}
    outcome = pin(held, smear, now)
    assert outcome.cost == 0  # 26 points of any area are still to be earned
    assert counted(held, now) == {"hematology": Decimal("0.5"), "remainder": Decimal("1.5")}
    credit(rosa, title="Management", management="26")
    [costs] = warnings(held, now)
    assert costs == (
        "What you pinned as typed at ASCP costs 1.5 points: without the pins that much less would "
        "be missing."
    )


def test_the_deed_tells_what_the_pin_costs(rosa: User, now: datetime) -> None:
    held = holding(rosa)
    smear = credit(rosa, hematology="2")
    credit(rosa, management="26")
    assert pin(held, smear, now).cost == Decimal("1.5")
    assert queries.standing_of(held, now=now).verdict.missing == Decimal("9.5")


def test_pinning_is_one_row_one_audit_row_and_a_new_revision(rosa: User, now: datetime) -> None:
    held = holding(rosa)
    smear = credit(rosa, hematology="2")
    before = Cycle.objects.get().revision
    for _ in range(2):
        pin(held, smear, now)
    row = CyclePin.objects.get()
    assert (row.activity_id, row.requirement, row.amount, row.removed_at) == (
        smear.pk, "remainder", Decimal("1.5"), None,
    )  # fmt: skip
    entry = AuditEntry.objects.get(action="credential.activity_pinned")
    assert entry.details == {
        "activity": smear.pk, "requirement": "remainder", "amount": "1.5",
    }  # fmt: skip
    assert Cycle.objects.get().revision == before + 1


def test_another_amount_replaces_the_first_and_taking_back_leaves_a_trace(
    rosa: User, now: datetime
) -> None:
    held = holding(rosa)
    smear = credit(rosa, hematology="2")
    pin(held, smear, now)
    pin(held, smear, now, amount=Decimal("0.5"))
    assert [(row.amount, row.removed_at) for row in CyclePin.objects.order_by("pk")] == [
        (Decimal("1.5"), now), (Decimal("0.5"), None),
    ]  # fmt: skip
    said: dict[str, Any] = {"held": held, "activity_id": smear.pk, "requirement": "remainder"}
    assert services.unpin_activity(**said, now=now, actor_id=rosa.pk) is True
    assert services.unpin_activity(**said, now=now, actor_id=rosa.pk) is False
    assert AuditEntry.objects.filter(action="credential.activity_unpinned").count() == 1
    assert counted(held, now) == {"hematology": Decimal(2)}


REFUSED = [
    (
        {"requirement": "chemistry"},
        "none of its subject areas counts toward Chemistry",
    ),
    ({"requirement": "astrology"}, "this cycle has no such requirement to fill"),
    (
        {"requirement": "hematology", "amount": Decimal("2.5")},
        "2.5 points cannot count toward Hematology; at most 2 points",
    ),
]


@pytest.mark.parametrize(("changes", "why"), REFUSED)
def test_a_pin_that_cannot_hold_is_refused_with_its_reason(
    rosa: User, now: datetime, changes: dict[str, Any], why: str
) -> None:
    held = holding(rosa)
    smear = credit(rosa, hematology="2")
    with pytest.raises(InvalidClaimError) as refusal:
        pin(held, smear, now, **changes)
    assert refusal.value.problems == {"amount": f"It cannot be noted as typed there: {why}."}
    assert CyclePin.objects.count() == 0
    assert AuditEntry.objects.filter(action="credential.activity_pinned").count() == 0


@pytest.mark.parametrize("amount", ["0", "-1", "1.125", "10001", "NaN", "Infinity"])
def test_an_amount_that_is_none_is_refused(rosa: User, now: datetime, amount: str) -> None:
    held = holding(rosa)
    smear = credit(rosa, hematology="2")
    with pytest.raises(InvalidClaimError, match="at most two decimals"):
        pin(held, smear, now, amount=Decimal(amount))
    assert CyclePin.objects.count() == 0


def test_a_second_pin_that_has_no_room_beside_the_first_is_refused(
    rosa: User, now: datetime
) -> None:
    held = holding(rosa)
    first, second = credit(rosa, hematology="2"), credit(rosa, hematology="2")
    pin(held, first, now, requirement="hematology", amount=Decimal(2))
    with pytest.raises(InvalidClaimError, match="no room left for it beside the other pins"):
        pin(held, second, now, requirement="hematology", amount=Decimal(1))


def test_only_ones_own_activities_can_be_pinned(rosa: User, stella: User, now: datetime) -> None:
    held = holding(rosa)
    hers = credit(stella, hematology="2")
    with pytest.raises(NotFoundError):
        pin(held, hers, now)
    assert CyclePin.objects.count() == 0


def test_a_pin_follows_the_correction_of_its_activity(rosa: User, now: datetime) -> None:
    held = holding(rosa)
    smear = credit(rosa, hematology="2")
    pin(held, smear, now)
    new = corrected(smear, now, hematology="1.5")
    assert counted(held, now) == {"remainder": Decimal("1.5")}
    assert warnings(held, now) == []
    said: dict[str, Any] = {"held": held, "activity_id": new.pk, "requirement": "remainder"}
    assert services.unpin_activity(**said, now=now, actor_id=rosa.pk)
    assert counted(held, now) == {"hematology": Decimal("1.5")}


def test_a_pin_larger_than_its_corrected_activity_is_left_out_with_a_warning(
    rosa: User, now: datetime
) -> None:
    held = holding(rosa)
    smear = credit(rosa, title="The Smear", hematology="2")
    pin(held, smear, now)
    corrected(smear, now, hematology="1")
    assert counted(held, now) == {"hematology": Decimal(1)}
    assert warnings(held, now) == [
        (
            "“The Smear” is pinned to Any area with 1.5 points, but that cannot hold: 1.5 points "
            "cannot count toward Any area; at most 1 point. The pin is left out."
        )
    ]


def test_a_pin_on_a_withdrawn_activity_is_left_out_and_can_be_taken_back(
    rosa: User, now: datetime
) -> None:
    held = holding(rosa)
    smear = credit(rosa, hematology="2")
    pin(held, smear, now)
    reverse_credit(activity=smear, reason="Entered twice", actor_id=rosa.pk, now=now)
    assert warnings(held, now) == [
        (
            "An activity is pinned to Any area with 1.5 points, but that cannot hold: the activity "
            "was withdrawn. The pin is left out."
        )
    ]
    said: dict[str, Any] = {"held": held, "activity_id": smear.pk, "requirement": "remainder"}
    assert services.unpin_activity(**said, now=now, actor_id=rosa.pk)
    assert warnings(held, now) == []


def test_pins_of_one_cycle_do_not_touch_the_next(rosa: User, now: datetime) -> None:
    held = holding(rosa, ends_on=date(2026, 12, 31))
    smear = credit(rosa, hematology="2")
    pin(held, smear, now)
    services.start_next_cycle(held=held, ends_on=date(2029, 6, 30), now=now, actor_id=rosa.pk)
    assert warnings(held, now) == []
