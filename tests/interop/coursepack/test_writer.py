"""Canonical files: what is written reads back as the same content, and writes the same bytes."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aliquot.catalog.rules import content_hash
from aliquot.interop.coursepack import writer
from aliquot.interop.coursepack.positions import read_yaml
from tests.factories.courses import course_pack, read

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("code", ["HEM-101", "SAF-101"])
def test_a_course_written_and_read_again_is_the_same_to_the_byte(tmp_path: Path, code: str) -> None:
    first = read(ROOT / "courses" / code).pack
    assert first is not None
    files = writer.course_files(first)
    writer.write_files(files, tmp_path / "first")
    second = read(tmp_path / "first").pack
    assert second is not None
    assert content_hash(second) == content_hash(first)
    assert second.proposals == first.proposals
    assert second == first
    assert writer.course_files(second) == files


VISIBLE = st.characters(
    categories=("L", "N", "P", "S", "Zs"), max_codepoint=0xFFFF, exclude_characters="\u200e\u200f"
)
LINES = st.lists(st.text(VISIBLE, max_size=60), min_size=1, max_size=4).map("\n".join)


def as_kept(text: str) -> str:
    """Text as the reader gives it: no white space around it or before a line's end."""
    return "\n".join(line.rstrip() for line in text.strip().split("\n")).strip()


@settings(max_examples=150)
@given(st.lists(LINES.filter(lambda text: as_kept(text) != ""), min_size=1, max_size=4))
def test_any_text_survives_the_yaml_we_write(texts: list[str]) -> None:
    data = {"list": texts, "map": {f"key-{n}": text for n, text in enumerate(texts)}}
    read_back = read_yaml(writer._yaml(data).decode()).data
    if "\n" in "".join(texts):
        texts = [as_kept(text) if "\n" in text else text.strip() for text in texts]
    assert read_back["list"] == [text.strip() for text in texts]


@pytest.mark.parametrize(
    "text",
    ["1", "1.25", "true", "null", "~", "no", "0x1F", "1e3", "007", "-", "- a", "a: b", "a #b", "#a",
     "'", '"', "{a}", "[a]", "*a", "&a", "!a", "%a", "@a", "`a", "? a", "| a", "> a", "2026-11-23",
     "=", "<<", ".5", "5.", "+1", "  spaced  out  ", "é 10⁹/L µ", "a\n\n  b\nc", "trail  \nx"],
)  # fmt: skip
def test_text_that_looks_like_something_else_stays_text(text: str) -> None:
    assert read_yaml(writer._yaml({"a": text}).decode()).data == {"a": as_kept(text)}


def test_nothing_is_written_over_and_nothing_is_left_after_a_failure(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    with pytest.raises(writer.FolderTakenError, match="exists; accepted: the name of a new folder"):
        writer.write_files({"course.yaml": b"x"}, tmp_path / "taken")
    with pytest.raises(OSError):  # noqa: PT011
        writer.write_files({"course.yaml": b"x", "a" * 300: b"x"}, tmp_path / "new")
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


def test_the_hash_follows_the_content_and_not_its_spelling(tmp_path: Path) -> None:
    pack = course_pack(tmp_path)
    assert content_hash(pack) == content_hash(
        replace(pack, proposals=replace(pack.proposals, is_free=True, availability="open"))
    )
    assert content_hash(pack) != content_hash(replace(pack, title="Another title"))
    changed = replace(pack.questions[1], spec={**pack.questions[1].spec, "shuffle": False})
    assert content_hash(pack) != content_hash(
        replace(pack, questions=(pack.questions[0], changed, pack.questions[2]))
    )
    figure = replace(pack.figures[0], sha256="0" * 64)
    assert content_hash(pack) != content_hash(replace(pack, figures=(figure,)))


def scrambled(value: object) -> object:
    if isinstance(value, dict):
        return {name: scrambled(value[name]) for name in reversed(value)}
    return [scrambled(each) for each in value] if isinstance(value, list) else value


def test_a_database_that_shuffles_keys_changes_no_byte(tmp_path: Path) -> None:
    pack = course_pack(tmp_path)
    questions = tuple(replace(each, spec=scrambled(each.spec)) for each in pack.questions)  # type: ignore[arg-type]
    assert [list(each.spec) for each in questions] != [list(each.spec) for each in pack.questions]
    shuffled = replace(pack, questions=questions)
    assert writer.course_files(shuffled) == writer.course_files(pack)
    assert content_hash(shuffled) == content_hash(pack)
