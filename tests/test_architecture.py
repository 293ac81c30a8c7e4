"""What import-linter cannot see: foreign keys, writers of rows, budgets, file names.

Each check runs over the real tree and over a wrong sample of its own, so that it is seen to fail.
"""

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.utils.module_loading import import_string

ROOT = Path(__file__).resolve().parent.parent
RUNGS = [
    "infra",
    "accounts",
    "catalog",
    "assessment",
    "learning",
    "ledger",
    "certificates",
    "credentials",
    "groups",
    "commerce",
]
WRITES = {
    "create", "bulk_create", "update", "bulk_update", "delete", "save", "get_or_create",
    "update_or_create", "aupdate", "acreate", "create_user",
}  # fmt: skip
WRITERS = ("services.py", "/services/", "aliquot/flows/", "aliquot/demo/", "aliquot/infra/")
FILE_BUDGET, FUNCTION_BUDGET, TEMPLATE_BUDGET = 500, 60, 150


def tracked(*patterns: str) -> list[Path]:
    """Files of the checkout, also the ones not yet committed."""
    out = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *patterns],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    return [ROOT / line for line in out.splitlines() if (ROOT / line).is_file()]


def test_foreign_keys_point_down_the_ladder() -> None:
    upward = []
    for model in apps.get_models():
        if not model.__module__.startswith("aliquot."):
            continue
        rung = RUNGS.index(model._meta.app_label)
        for field in model._meta.get_fields():
            if field.is_relation and field.concrete and field.related_model is not None:
                target = field.related_model._meta.app_label
                if target in RUNGS and RUNGS.index(target) > rung:
                    upward.append(f"{model._meta.label}.{field.name} -> {target}")
    assert upward == []


def writes_in(source: str) -> Iterator[tuple[int, str]]:
    """Calls in Python source that write rows through a manager, a queryset or an instance."""
    for node in ast.walk(ast.parse(source)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        name = node.func.attr
        owner = ast.unparse(node.func.value)
        if owner == "rows" and name in {"insert", "insert_all", "change"}:
            yield node.lineno, ast.unparse(node.func)
        if name not in WRITES:
            continue
        through_manager = ".objects" in owner or "_set" in owner or "select_for_update" in owner
        in_bulk = name in {"bulk_create", "get_or_create", "update_or_create"}
        on_row = name == "save" and not node.args and owner not in {"form", "self", "super()"}
        if through_manager or in_bulk or on_row:
            yield node.lineno, ast.unparse(node.func)


def test_rows_are_written_only_by_services_flows_and_demo() -> None:
    wrong = []
    for path in tracked("aliquot/*.py"):
        relative = path.relative_to(ROOT).as_posix()
        if any(part in relative for part in (*WRITERS, "/migrations/", "/adapters/")):
            continue
        wrong += [f"{relative}:{line}: {call}" for line, call in writes_in(path.read_text())]
    assert wrong == []


@pytest.mark.parametrize(
    "source",
    [
        "Course.objects.create(code='X')",
        "Course.objects.filter(pk=1).update(code='X')",
        "course.save()",
        "rows.insert(Course(code='X'))",
        "course.save(update_fields=['code'])",
        "person.license_numbers_set.all().delete()",
    ],
)
def test_a_write_outside_is_noticed(source: str) -> None:
    assert len(list(writes_in(source))) == 1


def long_functions(source: str) -> Iterator[str]:
    """Functions over the budget."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > FUNCTION_BUDGET:
                yield f"{node.lineno} {node.name}: {length} lines"


def test_files_functions_and_templates_keep_their_budgets() -> None:
    over = []
    for path in tracked("*.py"):
        if "/migrations/" in path.as_posix():
            continue
        source = path.read_text()
        relative = path.relative_to(ROOT).as_posix()
        if source.count("\n") > FILE_BUDGET:
            over.append(f"{relative}: {source.count(chr(10))} lines")
        over += [f"{relative}:{line}" for line in long_functions(source)]
    for path in tracked("*.html"):
        lines = path.read_text().count("\n")
        if lines > TEMPLATE_BUDGET:
            over.append(f"{path.relative_to(ROOT)}: {lines} lines")
    assert over == []


def test_a_long_function_is_noticed() -> None:
    source = "def long():\n" + "    pass\n" * FUNCTION_BUDGET
    assert list(long_functions(source)) == [f"1 long: {FUNCTION_BUDGET + 1} lines"]


def test_every_job_of_the_schedule_is_there() -> None:
    assert all(callable(import_string(path).enqueue) for path, _ in settings.SCHEDULE.values())


def test_no_room_has_a_junk_drawer() -> None:
    names = {path.name for path in tracked("aliquot/*.py")}
    assert names & {"utils.py", "helpers.py", "common.py", "misc.py"} == set()


def test_tests_mirror_the_rooms() -> None:
    rooms = {path.name for path in (ROOT / "aliquot").iterdir() if path.is_dir()}
    extra = {"browser", "factories", "fakes", "__pycache__"}
    folders = {path.name for path in (ROOT / "tests").iterdir() if path.is_dir()}
    assert folders - rooms - extra == set()


def test_no_lock_records_a_download_address() -> None:
    names = {path.name for path in tracked("*.lock", "*.toml")}
    assert not names & {"uv.lock", "poetry.lock", "pylock.toml"}
    for path in tracked("*.lock"):
        assert "://" not in path.read_text()
