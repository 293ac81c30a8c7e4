"""Rows written by statements worked out once a process: building one costs more than asking it.

For the deeds that many people do, such as taking a test and finishing a course; everything else
writes by ``create`` and ``save``. What is written is the same, without signals: nobody listens.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.db import DatabaseError, connection
from django.db.models import Field, Model

from aliquot.infra.database import planning_once


def insert[Row: Model](row: Row) -> Row:
    """Write a new row, as ``save(force_insert=True)``; it has its id afterwards."""
    insert_all([row])
    return row


def insert_all(rows: Sequence[Model]) -> None:
    """Write new rows of one model in one statement; each has its id afterwards."""
    if not rows:
        return
    model = type(rows[0])
    fields = _fields(model)
    values = [_value(field, row) for row in rows for field in fields]
    with planning_once() as cursor:
        cursor.execute(_insertion(model, len(rows)), values)
        made = cursor.fetchall()
    for row, (key,) in zip(rows, made, strict=True):
        row.pk = key
        row._state.adding, row._state.db = False, connection.alias


def change(row: Model, *names: str) -> None:
    """Write these columns of a row, as ``save(update_fields=names)``."""
    model = type(row)
    fields = [model._meta.get_field(name) for name in names]
    values = [_value(field, row, add=False) for field in fields]
    with planning_once() as cursor:
        cursor.execute(_update(model, names), [*values, row.pk])
        if cursor.rowcount != 1:
            raise DatabaseError(f"{model._meta.label} {row.pk} is not there to be changed.")


def _value(field: Any, row: Model, *, add: bool = True) -> Any:
    return field.get_db_prep_save(field.pre_save(row, add), connection)


@lru_cache(maxsize=64)
def _fields(model: type[Model]) -> tuple[Field[Any, Any], ...]:
    """All but the key, which the database gives."""
    return tuple(field for field in model._meta.concrete_fields if not field.primary_key)


# All that stands in these is a name of a table or a column of ours.
@lru_cache(maxsize=256)
def _insertion(model: type[Model], count: int) -> str:
    table, key = _names(model)
    columns = ", ".join(_quoted(field) for field in _fields(model))
    places = ", ".join(["%s"] * len(_fields(model)))
    every = ", ".join([f"({places})"] * count)
    return f"INSERT INTO {table} ({columns}) VALUES {every} RETURNING {key}"  # noqa: S608


@lru_cache(maxsize=64)
def _update(model: type[Model], names: tuple[str, ...]) -> str:
    table, key = _names(model)
    new = ", ".join(f"{_quoted(model._meta.get_field(name))} = %s" for name in names)
    return f"UPDATE {table} SET {new} WHERE {key} = %s"  # noqa: S608


def _names(model: type[Model]) -> tuple[str, str]:
    return connection.ops.quote_name(model._meta.db_table), _quoted(model._meta.pk)


def _quoted(field: Any) -> str:
    return connection.ops.quote_name(field.column)
