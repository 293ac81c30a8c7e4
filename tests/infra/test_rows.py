"""Rows written by statements worked out once: what is stored is what ``save`` would store."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.forms.models import model_to_dict

from aliquot.accounts.models import User
from aliquot.infra import rows
from aliquot.infra.models import OutboxMail
from aliquot.infra.statements import Given, Statement
from aliquot.learning.models import Entitlement

pytestmark = pytest.mark.django_db


def right(person: User, now: datetime, **more: Any) -> Entitlement:
    return Entitlement(
        person=person, source="grant", starts_at=now, granted_at=now,
        hours_limit=Decimal("12.50"), **more,
    )  # fmt: skip


def test_an_inserted_row_is_as_a_saved_one(rosa: User, now: datetime) -> None:
    mine, saved = rows.insert(right(rosa, now, ends_at=None)), right(rosa, now, ends_at=None)
    saved.save()
    kept = [model_to_dict(each, exclude=["id"]) for each in Entitlement.objects.order_by("pk")]
    assert kept[0] == kept[1]
    assert (mine, mine._state.adding, mine.person) == (
        Entitlement.objects.earliest("pk"),
        False,
        rosa,
    )
    mine.source_reference = "K-1"
    mine.save()
    assert Entitlement.objects.count() == 2


def test_documents_and_moments_come_back_as_they_went_in(now: datetime) -> None:
    headers = {"List-Id": "'; DROP TABLE x; -- %s"}
    mail = OutboxMail(
        created_at=now, send_after=now, recipients=["a@example.org"], sender="b@example.org",
        subject="100 % sure", text="It's", headers=headers,
    )  # fmt: skip
    kept = OutboxMail.objects.get(pk=rows.insert(mail).pk)
    assert (kept.headers, kept.recipients, kept.attachments) == (headers, ["a@example.org"], [])
    assert (kept.subject, kept.text, kept.sent_at) == ("100 % sure", "It's", None)
    assert kept.created_at == now


def test_several_rows_go_in_one_statement_and_each_knows_its_id(
    rosa: User, now: datetime, django_assert_num_queries: Any
) -> None:
    made = [right(rosa, now, source_reference=str(number)) for number in range(3)]
    with django_assert_num_queries(1):
        rows.insert_all(made)
    stored = Entitlement.objects.order_by("pk").values_list("pk", "source_reference")
    assert list(stored) == [(each.pk, each.source_reference) for each in made]
    with django_assert_num_queries(0):
        rows.insert_all([])


def test_a_change_writes_the_named_columns_only(rosa: User, now: datetime) -> None:
    mine = rows.insert(right(rosa, now))
    other = rows.insert(right(rosa, now))
    mine.withdrawn_at, mine.source_reference = now, "not written"
    rows.change(mine, "withdrawn_at")
    mine.refresh_from_db()
    other.refresh_from_db()
    assert (mine.withdrawn_at, mine.source_reference, other.withdrawn_at) == (now, "", None)
    mine.delete()
    mine.pk = other.pk + 1
    with pytest.raises(DatabaseError, match="not there"):
        rows.change(mine, "withdrawn_at")


def test_what_the_database_refuses_is_not_written(rosa: User, now: datetime) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.insert(right(rosa, now, ends_at=now - timedelta(days=1)))
    assert Entitlement.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_lock_is_asked_for_within_a_transaction_only(rosa: User) -> None:
    locked: Statement[int] = Statement(
        int, lambda: User.objects.filter(pk=Given("id")).values_list("pk"), locks=True
    )
    with pytest.raises(RuntimeError, match="transaction"):
        locked.rows(id=rosa.pk)
    with transaction.atomic():
        assert locked.rows(id=rosa.pk) == [rosa.pk]
