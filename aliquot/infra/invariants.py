"""What must be true of the plumbing: a durable database, guarded tables, mail, seals, files."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.models import Q

from aliquot.infra import append_only, seals, storage
from aliquot.infra.models import AuditBlock, AuditEntry, OutboxMail, StoredFile
from aliquot.infra.streams import by_key
from aliquot.lib.invariants import Check

OVERDUE = timedelta(days=1)  # nobody delivered the mail, or sealed the entry, for so long
DURABLE = {"fsync": {"on"}, "full_page_writes": {"on"}}
NOT_DURABLE_COMMIT = "off"


def invariant_checks(*, now: datetime, trusted_head: str = "") -> tuple[Check, ...]:
    """I1, I9, I10 and I11 as far as the plumbing knows them."""
    return (
        Check("I1", "tables", lambda: len(_tables()), unsafe_database),
        Check("I9", "mails", OutboxMail.objects.count, lambda: broken_mails(now=now)),
        Check("I10", "audit entries", AuditEntry.objects.count, lambda: late_seals(now=now)),
        Check(
            "I10",
            "sealed blocks",
            AuditBlock.objects.count,
            lambda: seals.problems(trusted_head=trusted_head),
        ),
        Check("I11", "files", StoredFile.objects.count, broken_files),
    )


def guard_checks(app_label: str, invariant: str) -> Check:
    """The triggers and constraints of one room's tables stand in the database."""
    models = list(apps.get_app_config(app_label).get_models(include_auto_created=True))

    def broken() -> Iterator[str]:
        tables = {model._meta.db_table for model in models}
        for table, event in append_only.missing_triggers():
            if table in tables:
                yield (
                    f"Nothing refuses {event} on the append-only table {table}; "
                    "run aliquot migrate."
                )
        there = _constraints_there()
        for model in models:
            for constraint in model._meta.constraints:
                if constraint.name not in there:
                    table = model._meta.db_table
                    yield f"The constraint {constraint.name} of the table {table} is missing."

    return Check(invariant, "guarded tables", lambda: len(models), broken)


def unsafe_database() -> Iterator[str]:
    """A database that may forget what it acknowledged, or that contradicts itself."""
    if connection.vendor == "sqlite":
        yield from _unsafe_sqlite()
    else:
        yield from _unsafe_postgresql()


def _unsafe_sqlite() -> Iterator[str]:
    mode, synchronous = _value("PRAGMA journal_mode"), _value("PRAGMA synchronous")
    is_in_memory = mode == "memory"  # of a test: nothing is kept anyway
    if mode != "wal" and not is_in_memory:
        yield f"SQLite's journal_mode is {mode}, not wal."
    if synchronous != 2:
        yield f"SQLite's synchronous is {synchronous}, not 2 (FULL): a crash may lose writes."
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA quick_check(100)")
        yield from (f"SQLite: {row[0]}." for row in cursor.fetchall() if row[0] != "ok")
        cursor.execute("PRAGMA foreign_key_check")
        while row := cursor.fetchone():
            table, row_id, parent, _ = row
            yield f"Row {row_id} of {table} points at a row of {parent} that is not there."


def _unsafe_postgresql() -> Iterator[str]:
    if not settings.IS_DEMO:
        for name, accepted in DURABLE.items():
            if (value := _value(f"SHOW {name}")) not in accepted:
                yield f"PostgreSQL's {name} is {value}: a crash may lose acknowledged writes."
    if _value("SHOW synchronous_commit") == NOT_DURABLE_COMMIT:
        yield "PostgreSQL's synchronous_commit is off: a crash may lose acknowledged writes."
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE NOT convalidated"
            " AND connamespace = current_schema()::regnamespace ORDER BY 1, 2"
        )
        for table, name in cursor.fetchall():
            yield f"The constraint {name} of the table {table} was never validated."
        cursor.execute(
            "SELECT indexrelid::regclass::text FROM pg_index JOIN pg_class ON oid = indexrelid"
            " WHERE NOT indisvalid AND relnamespace = current_schema()::regnamespace ORDER BY 1"
        )
        for (name,) in cursor.fetchall():
            yield f"The index {name} is not valid; build it again (REINDEX)."
        cursor.execute(
            "SELECT checksum_failures FROM pg_stat_database WHERE datname = current_database()"
        )
        failures = (cursor.fetchone() or (0,))[0]
        if failures:
            yield f"PostgreSQL read {failures} damaged pages of this database."


def broken_mails(*, now: datetime) -> Iterator[str]:
    """Mails that nobody delivers, or whose attachment is gone."""
    waiting = Q(sent_at=None, given_up_at=None)
    overdue = waiting & Q(send_after__lt=now - OVERDUE)
    for mail in by_key(OutboxMail.objects.filter(overdue).defer("text", "html")):
        yield f"Mail {mail.pk} waits since {mail.send_after:%Y-%m-%d %H:%M} UTC."
    carrying = OutboxMail.objects.filter(waiting).exclude(attachments=[]).only("attachments")
    for mail in by_key(carrying):
        wanted = {part["file_id"] for part in mail.attachments}
        there = set(StoredFile.objects.filter(pk__in=wanted).values_list("pk", flat=True))
        for file_id in sorted(wanted - there):
            yield f"Mail {mail.pk} is to carry the stored file {file_id}, which is not there."


def late_seals(*, now: datetime) -> Iterator[str]:
    """Entries that no job has sealed for a day: nothing would show a change of them."""
    late = AuditEntry.objects.filter(seal=None, recorded_at__lt=now - OVERDUE)
    first = late.order_by("pk").first()
    if first is not None:
        count = late.count()
        yield f"{count} audit entries from {first.pk} on are not sealed; is a worker running?"


def broken_files() -> Iterator[str]:
    """Stored files that are gone, or have other bytes than were stored."""
    for file in by_key(StoredFile.objects.all()):
        try:
            storage.read(file)
        except storage.DamagedFileError as error:
            yield str(error)


def _constraints_there() -> set[str]:
    """Names of constraints and indexes in the database, for all tables in one query."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL")
            rows = cursor.fetchall()
            inside = (re.findall(r'CONSTRAINT "([^"]+)"', row[2]) for row in rows)
            return {row[1] for row in rows if row[0] == "index"}.union(*inside)
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE connamespace = current_schema()::regnamespace"
            " UNION SELECT relname FROM pg_class WHERE relkind = 'i'"
            " AND relnamespace = current_schema()::regnamespace"
        )
        return {row[0] for row in cursor.fetchall()}


def _tables() -> list[str]:
    return [model._meta.db_table for model in apps.get_models(include_auto_created=True)]


def _value(query: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(query)
        row = cursor.fetchone()
    return None if row is None else row[0]
