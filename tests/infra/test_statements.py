"""Reads whose SQL is worked out once."""

from datetime import timedelta
from decimal import Decimal
from typing import NamedTuple

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from aliquot.accounts.models import User
from aliquot.infra.database import planning_once
from aliquot.infra.statements import Given, Statement, columns_of, instance
from aliquot.ledger.models import CreditEntry
from tests.factories.credentials import credit

pytestmark = pytest.mark.django_db


class _Person(NamedTuple):
    email: str
    full_name: str


def test_a_statement_is_built_once_and_filled_each_time(rosa: User, stella: User) -> None:
    built = []

    def build() -> QuerySet[User, tuple[str, str]]:
        built.append(1)
        return User.objects.filter(pk=Given("person"), is_active=True).values_list(
            "email", "full_name"
        )

    statement = Statement(_Person, build)
    assert statement.rows(person=rosa.pk) == [_Person(rosa.email, rosa.full_name)]
    assert statement.rows(person=stella.pk) == [_Person(stella.email, stella.full_name)]
    assert statement.rows(person=0) == []
    assert [statement.rows(person=2**63 + each) for each in (-1, 0)] == [[], []]
    assert len(built) == 1
    with pytest.raises(KeyError, match="person"):
        statement.rows()


def test_what_is_given_is_a_value_and_never_a_part_of_the_statement(rosa: User) -> None:
    by_name = Statement(
        _Person,
        lambda: User.objects.filter(full_name=Given("name")).values_list("email", "full_name"),
    )
    assert by_name.rows(name="' OR 1=1 --") == []
    assert by_name.rows(name=rosa.full_name) == [_Person(rosa.email, rosa.full_name)]


def test_moments_numbers_and_documents_come_back_as_the_framework_gives_them(
    rosa: User,
) -> None:
    credit(rosa, hematology="1.50")
    row = CreditEntry.objects.get()
    statement = Statement(
        lambda *columns: columns,
        lambda: CreditEntry.objects.filter(recorded_at__gt=Given("after")).values_list(
            "amount", "areas", "recorded_at"
        ),
    )
    assert statement.rows(after=row.recorded_at) == []
    [found] = statement.rows(after=row.recorded_at - timedelta(microseconds=1))
    assert found == (row.amount, row.areas, row.recorded_at)
    assert str(found[0]) == str(Decimal("1.50"))
    assert found[2].utcoffset() == timedelta(0)
    made = statement._made[connection.vendor]
    assert made.compiler.connection is not connection
    assert made.compiler.connection.connection is None


def test_an_instance_made_of_all_columns_is_as_the_framework_reads_it(rosa: User) -> None:
    statement = Statement(
        lambda *values: instance(User, values),
        lambda: User.objects.filter(email=Given("email")).values_list(*columns_of(User)),
    )
    [found] = statement.rows(email=rosa.email)
    fresh = User.objects.get(pk=rosa.pk)
    assert (found, found.__dict__.keys()) == (fresh, fresh.__dict__.keys())
    assert all(
        getattr(found, field.attname) == getattr(fresh, field.attname)
        for field in User._meta.concrete_fields
    )
    assert (found._state.adding, found._state.db) == (False, "default")
    found.full_name = "Rosa Méndez-Ortiz"
    found.save(update_fields=["full_name"])
    assert User.objects.get(pk=rosa.pk).full_name == "Rosa Méndez-Ortiz"


@pytest.mark.postgresql
def test_postgresql_plans_a_statement_once_for_a_connection(db: None) -> None:
    """Whatever the size of a number; what a plain cursor asks is not kept."""
    for number in (1, 2**20, 2**40):
        with planning_once() as cursor:
            cursor.execute(
                "SELECT id FROM accounts_user WHERE id = %s AND email <> %s", [number, "x"]
            )
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM accounts_user WHERE id > %s", [0])
        cursor.execute(
            "SELECT statement FROM pg_prepared_statements WHERE statement LIKE %s",
            ["%accounts_user%"],
        )
        kept = cursor.fetchall()
    assert kept == [("SELECT id FROM accounts_user WHERE id = $1 AND email <> $2",)]


def test_what_is_planned_once_is_counted_and_told_like_any_statement(db: None) -> None:
    """By its text, so that the limits of statements per page hold on both databases."""
    with CaptureQueriesContext(connection) as seen, planning_once() as cursor:
        cursor.execute("SELECT id FROM accounts_user WHERE email = %s", ["rosa@example.org"])
    assert ["FROM accounts_user WHERE email = " in each["sql"] for each in seen] == [True]
