"""Deeds about credentials held: what they write, what they refuse, that repeating is harmless."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from aliquot.accounts.models import User
from aliquot.credentials import services
from aliquot.credentials.errors import InvalidClaimError
from aliquot.credentials.models import Cycle, HeldCredential, OpeningBalance
from aliquot.infra.models import AuditEntry
from aliquot.lib.errors import NotFoundError
from tests.factories.credentials import CERTIFIED, CYCLE_END, holding


def rows() -> tuple[int, int, int, int]:
    return (
        HeldCredential.objects.count(),
        Cycle.objects.count(),
        OpeningBalance.objects.count(),
        AuditEntry.objects.filter(action__startswith="credential.").count(),
    )


def correct(held: HeldCredential, now: datetime, **changes: Any) -> HeldCredential:
    said = {
        "ends_on": CYCLE_END,
        "first_certified_on": CERTIFIED,
        "formerly_nca": False,
        "international": False,
        "expired": False,
    }
    return services.correct_credential(
        held=held, now=now, actor_id=held.person_id, **(said | changes)
    )


def test_adding_keeps_credential_cycle_and_balances_with_one_audit_row(
    rosa: User, now: datetime
) -> None:
    held = holding(rosa, opening_balances={"safety": Decimal("0.5"), "ethics": Decimal(0)})
    assert rows() == (1, 1, 1, 1)
    cycle = held.cycles.get()
    assert (cycle.ends_on, cycle.time_zone, cycle.closed_at) == (
        CYCLE_END,
        "America/New_York",
        None,
    )
    assert cycle.opening_balances.get().points == Decimal("0.5")
    entry = AuditEntry.objects.get(action="credential.added")
    assert (entry.actor_id, entry.object_id) == (rosa.pk, str(held.pk))
    assert entry.details == {"credential": "ascp_mls", "ends_on": "2027-06-30"}


def test_a_double_click_adds_once(rosa: User) -> None:
    assert holding(rosa).pk == holding(rosa).pk
    assert rows() == (1, 1, 0, 1)


def test_the_same_credential_with_another_end_is_refused(rosa: User) -> None:
    holding(rosa)
    with pytest.raises(InvalidClaimError) as refusal:
        holding(rosa, ends_on=date(2028, 6, 30))
    assert refusal.value.problems == {
        "credential": "MLS(ASCP) is among your credentials already. Change it there."
    }
    assert rows() == (1, 1, 0, 1)


BAD: list[tuple[dict[str, Any], dict[str, str]]] = [
    (
        {"ends_on": date(2030, 11, 2)},
        {
            "ends_on": "Check the year: a cycle lasts 3 years, so this one cannot end after "
            "November 1, 2030."
        },
    ),
    (
        {"ends_on": date(1999, 12, 31), "first_certified_on": None},
        {"ends_on": "Check the year: no cycle that ended before 2000 is judged here."},
    ),
    (
        {"first_certified_on": date(2026, 11, 2)},
        {"first_certified_on": "Check the date: it is in the future."},
    ),
    (
        {"first_certified_on": date(1911, 5, 14)},
        {"first_certified_on": "Check the year: it is too long ago."},
    ),
    (
        {"first_certified_on": date(2011, 5, 14), "ends_on": date(2011, 5, 14)},
        {"first_certified_on": "Check the dates: the cycle cannot end before you were certified."},
    ),
    (
        {"ends_on": date(2080, 1, 1), "first_certified_on": date(2079, 1, 1)},
        {
            "ends_on": "Check the year: a cycle lasts 3 years, so this one cannot end after "
            "November 1, 2030.",
            "first_certified_on": "Check the date: it is in the future.",
        },
    ),
    ({"credential": "ascp_mlx"}, {"credential": "Choose a credential of the list."}),
    ({"opening_balances": {"safety": Decimal(-1)}}, {"safety": "Enter 0 or more."}),
    (
        {"opening_balances": {"safety": Decimal("1.125"), "ethics": Decimal("10000.01")}},
        {
            "safety": "Enter at most two decimals, such as 1.25.",
            "ethics": "Enter 10,000 or less.",
        },
    ),
    ({"opening_balances": {"safety": Decimal("NaN")}}, {"safety": "Enter a number, such as 1.5."}),
    (
        {"opening_balances": {"virology": Decimal(1)}},
        {"virology": "This credential has no such requirement."},
    ),
]


@pytest.mark.parametrize(("said", "problems"), BAD)
def test_what_cannot_be_is_refused_field_by_field_and_nothing_is_written(
    rosa: User, said: dict[str, Any], problems: dict[str, str]
) -> None:
    with pytest.raises(InvalidClaimError) as refusal:
        holding(rosa, **said)
    assert refusal.value.problems == problems
    assert rows() == (0, 0, 0, 0)


@pytest.mark.parametrize(
    "said",
    [
        {"ends_on": date(2030, 11, 1)},
        {"ends_on": date(2000, 1, 1), "first_certified_on": None},
        {"first_certified_on": date(2026, 11, 1)},
        {"opening_balances": {"remainder": Decimal(10_000)}},
    ],
)
def test_the_last_values_that_can_be_are_kept(rosa: User, said: dict[str, Any]) -> None:
    holding(rosa, **said)
    assert HeldCredential.objects.count() == 1


def test_a_correction_changes_what_was_typed_and_moves_to_the_holders_zone(
    rosa: User, now: datetime
) -> None:
    held = holding(rosa)
    rosa.time_zone = "Pacific/Honolulu"
    rosa.save()
    correct(held, now, ends_on=date(2027, 12, 31), first_certified_on=None, formerly_nca=True)
    held.refresh_from_db()
    assert (held.first_certified_on, held.formerly_nca) == (None, True)
    assert held.cycles.get().time_zone == "Pacific/Honolulu"
    assert held.cycles.get().ends_on == date(2027, 12, 31)
    assert AuditEntry.objects.get(action="credential.corrected").details == {
        "to": {
            "ends_on": "2027-12-31",
            "first_certified_on": None,
            "formerly_nca": True,
            "time_zone": "Pacific/Honolulu",
        }
    }


def test_a_correction_of_nothing_writes_nothing(rosa: User, now: datetime) -> None:
    held = holding(rosa)
    correct(held, now)
    assert rows() == (1, 1, 0, 1)


def test_a_wrong_correction_changes_nothing(rosa: User, now: datetime) -> None:
    held = holding(rosa)
    with pytest.raises(InvalidClaimError):
        correct(held, now, first_certified_on=date(2027, 1, 1))
    held.refresh_from_db()
    assert held.first_certified_on == CERTIFIED
    assert rows() == (1, 1, 0, 1)


def test_balances_are_kept_as_history_and_only_changes_are_written(
    rosa: User, now: datetime
) -> None:
    held = holding(rosa, opening_balances={"safety": Decimal(1), "ethics": Decimal(1)})
    points = {"safety": Decimal(1), "ethics": Decimal(0), "remainder": Decimal("7.25")}
    record = services.record_opening_balances
    assert record(held=held, points=points, now=now, actor_id=rosa.pk) == 2
    assert record(held=held, points=points, now=now, actor_id=rosa.pk) == 0
    assert rows() == (1, 1, 4, 2)
    entry = AuditEntry.objects.get(action="credential.opening_balances_recorded")
    assert entry.details == {"points": {"ethics": "0", "remainder": "7.25"}}
    newest = OpeningBalance.objects.order_by("pk").last()
    assert newest is not None
    assert newest.stated_on == date(2026, 11, 23)


def test_the_next_cycle_closes_the_one_before(rosa: User, now: datetime) -> None:
    held = holding(rosa, ends_on=date(2026, 6, 30))
    following = services.start_next_cycle(
        held=held, ends_on=date(2029, 6, 30), now=now, actor_id=rosa.pk
    )
    again = services.start_next_cycle(
        held=held, ends_on=date(2029, 6, 30), now=now, actor_id=rosa.pk
    )
    assert again.pk == following.pk
    assert list(held.cycles.values_list("ends_on", "closed_at")) == [
        (date(2026, 6, 30), now),
        (date(2029, 6, 30), None),
    ]
    assert rows() == (1, 2, 0, 2)


def test_the_next_cycle_ends_later_than_the_last(rosa: User, now: datetime) -> None:
    held = holding(rosa, ends_on=date(2026, 6, 30))
    with pytest.raises(InvalidClaimError) as refusal:
        services.start_next_cycle(held=held, ends_on=date(2026, 6, 29), now=now, actor_id=rosa.pk)
    assert refusal.value.problems == {"ends_on": "The next cycle must end after June 30, 2026."}
    assert rows() == (1, 1, 0, 1)


def test_a_new_cycle_ends_being_expired(rosa: User, now: datetime) -> None:
    held = holding(rosa, ends_on=date(2026, 6, 30))
    correct(held, now, ends_on=date(2026, 6, 30), expired=True)
    services.start_next_cycle(held=held, ends_on=date(2029, 6, 30), now=now, actor_id=rosa.pk)
    held.refresh_from_db()
    assert held.expired is False


def test_removing_hides_the_credential_and_lets_it_be_added_again(
    rosa: User, now: datetime
) -> None:
    held = holding(rosa)
    services.remove_credential(held=held, now=now, actor_id=rosa.pk)
    services.remove_credential(held=held, now=now + timedelta(hours=1), actor_id=rosa.pk)
    assert rows() == (1, 1, 0, 2)
    assert holding(rosa, ends_on=date(2028, 6, 30)).pk != held.pk
    for deed in (
        lambda: correct(held, now),
        lambda: services.start_next_cycle(
            held=held, ends_on=date(2029, 1, 1), now=now, actor_id=rosa.pk
        ),
        lambda: services.record_opening_balances(
            held=held, points={"safety": Decimal(1)}, now=now, actor_id=rosa.pk
        ),
    ):
        with pytest.raises(NotFoundError):
            deed()


def test_every_deed_that_may_change_the_verdict_raises_the_revision_of_the_cycle(
    rosa: User, now: datetime
) -> None:
    held = holding(rosa)
    cycle = held.cycles.get()
    assert cycle.revision == 1
    correct(held, now)  # says what is so already
    cycle.refresh_from_db()
    assert cycle.revision == 1
    correct(held, now, formerly_nca=True)
    cycle.refresh_from_db()
    assert cycle.revision == 2
    for _ in range(2):  # the second states the same again
        services.record_opening_balances(
            held=held, points={"safety": Decimal(1)}, now=now, actor_id=rosa.pk
        )
    cycle.refresh_from_db()
    assert cycle.revision == 3
    following = services.start_next_cycle(
        held=held, ends_on=date(2030, 6, 30), now=now, actor_id=rosa.pk
    )
    cycle.refresh_from_db()
    assert (cycle.revision, following.revision) == (4, 1)
