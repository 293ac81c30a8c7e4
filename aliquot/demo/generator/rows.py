"""Rows written as fast as the database takes them: COPY on PostgreSQL, prepared inserts on SQLite.

Values are numbers and text as both databases read them; nothing of the models' own is called.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.management.color import no_style
from django.db import connection
from django.db.models import Max, Model


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
        self._names = ("id", *values)
        self._rows.append((self._last_id, *map(_plain, values.values())))
        return self._last_id

    def write(self) -> None:
        """Write the rows that wait."""
        if not self._rows:
            return
        quote = connection.ops.quote_name
        table = quote(self.model._meta.db_table)
        columns = ", ".join(quote(self._columns[name]) for name in self._names)
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                    for row in self._rows:
                        copy.write_row(row)
            else:
                places = ", ".join(["%s"] * len(self._names))
                sql = f"INSERT INTO {table} ({columns}) VALUES ({places})"  # noqa: S608 (own names)
                cursor.executemany(sql, self._rows)
        self._rows = []


def let_ids_go_on(tables: Iterable[Table]) -> None:
    """Ids that the database gives out go on after those that were written here."""
    models = [table.model for table in tables]
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, int):  # a truth value too
        return int(value)
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"  # UTC, as the connections are
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return json.dumps(value)
