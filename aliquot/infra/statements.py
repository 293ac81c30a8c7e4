"""Reads whose SQL is worked out once a process: building it costs ten times what asking does.

A statement is written as a queryset with places in it; the framework turns it into SQL the first
time, and later each asking only fills the places. For the few reads that pages in daily use make
on every request; everything else is a plain queryset.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import Expression, Model, QuerySet
from django.db.models.sql.compiler import SQLCompiler

from aliquot.infra.database import planning_once

LARGEST = 2**63 - 1  # of the whole numbers that a column holds


class Given(Expression):
    """Stands in a filter for a value that each asking brings under this name."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """A parameter that is this place."""
        return "%s", (self,)


@dataclass(frozen=True)
class _Made:
    sql: str
    parameters: tuple[Any, ...]
    compiler: SQLCompiler
    converters: dict[int, Any]


class Statement[Row]:
    """A read of columns (``values_list``) with places, asked by ``rows``.

    ``row`` takes the columns in their order: a NamedTuple, a dataclass, a function. A value for a
    place must not be None (NULL is compared otherwise) nor a list. With ``locks`` the rows found
    are locked until the transaction ends, where the database locks rows.
    """

    def __init__(
        self,
        row: Callable[..., Row],
        build: Callable[[], QuerySet[Any, Any]],
        *,
        locks: bool = False,
    ) -> None:
        self._row, self._build, self._locks = row, build, locks
        self._made: dict[str, _Made] = {}

    def rows(self, **values: int | str | datetime) -> list[Row]:
        """All rows that fit, each made by ``row``; none fits a number that no column holds."""
        if self._locks and not connection.in_atomic_block:
            raise RuntimeError("A lock is held by a transaction, and there is none.")
        made = self._made.get(connection.vendor)
        if made is None:
            made = self._made[connection.vendor] = _make(self._build(), locks=self._locks)
        try:
            parameters = [
                _adapted(values[each.name]) if isinstance(each, Given) else each
                for each in made.parameters
            ]
        except OverflowError:
            return []
        with planning_once() as cursor:
            cursor.execute(made.sql, parameters)
            found: Any = cursor.fetchall()
        if made.converters:
            found = made.compiler.apply_converters(found, made.converters)
        return [self._row(*each) for each in found]


def columns_of(model: type[Model], through: str = "") -> list[str]:
    """The names of all columns of a model for ``values_list``, as seen ``through`` a relation."""
    return [f"{through}{field.attname}" for field in model._meta.concrete_fields]


def instance[Of: Model](model: type[Of], values: Sequence[Any]) -> Of:
    """The model's instance from the values of ``columns_of``, as if the framework had read it."""
    return model.from_db(connection.alias, [*_names(model)], values)


@lru_cache(maxsize=64)
def _names(model: type[Model]) -> tuple[str, ...]:
    return tuple(columns_of(model))


def _make(queryset: QuerySet[Any, Any], *, locks: bool) -> _Made:
    """By a connection of its own that is never opened, so that nothing of a thread is held."""
    compiler = queryset.query.get_compiler(connection=connection.copy())
    sql, parameters = compiler.as_sql()
    if locks and connection.features.has_select_for_update:
        sql += " FOR UPDATE"
    expressions = [selected for selected, _, _ in compiler.select or ()]
    return _Made(sql, tuple(parameters), compiler, compiler.get_converters(expressions))


def _adapted(value: int | str | datetime) -> Any:
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if value.__class__ is int and value > LARGEST:  # such as an id that somebody typed
        raise OverflowError
    return value
