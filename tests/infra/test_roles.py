"""The role that serves can do all that people do, and nothing to what is append-only."""

import re
from itertools import chain
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from aliquot.accounts.models import User
from aliquot.certificates import services as certificates
from aliquot.cli import database
from aliquot.commerce.models import Order
from aliquot.flows.revoke_completion import revoke_completion
from aliquot.infra import append_only, clock, pruning, roles, seals, storage, upkeep
from aliquot.infra.jobs.worker import run_ready
from aliquot.infra.models import AuditEntry
from aliquot.infra.tasks import seal_audit
from aliquot.ledger import services as ledger
from aliquot.ledger.models import CreditEntry
from aliquot.lib.errors import AliquotError
from tests.factories.activities import CLAIM, logged
from tests.factories.catalog import provider, published_course
from tests.factories.certificates import finished
from tests.factories.shop import bought, open_shop

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]


def sql(statement: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall()) if cursor.description else []


def live_as_people_do(rosa: User, amara: User) -> None:
    """Buying, learning, finishing, logging, correcting, revoking, jobs and upkeep."""
    now = clock.now()
    open_shop()
    provider()
    assert bought(rosa, "unlimited-year", now=now).state == Order.State.PAID
    issued = finished(rosa, published_course(pages=2), now)
    newer = certificates.reissue_certificate(
        certificate=issued, full_name="Rosa M. Méndez", actor_id=amara.pk, now=now
    )
    revoke_completion(
        certificate=newer, reason="Test.", takes_credit_back=True, actor_id=amara.pk, now=now
    )
    activity = logged(rosa, now)
    corrected = ledger.correct_activity(activity=activity, claim=CLAIM, now=now, actor_id=rosa.pk)
    ledger.withdraw_activity(activity=corrected, reason="Mine no more.", now=now, actor_id=rosa.pk)
    storage.store(b"a proof", media_type="text/plain", now=now)
    seal_audit.enqueue()
    assert run_ready(now=clock.now()) >= 1
    pruning.prune(now=now)
    assert list(seals.problems()) == []


FORBIDDEN = [
    *(
        f"{deed} {table}{rest}"
        for table in ("ledger_creditentry", "infra_auditentry")
        for deed, rest in (
            ("UPDATE", " SET id = id"),
            ("DELETE FROM", ""),
            ("TRUNCATE", ""),
            ("ALTER TABLE", " DISABLE TRIGGER ALL"),
            ("DROP TABLE", " CASCADE"),
        )
    ),
    "DROP TRIGGER append_only_update_ledger_creditentry ON ledger_creditentry",
    "SET session_replication_role = replica",
    "DROP FUNCTION aliquot_append_only() CASCADE",
    "INSERT INTO django_migrations (app, name, applied) VALUES ('x', 'y', now())",
    "CREATE TABLE mine (id int)",
]


def test_the_role_that_serves_lives_as_people_do_and_changes_nothing_append_only(
    rosa: User, amara: User, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    if connection.vendor != "postgresql":
        with pytest.raises(AliquotError, match="Roles are PostgreSQL's"):
            database.run([])
        return
    role = f"app_of_{connection.settings_dict['NAME']}"  # roles are shared by all databases
    settings.DATABASE_APP_ROLE = role
    assert database.run(["--create"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith(f'CREATE ROLE "{role}" LOGIN;\nBEGIN;\n')
    sql(f'CREATE ROLE "{role}"')
    upkeep.bring_database_up_to_date()
    sql(f'SET ROLE "{role}"')
    try:
        live_as_people_do(rosa, amara)
        rows = (CreditEntry.objects.count(), AuditEntry.objects.count())
        for statement in FORBIDDEN:
            with (
                pytest.raises(DatabaseError, match=r"permission denied|must be owner"),
                transaction.atomic(),
            ):
                sql(statement)
        assert (CreditEntry.objects.count(), AuditEntry.objects.count()) == rows
        for table in append_only.protected_tables():
            rights = sql(
                f"SELECT has_table_privilege('{table}', 'SELECT'),"
                f" has_table_privilege('{table}', 'INSERT'),"
                f" has_any_column_privilege('{table}', 'UPDATE'),"
                f" has_table_privilege('{table}', 'DELETE, TRUNCATE, TRIGGER, REFERENCES')"
            )
            assert rights == [(True, True, False, False)], table
    finally:
        sql("RESET ROLE")
    roles.grant()  # again: nothing to complain of


def test_advisory_locks_end_with_their_transaction() -> None:
    """Behind PgBouncer a lock of a session would stay with a connection that others use next."""
    calls = {
        call
        for path in (ROOT / "aliquot").rglob("*.py")
        for call in re.findall(r"pg_(?:try_)?advisory_\w+", path.read_text())
    }
    assert calls == {"pg_advisory_xact_lock"}


def test_a_turn_needs_a_transaction(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(append_only, "connection", SimpleNamespace(in_atomic_block=False))
    with pytest.raises(RuntimeError, match="there is none"):
        append_only.take_turns(User())


def test_nothing_locks_a_row_that_the_serving_role_may_not_change() -> None:
    declared = (getattr(config, "append_only", ()) for config in apps.get_app_configs())
    protected = "|".join(sorted(chain.from_iterable(declared)))
    locking = re.compile(rf"\b({protected})\.objects\s*\.select_for_update")
    found = [
        path.name for path in (ROOT / "aliquot").rglob("*.py") if locking.search(path.read_text())
    ]
    assert found == []
