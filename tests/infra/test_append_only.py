"""Append-only tables refuse change and deletion, whoever asks."""

import pytest
from django.db import IntegrityError, connection, transaction

from aliquot.infra import append_only
from aliquot.infra.models import AuditBlock, AuditEntry, Generation

pytestmark = pytest.mark.django_db


def entry() -> AuditEntry:
    return AuditEntry.objects.create(
        recorded_at="2026-11-23T23:00:00Z",
        action="course.published",
        object_type="catalog.course",
        object_id="1",
    )


def test_every_declared_table_is_guarded_after_the_migrations() -> None:
    assert append_only.missing_triggers() == []
    assert {"infra_auditentry", "infra_auditblock", "infra_sealedentry"} <= set(
        append_only.protected_tables()
    )


def test_the_tables_of_the_records_are_declared() -> None:
    assert {
        "learning_completion",
        "ledger_activity",
        "ledger_creditentry",
        "certificates_certificate",
        "certificates_revocation",
        "catalog_courseversion",
        "catalog_page",
        "assessment_question",
    } <= set(append_only.protected_tables())


def test_an_update_is_refused_and_nothing_changes() -> None:
    row = entry()
    with (
        pytest.raises(IntegrityError, match="infra_auditentry is append-only: UPDATE refused"),
        transaction.atomic(),
    ):
        AuditEntry.objects.filter(pk=row.pk).update(action="nothing.happened")
    assert AuditEntry.objects.get(pk=row.pk).action == "course.published"


def test_a_deletion_is_refused_and_the_row_stays() -> None:
    row = entry()
    with (
        pytest.raises(IntegrityError, match="infra_auditentry is append-only: DELETE refused"),
        transaction.atomic(),
    ):
        AuditEntry.objects.filter(pk=row.pk).delete()
    assert AuditEntry.objects.filter(pk=row.pk).exists()


def test_truncating_is_refused_where_the_database_can_truncate() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no TRUNCATE")
    entry()
    with (
        pytest.raises(IntegrityError, match="TRUNCATE refused"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("TRUNCATE infra_auditentry CASCADE")
    assert AuditEntry.objects.count() == 1


def test_other_tables_may_change() -> None:
    Generation.objects.create(name="catalog", number=1)
    assert Generation.objects.filter(name="catalog").update(number=2) == 1
    assert Generation.objects.all().delete()[0] == 1


def test_a_dropped_trigger_is_noticed_and_the_next_migration_puts_it_back() -> None:
    with connection.cursor() as cursor:
        cursor.execute(append_only._removal("infra_auditblock", "DELETE"))
    assert append_only.missing_triggers() == [("infra_auditblock", "DELETE")]
    append_only.install()
    assert append_only.missing_triggers() == []


def test_a_remade_table_gets_its_triggers_back() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("only SQLite remakes tables")
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE remade AS SELECT * FROM infra_auditblock")
        cursor.execute("DROP TABLE infra_sealedentry")
        cursor.execute("CREATE TABLE infra_sealedentry (id integer)")
    assert {table for table, _ in append_only.missing_triggers()} == {"infra_sealedentry"}
    append_only.install()
    assert append_only.missing_triggers() == []


def test_lifting_lets_a_migration_rewrite_rows_and_then_guards_again() -> None:
    row = entry()
    with append_only.lifted():
        AuditEntry.objects.filter(pk=row.pk).update(action="course.imported")
    assert AuditEntry.objects.get(pk=row.pk).action == "course.imported"
    assert append_only.missing_triggers() == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_twice", [1, 2])
def test_a_transactional_test_starts_empty_although_the_last_one_left_protected_rows(
    _twice: int,
) -> None:
    assert AuditEntry.objects.count() == 0
    AuditBlock.objects.create(
        sealed_at="2026-11-23T23:00:00Z", entry_count=1, previous_hash="0" * 64, hash="a" * 64
    )
    entry()
    assert append_only.missing_triggers() == []
