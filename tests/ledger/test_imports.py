"""A table is judged when it is sent, and entered once, all of it or what its holder says."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from aliquot.accounts.models import User
from aliquot.infra.models import AuditEntry
from aliquot.ledger import queries, services
from aliquot.ledger.errors import ImportNotCleanError, NothingToImportError
from aliquot.ledger.facts import ActivityClaim, ImportedRow
from aliquot.ledger.models import Activity, ActivityImport, CreditEntry
from tests.factories.activities import CLAIM, logged

pytestmark = pytest.mark.django_db

OTHER = replace(CLAIM, title="Reading the coagulation profile", areas=("coagulation",))
BAD = replace(CLAIM, title="", amount=Decimal(-1))


def send(person: User, now: datetime, *claims: ActivityClaim) -> ActivityImport:
    rows = [ImportedRow(number, claim) for number, claim in enumerate(claims, start=2)]
    return services.store_import(
        person=person, file_name="mine.csv", rows=rows, now=now, actor_id=person.pk
    )


def confirm(sent: ActivityImport, now: datetime, **said: Any) -> int:
    values = {"only_good": False, "without_lookalikes": False, "actor_id": sent.person_id} | said
    return services.confirm_import(sent=sent, now=now, **values)


def test_a_table_is_judged_and_nothing_is_entered_yet(rosa: User, now: datetime) -> None:
    sent = send(rosa, now, CLAIM, BAD)
    first, second = queries.import_report(sent)
    assert (first.row.number, first.is_good, first.looks_like) == (2, True, ())
    assert first.row.claim.parts[0].amount == Decimal("1.5")
    assert second.row.problems == {
        "title": "Enter the title as your proof prints it.",
        "amount": "Enter more than 0.",
    }
    assert Activity.objects.count() == 0


def test_all_rows_are_entered_at_once_and_only_once(rosa: User, now: datetime) -> None:
    sent = send(rosa, now, CLAIM, OTHER)
    assert confirm(sent, now) == 2
    assert [each.title for each in queries.activities_of(rosa)] == [CLAIM.title, OTHER.title]
    audited = AuditEntry.objects.count()
    assert confirm(sent, now + timedelta(1)) == 0
    assert (Activity.objects.count(), AuditEntry.objects.count()) == (2, audited)
    row = AuditEntry.objects.get(action="activities.imported")
    assert row.details == {"activities": list(Activity.objects.values_list("pk", flat=True))}


def test_one_bad_row_refuses_all_unless_the_holder_says_so(rosa: User, now: datetime) -> None:
    sent = send(rosa, now, CLAIM, BAD)
    with pytest.raises(ImportNotCleanError):
        confirm(sent, now)
    sent.refresh_from_db()
    assert (sent.confirmed_at, CreditEntry.objects.count()) == (None, 0)
    assert confirm(sent, now, only_good=True) == 1
    assert [each.title for each in queries.activities_of(rosa)] == [CLAIM.title]


def test_nothing_good_enters_nothing(rosa: User, now: datetime) -> None:
    sent = send(rosa, now, BAD)
    with pytest.raises(NothingToImportError):
        confirm(sent, now, only_good=True)
    sent.refresh_from_db()
    assert sent.confirmed_at is None


def test_rows_that_may_be_there_already_are_marked_and_can_be_left_out(
    rosa: User, now: datetime
) -> None:
    logged(rosa, now)
    again = replace(OTHER, title="READING the coagulation profile!")
    sent = send(rosa, now, CLAIM, OTHER, again)
    assert [each.looks_like for each in queries.import_report(sent)] == [
        (CLAIM.title,),
        (),
        (OTHER.title,),
    ]
    assert confirm(sent, now, without_lookalikes=True) == 1
    assert len(queries.activities_of(rosa)) == 2


def test_what_was_good_is_judged_again_when_it_is_entered(rosa: User, now: datetime) -> None:
    today = replace(CLAIM, completed_on=now.date())
    sent = send(rosa, now, today)
    with pytest.raises(ImportNotCleanError):
        confirm(sent, now - timedelta(days=2))
    assert Activity.objects.count() == 0


def test_drafts_of_tables_do_not_pile_up(rosa: User, marcus: User, now: datetime) -> None:
    send(marcus, now, CLAIM)
    confirmed = send(rosa, now, CLAIM)
    confirm(confirmed, now)
    drafts = [send(rosa, now, OTHER) for _ in range(7)]
    kept = list(ActivityImport.objects.filter(person=rosa).values_list("pk", flat=True))
    assert sorted(kept) == [confirmed.pk, *(each.pk for each in drafts[-5:])]
    assert ActivityImport.objects.filter(person=marcus).count() == 1


@pytest.mark.parametrize("count", [1, 3])
def test_entering_takes_a_fixed_number_of_statements(
    rosa: User, now: datetime, count: int, django_assert_num_queries: Any
) -> None:
    rows = [replace(CLAIM, title=f"Meeting {number}") for number in range(count)]
    sent = send(rosa, now, *rows)
    with django_assert_num_queries(10):
        assert confirm(sent, now) == count
