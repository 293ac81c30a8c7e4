"""Tables whose rows are never changed or deleted: triggers refuse it, on both databases.

A room declares them in its app configuration: ``append_only = ("Completion",)``, names of models.
The triggers are reinstalled after every migration, because Django remakes SQLite tables to alter
them and drops their triggers; ``missing_triggers`` is asked by ``aliquot check-invariants``.

Deeds about such a row take turns by ``take_turns``: locking the row itself would need the right to
change it, which the role that serves does not have (infra/roles.py).
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db import connection, models

EVENTS = {"sqlite": ("UPDATE", "DELETE"), "postgresql": ("UPDATE", "DELETE", "TRUNCATE")}

POSTGRESQL_FUNCTION = """
CREATE OR REPLACE FUNCTION aliquot_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation';
END $$
"""
SQLITE_TRIGGER = """
CREATE TRIGGER {trigger} BEFORE {event} ON {table}
BEGIN SELECT RAISE(ABORT, '{plain} is append-only: {event} refused'); END
"""
POSTGRESQL_TRIGGER = """
CREATE TRIGGER {trigger} BEFORE {event} ON {table}
FOR EACH {scope} EXECUTE FUNCTION aliquot_append_only()
"""


def protected_tables() -> list[str]:
    """Every append-only table that the rooms declare, sorted."""
    return sorted(
        config.get_model(name)._meta.db_table
        for config in apps.get_app_configs()
        for name in getattr(config, "append_only", ())
    )


def install(**_signal: Any) -> None:
    """Create the triggers that are missing; also the receiver of ``post_migrate``."""
    missing = missing_triggers()
    if not missing:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(POSTGRESQL_FUNCTION)
        for table, event in missing:
            cursor.execute(_creation(table, event))


def missing_triggers() -> list[tuple[str, str]]:
    """Pairs (table, event) that nothing guards. A table not yet made is not missing its guard."""
    installed = _installed_triggers()
    existing = set(connection.introspection.table_names())
    return [
        (table, event)
        for table in protected_tables()
        for event in EVENTS[connection.vendor]
        if table in existing and _name(table, event) not in installed
    ]


def take_turns(row: models.Model) -> None:
    """Wait until no other transaction holds this row's turn, and hold it until this one ends.

    For PostgreSQL a lock in transaction scope, which bears PgBouncer; on SQLite the transaction
    itself is the turn. Read what hangs on the row afterwards.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("A turn is held by a transaction, and there is none.")
    if connection.vendor == "postgresql":
        name = f"{row._meta.db_table}:{row.pk}".encode()
        key = int.from_bytes(hashlib.blake2b(name, digest_size=8).digest(), signed=True)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])


@contextmanager
def lifted() -> Iterator[None]:
    """Take the triggers away while a migration rewrites rows, or a test empties its tables.

    On PostgreSQL the tables stay locked meanwhile if this runs inside a transaction, as a
    migration does. Never for a deed.
    """
    guarded = _installed_triggers()
    with connection.cursor() as cursor:
        for table in protected_tables():
            for event in EVENTS[connection.vendor]:
                if _name(table, event) in guarded:
                    cursor.execute(_removal(table, event))
    try:
        yield
    finally:
        install()


def _name(table: str, event: str) -> str:
    return f"append_only_{event.lower()}_{table}"[:63]


def _creation(table: str, event: str) -> str:
    quote = connection.ops.quote_name
    names = {"trigger": quote(_name(table, event)), "table": quote(table), "event": event}
    if connection.vendor == "sqlite":
        return SQLITE_TRIGGER.format(plain=table, **names)
    scope = "STATEMENT" if event == "TRUNCATE" else "ROW"
    return POSTGRESQL_TRIGGER.format(scope=scope, **names)


def _removal(table: str, event: str) -> str:
    quote = connection.ops.quote_name
    trigger = quote(_name(table, event))
    if connection.vendor == "sqlite":
        return f"DROP TRIGGER {trigger}"
    return f"DROP TRIGGER {trigger} ON {quote(table)}"


def _installed_triggers() -> set[str]:
    """Names of our triggers that exist and are switched on."""
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if connection.vendor == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
        " AND tgrelid IN (SELECT oid FROM pg_class"
        " WHERE relnamespace = current_schema()::regnamespace)"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        return {row[0] for row in cursor.fetchall() if row[0].startswith("append_only_")}
