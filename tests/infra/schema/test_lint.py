"""The linter of migrations refuses what would lock a large table, and lets the rest through."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from aliquot.infra.schema import (
    AddCheckOnline,
    AddIndexOnline,
    AddUniqueOnline,
    RemoveIndexOnline,
    ValidateOnline,
    in_batches,
)
from scripts.lint_migrations import SMALL, first_schema, our_problems, problems_of

LARGE, TINY = "bookmark", "course"  # in these tests both are of the room catalog
INDEX = models.Index(fields=["size"], name="by_size")
CHECK = models.CheckConstraint(condition=models.Q(size__gte=0), name="size_sane")
ONCE = models.UniqueConstraint(fields=["size"], name="size_once")
NOTHING = migrations.RunPython.noop


def before() -> ProjectState:
    """A large and a small table."""
    state = ProjectState()
    for name in (LARGE, TINY):
        columns: list[tuple[str, Any]] = [
            ("id", models.BigAutoField(primary_key=True)),
            ("size", models.IntegerField(null=True)),
            ("name", models.CharField(max_length=40)),
            ("old", models.IntegerField(null=True, db_index=True)),
        ]
        migrations.CreateModel(name.capitalize(), columns).state_forwards("catalog", state)
    return state


def told(*operations: Operation, says: str = "Expand: a test.", atomic: bool = True) -> list[str]:
    migration = SimpleNamespace(
        operations=operations, app_label="catalog", atomic=atomic, __doc__=None
    )
    return problems_of("catalog 0009", migration, says, before())


def added(field: Any, model: str = LARGE) -> migrations.AddField:
    return migrations.AddField(model, "fresh", field)


def altered(field: Any, name: str = "name", model: str = LARGE) -> migrations.AlterField:
    return migrations.AlterField(model, name, field)


REFUSED = [
    (migrations.AddIndex(LARGE, INDEX), "locks a large table; use AddIndexOnline or RemoveInd"),
    (migrations.RemoveIndex(LARGE, "by_old"), "locks a large table; use AddIndexOnline or Remove"),
    (AddIndexConcurrently(LARGE, INDEX), "locks a large table; use AddIndexOnline or RemoveIndex"),
    (AddIndexOnline(LARGE, INDEX), "cannot go without a lock inside a transaction; set atomic"),
    (AddUniqueOnline(LARGE, ONCE), "cannot go without a lock inside a transaction; set atomic"),
    (ValidateOnline(LARGE, "size_sane"), "reads the table under the lock of what went before; set"),
    (migrations.AddConstraint(LARGE, CHECK), "reads a large table under a lock; use AddCheckOnl"),
    (migrations.AddConstraint(LARGE, ONCE), "reads a large table under a lock; use AddCheckOnli"),
    (migrations.AlterUniqueTogether(LARGE, {("size", "name")}), "locks a large table; use AddUn"),
    (added(models.IntegerField(default=0)), "adds a column that is not null and has no db_default"),
    (added(models.IntegerField(null=True, db_index=True)), "makes an index with the column"),
    (added(models.IntegerField(null=True, unique=True)), "makes an index with the column"),
    (
        added(models.ForeignKey("catalog.Course", models.PROTECT, null=True, db_index=False)),
        "makes a foreign key that is checked at once; db_constraint=False at first",
    ),
    (altered(models.TextField()), "turns django.db.models.CharField into django.db.models.TextF"),
    (altered(models.CharField(max_length=20)), "changes max_length, which reads or rewrites"),
    (altered(models.IntegerField(), "size"), "changes null, which reads or rewrites a large"),
    (migrations.RenameField(TINY, "name", "title"), "renames, which breaks the release that st"),
    (migrations.RenameModel("Course", "Lesson"), "renames, which breaks the release that still"),
    (migrations.RemoveField(TINY, "old"), "removes, which belongs into a migration that says Co"),
    (migrations.DeleteModel("Course"), "removes, which belongs into a migration that says Contr"),
    (migrations.RunSQL("UPDATE x SET y = 1"), "runs SQL; say in hints={'locks': '…'} what it"),
    (
        migrations.SeparateDatabaseAndState([migrations.AddIndex(LARGE, INDEX)], []),
        "locks a large table; use AddIndexOnline or RemoveIndexOnline of infra.schema",
    ),
]


@pytest.mark.parametrize(
    ("operation", "words"), REFUSED, ids=lambda each: getattr(each, "__class__", each).__name__
)
def test_what_locks_a_large_table_or_breaks_the_running_release_is_refused(
    operation: Operation, words: str
) -> None:
    [problem] = told(operation)
    assert problem.startswith("catalog 0009: “")
    assert words in problem


ACCEPTED: list[tuple[str, bool, Operation]] = [
    (
        "Expand",
        True,
        migrations.CreateModel("New", [("id", models.BigAutoField(primary_key=True))]),
    ),
    ("Expand", True, migrations.AddIndex(TINY, INDEX)),
    ("Expand", True, migrations.AddConstraint(TINY, CHECK)),
    ("Expand", True, added(models.IntegerField(default=0), TINY)),
    ("Expand", False, AddIndexOnline(LARGE, INDEX)),
    ("Expand", False, AddUniqueOnline(LARGE, ONCE)),
    ("Expand", True, AddCheckOnline(LARGE, CHECK)),
    ("Expand", False, ValidateOnline(LARGE, "size_sane")),
    ("Expand", True, added(models.IntegerField(null=True))),
    ("Expand", True, added(models.IntegerField(db_default=0))),
    ("Expand", True, altered(models.CharField(max_length=80, help_text="Longer."))),
    ("Expand", True, altered(models.CharField(max_length=40, null=True))),
    ("Expand", True, migrations.RunSQL("CREATE …", hints={"locks": "for a moment"})),
    ("Backfill", False, migrations.RunPython(in_batches("catalog.Bookmark", print))),
    ("Contract", True, migrations.RemoveField(LARGE, "old")),
    ("Contract", True, migrations.DeleteModel("Course")),
    ("Contract", True, migrations.RemoveConstraint(LARGE, "size_sane")),
]


@pytest.mark.parametrize(("phase", "atomic", "operation"), ACCEPTED)
def test_what_locks_nothing_for_long_is_let_through(
    phase: str, atomic: bool, operation: Operation
) -> None:
    if isinstance(operation, migrations.RemoveConstraint):
        operation.state_forwards = lambda *_: None  # type: ignore[method-assign]
    assert told(operation, says=f"{phase}: a test.", atomic=atomic) == []


def test_an_index_is_dropped_online() -> None:
    assert (
        told(AddIndexOnline(LARGE, INDEX), RemoveIndexOnline(LARGE, "by_size"), atomic=False) == []
    )


def test_rows_are_changed_in_batches_in_a_migration_that_says_so() -> None:
    problems = told(migrations.RunPython(NOTHING))
    assert len(problems) == 2
    assert "runs Python, which belongs into a migration that says Backfill" in problems[0]
    assert "changes rows in one transaction; use aliquot.infra.schema.in_batches" in problems[1]


@pytest.mark.parametrize("says", ["", "Adds a column.", "Generated by Django", "expand: small"])
def test_a_migration_says_what_it_is(says: str) -> None:
    assert told(says=says) == [
        "catalog 0009: its docstring must begin with Expand, Backfill or Contract."
    ]


def test_our_own_migrations_since_the_first_release_lock_nothing() -> None:
    assert our_problems() == []


def test_the_small_tables_and_the_first_schema_exist() -> None:
    from django.apps import apps

    for app, models_of in SMALL.items():
        for name in models_of:
            assert apps.get_model(app, name)
    assert ("learning", "0001_initial") in first_schema()
