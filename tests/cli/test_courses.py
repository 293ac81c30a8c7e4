import os
import subprocess
import sys
from pathlib import Path

import pytest

from aliquot.catalog.models import Course, CourseVersion
from aliquot.cli.courses import run
from tests.factories.courses import OPEN, course_folder

ROOT = Path(__file__).parents[2]


def test_check_and_new_need_neither_settings_nor_django(tmp_path: Path) -> None:
    program = (
        "import sys; from aliquot.cli.main import main; "
        "codes = [main(['courses', 'new', 'TST-101', sys.argv[1]]), "
        "main(['courses', 'check', sys.argv[1]])]; "
        "sys.exit(repr((codes, 'django' in sys.modules)))"
    )
    environment = {
        name: value for name, value in os.environ.items()
        if not name.startswith(("ALIQUOT_", "DJANGO_", "DATABASE_"))
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "TST-101")],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stderr.strip() == "([0, 0], False)"
    assert "TST-101: 0.25 contact hours awarded, 0 computed from 3.55 minutes" in done.stdout


def test_check_reports_every_problem_and_exits_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = course_folder(tmp_path, ("course.yaml", "level: basic", "level: easy"))
    good = course_folder(tmp_path / "good", code="TST-102")
    assert run(["check", str(bad), str(good)]) == 2
    out = capsys.readouterr().out
    assert f"{bad}/course.yaml:12: level is the text 'easy'; accepted: basic" in out
    assert out.endswith("2 courses read, 1 error, 2 warnings.\n")


def test_a_folder_of_courses_stands_for_the_courses_in_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    course_folder(tmp_path, code="TST-101")
    course_folder(tmp_path, code="TST-102")
    assert run(["check", str(tmp_path)]) == 0
    assert capsys.readouterr().out.endswith("2 courses read, 0 errors, 2 warnings.\n")


def test_two_folders_with_one_code_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = course_folder(tmp_path / "a")
    second = course_folder(tmp_path / "b")
    assert run(["check", str(first), str(second)]) == 2
    assert (
        f"{second}/course.yaml:4: code TST-101 is also the code of {first}; accepted: one folder"
        in capsys.readouterr().out
    )


def test_what_is_no_course_is_refused_without_a_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["check", str(tmp_path / "nowhere")]) == 2
    assert "is no folder; accepted: a course folder with a course.yaml" in capsys.readouterr().out


@pytest.mark.parametrize("code", ["ab", "hem-101", "-HEM", "A" * 21, "../X", "A B"])
def test_new_refuses_a_code_that_is_none(
    code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["new", "--", code, str(tmp_path / "x")]) == 2
    assert "accepted: A-Z 0-9 and -, 3 to 20 characters" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_setting_that_is_no_number_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ALIQUOT_HOURS_ROUNDING_STEP", "quarter")
    assert run(["check", "courses"]) == 2
    assert "ALIQUOT_HOURS_ROUNDING_STEP is 'quarter'" in capsys.readouterr().err


@pytest.mark.django_db
def test_import_publishes_all_or_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = course_folder(tmp_path, OPEN)
    bad = course_folder(tmp_path, ("course.yaml", "level: basic", "level: easy"), code="TST-102")
    assert run(["import", str(good), str(bad)]) == 2
    assert capsys.readouterr().out.endswith("Nothing was imported.\n")
    assert Course.objects.count() == 0
    assert run(["import", str(good)]) == 0
    assert capsys.readouterr().out.endswith("TST-101: published version 1\n")
    assert run(["import", str(good)]) == 0
    assert capsys.readouterr().out.endswith("TST-101: unchanged since version 1\n")


@pytest.mark.django_db
def test_what_the_database_refuses_is_reported_with_its_line_and_nothing_is_imported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = course_folder(tmp_path, OPEN)
    assert run(["import", str(folder)]) == 0
    changed = course_folder(
        tmp_path / "b", OPEN, ("course.yaml", "title: A Working Title", "title: Another")
    )
    new = course_folder(tmp_path / "c", code="TST-102")
    capsys.readouterr()
    assert run(["import", str(new), str(changed)]) == 2
    assert (
        f"{changed}/course.yaml:14: the content differs from version 1, but what_changed does not; "
        "accepted: a text that says what changed"
    ) in capsys.readouterr().out
    assert CourseVersion.objects.count() == 1


@pytest.mark.django_db
def test_proposals_that_differ_later_are_listed_and_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["import", str(course_folder(tmp_path, OPEN))])
    capsys.readouterr()
    assert run(["import", str(course_folder(tmp_path / "b"))]) == 0
    assert capsys.readouterr().out.endswith(
        "TST-101: unchanged since version 1\nTST-101: availability: hidden proposed, open stays\n"
    )
    assert Course.objects.get().availability == "open"


@pytest.mark.django_db
def test_import_export_import_is_identical_and_so_is_a_second_export(tmp_path: Path) -> None:
    assert run(["import", str(ROOT / "courses")]) == 0
    for code in ("HEM-101", "SAF-101"):
        assert run(["export", code, str(tmp_path / "first" / code)]) == 0
    hashes = set(CourseVersion.objects.values_list("content_hash", flat=True))
    assert run(["import", str(tmp_path / "first")]) == 0
    assert set(CourseVersion.objects.values_list("content_hash", flat=True)) == hashes
    for code in ("HEM-101", "SAF-101"):
        assert run(["export", code, str(tmp_path / "second" / code)]) == 0
    first, second = (
        {
            path.relative_to(tmp_path / name): path.read_bytes()
            for path in (tmp_path / name).rglob("*.*")
        }
        for name in ("first", "second")
    )
    assert len(first) > 40
    assert first == second


@pytest.mark.django_db
def test_export_refuses_an_unknown_code_and_a_taken_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["export", "NONE-1", str(tmp_path / "x")]) == 2
    assert "course 'NONE-1' is not published" in capsys.readouterr().err
    folder = course_folder(tmp_path, OPEN)
    run(["import", str(folder)])
    assert run(["export", "TST-101", str(folder)]) == 2
    assert "exists; accepted: the name of a new folder" in capsys.readouterr().err
