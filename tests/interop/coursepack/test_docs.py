"""The examples of docs/course-format.md are one course, and the check accepts it."""

import re
from pathlib import Path

from aliquot.cli.courses import _parser
from aliquot.interop.coursepack.skeleton import skeleton_files
from tests.factories.courses import TODAY, read

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs/course-format.md").read_text()


def examples() -> dict[str, str]:
    found = re.findall(r"<!-- run: (\S+) -->\n```\w+\n(.*?)\n```", PAGE, re.DOTALL)
    return {path: f"{text}\n" for path, text in found}


def test_the_examples_are_a_course_that_the_check_accepts(tmp_path: Path) -> None:
    files = examples()
    assert sorted(files) == [
        "course.yaml",
        "figures/reading-area.yaml",
        "pages/making-a-smear.md",
        "questions/all-kinds.yaml",
    ]
    drawing = skeleton_files("X-1", today=TODAY)["figures/example.svg"].decode()
    for path, text in {**files, "figures/reading-area.svg": drawing}.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
    reading = read(tmp_path)
    assert reading.errors == []
    assert reading.pack is not None
    assert len({question.kind for question in reading.pack.questions}) == 6


def test_an_example_with_an_error_would_be_noticed(tmp_path: Path) -> None:
    for path, text in examples().items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text.replace("(term:feathered-edge)", "(term:edge)"))
    assert any("glossary term 'edge'" in each.message for each in read(tmp_path).errors)


def test_every_command_stands_in_the_docs() -> None:
    docs = PAGE + (ROOT / "docs/authoring.md").read_text()
    deeds = next(action.choices for action in _parser()._actions if action.dest == "deed")
    assert deeds is not None
    for deed in deeds:
        assert f"aliquot courses {deed}" in docs, deed


def test_every_hours_setting_stands_in_the_docs() -> None:
    from aliquot.catalog.facts import HoursSettings

    page = (ROOT / "docs/rules/contact-hours.md").read_text()
    for name in HoursSettings.__dataclass_fields__:
        assert f"`ALIQUOT_HOURS_{name.upper()}`" in page
