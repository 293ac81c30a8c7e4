"""Refuse migrations that would lock a large table while people work; ``make check`` runs it.

Judged are the migrations after the first released schema (``tests/infra/schema/first_schema.txt``).
The first word of each one's docstring says what it is: Expand (adds what the running release does
not know), Backfill (fills it in batches) or Contract (removes what no running release uses).
docs/migrations.md has the rules and what to write instead.
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db import migrations, models
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from aliquot.infra.schema import ValidateOnline  # noqa: E402

FIRST_SCHEMA = ROOT / "tests" / "infra" / "schema" / "first_schema.txt"
PHASES = ("Expand", "Backfill", "Contract")
# Tables that stay small however many people come; every other one is taken to be large.
SMALL = {
    "accounts": {"StaffRole"},
    "catalog": {
        "Provider",
        "Accreditor",
        "Course",
        "CourseVersion",
        "SubjectHours",
        "Objective",
        "Contributor",
        "Page",
        "Figure",
        "Approval",
        "SearchText",
    },
    "assessment": {"Question"},
    "credentials": {"PackRevision"},
    "commerce": {"Product", "Price", "ShopSettings", "NumberSeries", "TaxRate", "Voucher"},
    "infra": {"AuditBlock", "Generation", "ScheduledRun", "PolicyReport", "UpkeepRun"},
}
# What may differ between two definitions of a column without the table being read or rewritten.
HARMLESS = {
    "choices",
    "help_text",
    "verbose_name",
    "default",
    "db_default",
    "blank",
    "validators",
    "related_name",
    "on_delete",
    "editable",
    "encoder",
    "limit_choices_to",
}
CONTRACTING = (migrations.RemoveField, migrations.DeleteModel)
RENAMING = (migrations.RenameField, migrations.RenameModel, migrations.AlterModelTable)


def judge(
    operation: Operation, *, app: str, state: ProjectState, phase: str, is_atomic: bool
) -> Iterator[str]:
    """What is wrong with one operation on the schema ``state``, a sentence each."""
    if isinstance(operation, migrations.SeparateDatabaseAndState):
        for inner in operation.database_operations:
            yield from judge(inner, app=app, state=state, phase=phase, is_atomic=is_atomic)
        return
    if isinstance(operation, RENAMING):
        yield "renames, which breaks the release that still serves; add the new one, then remove"
    if isinstance(operation, CONTRACTING) and phase != "Contract":
        yield "removes, which belongs into a migration that says Contract"
    if isinstance(operation, migrations.RunPython | migrations.RunSQL):
        yield from _work(operation, phase)
    if is_large(app, table_of(operation)):
        yield from _locks(operation, app=app, state=state, is_atomic=is_atomic)


def is_large(app: str, model: str) -> bool:
    """Whether the table of a model grows with the people."""
    return bool(model) and model.lower() not in {name.lower() for name in SMALL.get(app, ())}


def table_of(operation: Operation) -> str:
    """The model whose existing table an operation changes; ``""`` if none."""
    if isinstance(operation, migrations.CreateModel | migrations.DeleteModel):
        return ""
    if isinstance(operation, migrations.AlterUniqueTogether | migrations.AlterIndexTogether):
        return str(operation.name)
    return str(getattr(operation, "model_name", "") or "")


def _work(operation: Operation, phase: str) -> Iterator[str]:
    if isinstance(operation, migrations.RunSQL):
        if not operation.hints.get("locks"):
            yield "runs SQL; say in hints={'locks': '…'} what it locks, and for how long"
        return
    if phase != "Backfill":
        yield "runs Python, which belongs into a migration that says Backfill"
    if not getattr(operation.code, "is_batched", False):
        yield "changes rows in one transaction; use aliquot.infra.schema.in_batches"


def _locks(
    operation: Operation, *, app: str, state: ProjectState, is_atomic: bool
) -> Iterator[str]:
    if isinstance(operation, migrations.AddIndex | migrations.RemoveIndex):
        if not getattr(operation, "is_online", False):
            yield "locks a large table; use AddIndexOnline or RemoveIndexOnline of infra.schema"
        elif is_atomic:
            yield "cannot go without a lock inside a transaction; set atomic = False"
    elif isinstance(operation, migrations.AddConstraint):
        if not getattr(operation, "is_online", False):
            yield "reads a large table under a lock; use AddCheckOnline or AddUniqueOnline"
        elif is_atomic and isinstance(operation.constraint, models.UniqueConstraint):
            yield "cannot go without a lock inside a transaction; set atomic = False"
    elif isinstance(operation, ValidateOnline) and is_atomic:
        yield "reads the table under the lock of what went before; set atomic = False"
    elif isinstance(operation, migrations.AlterUniqueTogether | migrations.AlterIndexTogether):
        yield "locks a large table; use AddUniqueOnline or AddIndexOnline"
    elif isinstance(operation, migrations.AddField):
        yield from _added(operation.field)
    elif isinstance(operation, migrations.AlterField):
        before = state.models[app, operation.model_name_lower].fields[operation.name]
        yield from _altered(before, operation.field)


def _added(field: Any) -> Iterator[str]:
    if field.many_to_many:
        return
    if not field.null and not field.has_db_default():
        yield "adds a column that is not null and has no db_default; the running release fails"
    if field.db_index or field.unique:
        yield "makes an index with the column; db_index=False, then AddIndexOnline"
    if field.remote_field and getattr(field, "db_constraint", False):
        yield "makes a foreign key that is checked at once; db_constraint=False at first"


def _altered(before: Any, after: Any) -> Iterator[str]:
    _, old_kind, _, old = before.deconstruct()
    _, new_kind, _, new = after.deconstruct()
    if old_kind != new_kind:
        yield f"turns {old_kind} into {new_kind}; add a new column, fill it, then remove"
        return
    for key in sorted(old.keys() | new.keys()):
        if key in HARMLESS or old.get(key) == new.get(key):
            continue
        is_wider = key == "max_length" and (new.get(key) or 1 << 31) > (old.get(key) or 1 << 31)
        if is_wider or (key == "null" and new.get("null")):
            continue
        yield f"changes {key}, which reads or rewrites a large table; expand, backfill, contract"


def problems_of(name: str, migration: Any, module_docstring: str | None, state: Any) -> list[str]:
    """What is wrong with one migration; ``state`` is the schema before it, and is moved on."""
    phase = (module_docstring or migration.__doc__ or "").strip().split(":")[0].split(" ")[0]
    found = []
    if phase not in PHASES:
        found.append(f"{name}: its docstring must begin with Expand, Backfill or Contract.")
    for operation in migration.operations:
        wrong = judge(
            operation,
            app=migration.app_label,
            state=state,
            phase=phase,
            is_atomic=migration.atomic,
        )
        described = operation.describe()
        found += [f"{name}: “{described}” {words}." for words in wrong]
        operation.state_forwards(migration.app_label, state)
    return found


def first_schema() -> set[tuple[str, str]]:
    """The migrations of the first release, as recorded."""
    lines = FIRST_SCHEMA.read_text(encoding="utf-8").splitlines()
    return {tuple(line.split()) for line in lines if line and not line.startswith("#")}  # type: ignore[misc]


def our_problems() -> list[str]:
    """What is wrong with the migrations since the first release."""
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(None, ignore_no_migrations=True)
    known = first_schema()
    found: list[str] = []
    for key in loader.graph._generate_plan(loader.graph.leaf_nodes(), at_end=True):
        migration = loader.disk_migrations[key]
        module = sys.modules[type(migration).__module__]
        if key in known or not type(migration).__module__.startswith("aliquot."):
            continue
        state = loader.project_state(key, at_end=False)
        found += problems_of(f"{key[0]} {key[1]}", migration, module.__doc__, state)
    return found


def main() -> int:
    """Print what is wrong; 1 if anything is."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aliquot.settings")
    import django

    django.setup()
    found = our_problems()
    for sentence in found:
        print(sentence)
    print(f"Migrations since the first schema: {len(found)} problems (docs/migrations.md).")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
