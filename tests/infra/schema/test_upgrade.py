"""A site of the first release, with data in it, becomes one of this release and loses nothing."""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.apps.registry import Apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, migrations, models, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ProjectState

from aliquot.infra.schema import (
    AddCheckOnline,
    AddIndexOnline,
    AddUniqueOnline,
    RemoveIndexOnline,
    ValidateOnline,
    in_batches,
)
from scripts.lint_migrations import first_schema
from tests.infra.own_site import SERVER, on_server
from tests.infra.schema.record import ROWS

pytestmark = pytest.mark.both_databases


@contextmanager
def own_database(folder: Path) -> Iterator[None]:
    """The default connection leads to an empty database of its kind: some libraries' migrations
    know no other.
    """
    name = f"first_{uuid.uuid4().hex}" if SERVER else str(folder / "first.sqlite3")
    on_server(f"CREATE DATABASE {name}")
    of_tests = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = of_tests
        on_server(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="module")
def upgraded(
    django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ProjectState]:
    """A database of the first release with its rows, brought to the newest; and its last state."""
    with django_db_blocker.unblock(), own_database(tmp_path_factory.mktemp("first")):
        executor = MigrationExecutor(connection)
        graph = executor.loader.graph
        known = first_schema()
        first = [
            key
            for key in known
            if not {child.key for child in graph.node_map[key].children} & known
        ]
        state = executor.migrate(first)
        fill(state.apps)
        executor = MigrationExecutor(connection)
        yield executor.migrate(executor.loader.graph.leaf_nodes())


def recorded() -> dict[str, list[dict[str, Any]]]:
    rows: dict[str, list[dict[str, Any]]] = json.loads(ROWS.read_text())
    return rows


def fill(old: Apps) -> None:
    """Put the recorded rows in, as they were, keys included."""
    with connection.constraint_checks_disabled(), transaction.atomic():
        for label, rows in recorded().items():
            model = old.get_model(label)
            fields = {field.attname: field for field in model._meta.concrete_fields}
            made = []
            for row in rows:
                values = {name: python(fields[name], value) for name, value in row.items()}
                made.append(model(**values))
            model._base_manager.bulk_create(made)


def python(field: models.Field[Any, Any], value: Any) -> Any:
    return value if isinstance(field, models.JSONField) else field.to_python(value)


def test_every_row_of_the_first_release_is_there_with_what_it_said(
    upgraded: ProjectState,
) -> None:
    lost = []
    for label, rows in recorded().items():
        model = upgraded.apps.get_model(label)
        kept = {field.attname for field in model._meta.concrete_fields}
        now = {row["pk"]: row for row in plain(model)}
        for row in rows:
            key = row[model._meta.pk.attname]
            said = {name: value for name, value in row.items() if name in kept}
            found = {name: now.get(key, {}).get(name) for name in said}
            if found != said:
                lost.append((label, key))
    assert lost == []


def plain(model: Any) -> list[dict[str, Any]]:
    """The rows of a model as JSON tells them, each with its key as ``pk``."""
    rows = list(model._base_manager.values())
    told: list[dict[str, Any]] = json.loads(json.dumps(rows, cls=DjangoJSONEncoder))
    return [{**row, "pk": row[model._meta.pk.attname]} for row in told]


def test_the_schema_is_that_of_the_models(upgraded: ProjectState) -> None:
    """Every table and column of today's models is there, and no other of ours."""
    with connection.cursor() as cursor:
        for model in apps.get_models():
            columns = {
                column.name
                for column in connection.introspection.get_table_description(
                    cursor, model._meta.db_table
                )
            }
            assert columns == {field.column for field in model._meta.concrete_fields}


def test_the_tools_for_large_tables_do_what_they_say(upgraded: ProjectState) -> None:
    run = Runner(ProjectState())
    fields = [("id", models.BigAutoField(primary_key=True)), ("size", models.IntegerField())]
    run(migrations.CreateModel("Mail", fields))
    mails = run.state.apps.get_model("tools", "Mail")._base_manager
    mails.bulk_create([mails.model(size=number) for number in range(7)])
    run(AddIndexOnline("mail", models.Index(fields=["size"], name="tools_size")))
    run(AddUniqueOnline("mail", models.UniqueConstraint(fields=["size"], name="tools_once")))
    run(
        AddUniqueOnline(
            "mail",
            models.UniqueConstraint(
                fields=["id"], condition=models.Q(size__gt=3), name="tools_some"
            ),
        )
    )
    check = models.CheckConstraint(condition=models.Q(size__gte=0), name="tools_check")
    run(AddCheckOnline("mail", check))
    sizes: list[int] = []

    def grow(rows: Any) -> None:
        sizes.append(rows.update(size=models.F("size") + 100))

    run(migrations.RunPython(in_batches("tools.Mail", grow, size=3)))
    assert sizes == [3, 3, 1]
    run(ValidateOnline("mail", "tools_check"))
    run(RemoveIndexOnline("mail", "tools_size"))
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, "tools_mail")
    assert {"tools_once", "tools_some", "tools_check"} <= set(found)
    assert "tools_size" not in found
    assert sorted(mails.values_list("size", flat=True)) == list(range(100, 107))


class Runner:
    """Applies operations one by one, outside of a transaction, as such a migration does."""

    def __init__(self, state: ProjectState) -> None:
        self.state = state

    def __call__(self, operation: Any) -> None:
        before = self.state.clone()
        operation.state_forwards("tools", self.state)
        with connection.schema_editor(atomic=False) as editor:
            operation.database_forwards("tools", editor, before, self.state)
