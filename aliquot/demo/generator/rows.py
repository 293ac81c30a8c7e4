"""Rows written as fast as the database takes them: COPY on PostgreSQL, prepared inserts on SQLite.

Values are numbers and text as both databases read them; nothing of the models' own is called. JSON
may be given as lists and mappings, or as text that is ready.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.management.color import no_style
from django.db import connection
from django.db.models import Max, Model

# What stands on a table beside its rows, in the order in which it is put back: plain indexes and
# unique ones first, then what needs them.
_INDEXES = """
    SELECT c.relname, pg_get_indexdef(i.indexrelid)
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE i.indrelid = %s::regclass
      AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid)
    ORDER BY c.relname
"""
_CONSTRAINTS = """
    SELECT conname, pg_get_constraintdef(oid), contype
    FROM pg_constraint WHERE conrelid = %s::regclass AND contype IN ('u', 'f')
    ORDER BY contype DESC, conname
"""

_FAST_COMPRESSION = """
    SELECT set_config('default_toast_compression', 'lz4', true)
    FROM pg_settings WHERE name = 'default_toast_compression' AND 'lz4' = ANY (enumvals)
"""


class Table:
    """The rows of one model that wait to be written, with ids that nobody has yet."""

    def __init__(self, model: type[Model]) -> None:
        self.model = model
        meta = model._meta
        self._columns = {field.attname: str(field.column) for field in meta.concrete_fields}
        self._last_id: int = model._default_manager.aggregate(last=Max("pk"))["last"] or 0
        self._rows: list[Sequence[Any]] = []
        self._names: tuple[str, ...] = ()

    def add(self, **values: Any) -> int:
        """Keep a row to be written; all rows of a table name the same fields. Returns its id."""
        self._last_id += 1
        if not self._names:
            self._names = ("id", *values)
        self._rows.append((self._last_id, *values.values()))
        return self._last_id

    def write(self) -> None:
        """Write the rows that wait."""
        if not self._rows:
            return
        if connection.vendor == "postgresql":
            copy_in(connection.connection, [self.taken()])
            return
        places = ", ".join(["%s"] * len(self._names))
        sql = f"INSERT INTO {self._target()} VALUES ({places})"  # noqa: S608 (own names)
        with connection.cursor() as cursor:
            cursor.executemany(sql, [tuple(map(_plain, row)) for row in self._rows])
        self._rows = []

    def taken(self) -> tuple[str, str]:
        """The rows that wait, taken away: a COPY and its text, for ``copy_in``."""
        text = "".join(map(_line, self._rows))
        self._rows = []
        return f"COPY {self._target()} FROM STDIN", text

    def _target(self) -> str:
        quote = connection.ops.quote_name
        columns = ", ".join(quote(self._columns[name]) for name in self._names)
        return f"{quote(self.model._meta.db_table)} ({columns})"


def copy_in(raw: Any, copies: Iterable[tuple[str, str]]) -> None:
    """Send what was taken, by PostgreSQL's own connection; nobody else may use it meanwhile."""
    with raw.cursor() as cursor:
        for statement, text in copies:
            if text:
                with cursor.copy(statement) as copy:
                    copy.write(text)


def let_ids_go_on(tables: Iterable[Table]) -> None:
    """Ids that the database gives out go on after those that were written here."""
    models = [table.model for table in tables]
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)


@contextmanager
def indexes_afterwards(tables: Sequence[Table]) -> Iterator[None]:
    """On PostgreSQL, take indexes, unique constraints and foreign keys away, and put them back.

    Inside one transaction, so that a stop puts everything back. Primary keys stay. The foreign
    keys are checked as they return, all rows at once.
    """
    quote = connection.ops.quote_name
    put_back: list[list[str]] = [[], [], []]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(_FAST_COMPRESSION)
        for table in tables:
            name = quote(table.model._meta.db_table)
            cursor.execute(_CONSTRAINTS, [name])
            for constraint, definition, kind in cursor.fetchall():
                added = f"ALTER TABLE {name} ADD CONSTRAINT {quote(constraint)} {definition}"
                put_back[2 if kind == "f" else 1].append(added)
                cursor.execute(f"ALTER TABLE {name} DROP CONSTRAINT {quote(constraint)}")
            cursor.execute(_INDEXES, [name])
            for index, definition in cursor.fetchall():
                put_back[0].append(definition)
                cursor.execute(f"DROP INDEX {quote(index)}")
    yield
    with connection.cursor() as cursor:
        for statement in (each for group in put_back for each in group):
            cursor.execute(statement)


def _escaped(value: str) -> str:
    if "\\" in value or "\n" in value or "\t" in value or "\r" in value:
        value = value.replace("\\", "\\\\").replace("\n", "\\n")
        value = value.replace("\t", "\\t").replace("\r", "\\r")
    return value


def _moment(value: datetime) -> str:
    return value.isoformat(" ")[:19]  # UTC, as the connections are


# By type: a look-up is several times faster than asking one type after the other.
_PLAIN: dict[type, Callable[[Any], Any]] = {
    str: lambda value: value,
    int: lambda value: value,
    bool: int,
    type(None): lambda value: value,
    datetime: _moment,
    date: date.isoformat,
    Decimal: str,
}
_COPIED: dict[type, Callable[[Any], str]] = {
    str: _escaped,
    int: str,
    bool: lambda value: "t" if value else "f",
    type(None): lambda value: "\\N",
    datetime: _moment,
    date: date.isoformat,
    Decimal: str,
}


def _plain(value: Any) -> Any:
    known = _PLAIN.get(type(value))
    return json.dumps(value) if known is None else known(value)


def _line(row: Sequence[Any]) -> str:
    texts = []
    for value in row:
        known = _COPIED.get(type(value))
        texts.append(_escaped(json.dumps(value)) if known is None else known(value))
    return "\t".join(texts) + "\n"
