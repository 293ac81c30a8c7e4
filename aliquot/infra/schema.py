"""Operations for migrations of large tables: on PostgreSQL without a lock that people would feel.

On SQLite, where one writer has the whole file anyway, they do the plain thing. A migration that
uses an index operation says ``atomic = False``. docs/migrations.md has the recipes.
"""

from collections.abc import Callable
from typing import Any

from django.db import models, transaction
from django.db.migrations.operations import AddConstraint, AddIndex, RemoveIndex
from django.db.migrations.operations.base import Operation

Work = Callable[[Any, Any], None]


class AddIndexOnline(AddIndex):
    """Make an index while people write."""

    is_online = True

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """CREATE INDEX CONCURRENTLY."""
        _change_index(self, app_label, schema_editor, to_state, schema_editor.add_index)

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """DROP INDEX CONCURRENTLY."""
        _change_index(self, app_label, schema_editor, from_state, schema_editor.remove_index)


class RemoveIndexOnline(RemoveIndex):
    """Drop an index while people write."""

    is_online = True

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """DROP INDEX CONCURRENTLY."""
        _change_index(self, app_label, schema_editor, from_state, schema_editor.remove_index)

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """CREATE INDEX CONCURRENTLY."""
        _change_index(self, app_label, schema_editor, to_state, schema_editor.add_index)


class AddCheckOnline(AddConstraint):
    """Add a check that holds for every row written from now on (NOT VALID).

    Rows that are there already are looked at by ``ValidateOnline``.
    """

    is_online = True

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """ADD CONSTRAINT … NOT VALID: no row is read."""
        if schema_editor.connection.vendor != "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        model = to_state.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            created = self.constraint.create_sql(model, schema_editor)
            schema_editor.execute(f"{created} NOT VALID", params=None)


class AddUniqueOnline(AddConstraint):
    """Add a rule that something is there once, while people write."""

    is_online = True

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """CREATE UNIQUE INDEX CONCURRENTLY, which then becomes the constraint."""
        if schema_editor.connection.vendor != "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        model = to_state.apps.get_model(app_label, self.model_name)
        if not self.allow_migrate_model(schema_editor.connection.alias, model):
            return
        created = str(self.constraint.create_sql(model, schema_editor))
        plain, quote = "CREATE UNIQUE INDEX", schema_editor.quote_name
        if created.startswith(plain):  # a rule with a condition is an index and nothing else
            schema_editor.execute(created.replace(plain, f"{plain} CONCURRENTLY", 1), params=None)
            return
        table, name = quote(model._meta.db_table), quote(self.constraint.name)
        rule: Any = self.constraint  # a UniqueConstraint
        fields = (model._meta.get_field(field) for field in rule.fields)
        columns = ", ".join(quote(field.column) for field in fields)
        schema_editor.execute(f"{plain} CONCURRENTLY {name} ON {table} ({columns})")
        schema_editor.execute(
            f"ALTER TABLE {table} ADD CONSTRAINT {name} UNIQUE USING INDEX {name}"
        )


class ValidateOnline(Operation):
    """Look whether a check holds for the rows that were there before it, while people write."""

    is_online = True
    reduces_to_sql = True
    reversible = True

    def __init__(self, model_name: str, name: str) -> None:
        self.model_name, self.name = model_name, name

    def state_forwards(self, app_label: str, state: Any) -> None:
        """The models know no difference."""

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """VALIDATE CONSTRAINT; on SQLite a check holds for every row from the start."""
        if schema_editor.connection.vendor == "postgresql":
            model = from_state.apps.get_model(app_label, self.model_name)
            table = schema_editor.quote_name(model._meta.db_table)
            name = schema_editor.quote_name(self.name)
            schema_editor.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """There is nothing to take back."""

    def describe(self) -> str:
        """In words."""
        return f"Validate constraint {self.name} on model {self.model_name}"


def in_batches(
    model: str, change: Callable[[models.QuerySet[Any]], object], *, size: int = 2000
) -> Work:
    """For RunPython: ``change`` is given the rows of ``app.Model``, ``size`` at a time by key.

    Each batch is a transaction of its own, so the migration says ``atomic = False``; begun again
    after an interruption it goes over all rows again, which ``change`` must bear.
    """

    def work(apps: Any, schema_editor: Any) -> None:
        rows = apps.get_model(model)._base_manager.using(schema_editor.connection.alias)
        last = None
        while True:
            ahead = rows.order_by("pk") if last is None else rows.order_by("pk").filter(pk__gt=last)
            keys = list(ahead.values_list("pk", flat=True)[:size])
            if not keys:
                return
            with transaction.atomic(using=schema_editor.connection.alias):
                change(rows.filter(pk__in=keys))
            last = keys[-1]

    work.is_batched = True  # type: ignore[attr-defined]
    return work


def _change_index(
    operation: AddIndex | RemoveIndex,
    app_label: str,
    schema_editor: Any,
    state: Any,
    change: Callable[..., None],
) -> None:
    """Add or remove the index as ``state`` has it, the state in which it exists."""
    model = state.apps.get_model(app_label, operation.model_name)
    if not operation.allow_migrate_model(schema_editor.connection.alias, model):
        return
    named = operation.index.name if isinstance(operation, AddIndex) else operation.name
    index = state.models[app_label, operation.model_name_lower].get_index_by_name(named)
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    change(model, index, **({"concurrently": True} if is_postgresql else {}))
