"""``aliquot packs check``: everything that is wrong at once, and no figure changes in silence."""

import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from aliquot.cli.main import main
from aliquot.credentials import data
from aliquot.credentials.data import Library
from aliquot.credentials.data.checking import SHIPPED, check, record
from aliquot.credentials.facts import Activity, CredentialHeld, Part
from aliquot.credentials.rules import judge_credential

INVENTED = """\
schema: 1
id: lic_zz
title: Laboratory license of an invented state
letters: Invented license
body: TN-MLB
kind: license
unit: hours
last_verified: 2026-11-23
participation: {mandatory_from: always, sources: [Z1]}
cycle:
  years: 2
  ends: {on: "03-31", years: odd}
rule_sets:
  - what_changed: "What is known today: 20 hours, 3 of them in quality."
    total: 20
    minima:
      - {id: quality, points: 3, any_of: [quality]}
    remainder: 17
    remainder_areas: any
    sources: [Z1]
    confirmed: partial
"""
SOURCES = 'Z1: {where: "an invented page", dated: "2026-11-01"}\n'
LOG = "changes:\n  - {released: 2027-01-15, what: Quality goes from 3 to 4 hours.}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one invented pack, its source beside it, and no record."""
    packs = tmp_path / "packs"
    packs.mkdir()
    (packs / "lic_zz.yaml").write_text(INVENTED)
    (tmp_path / "sources.yaml").write_text(SOURCES)
    return packs


def rewrite(folder: Path, *changes: tuple[str, str], add: str = "") -> None:
    text = (folder / "lic_zz.yaml").read_text()
    for before, after in changes:
        assert text.count(before) == 1
        text = text.replace(before, after)
    (folder / "lic_zz.yaml").write_text(text + add)


def problems(folder: Path) -> list[str]:
    """The problems, without the folder's own place."""
    return [line.removeprefix(f"{folder}/") for line in check([folder]).problems]


def test_nothing_is_wrong_with_the_packs_that_ship_and_all_are_recorded() -> None:
    checked = check()
    assert checked.problems == []
    assert checked.packs == len(data.shipped().ids) == len(checked.rows)


def test_an_invented_credential_is_one_file_and_is_judged_at_once(folder: Path) -> None:
    assert problems(folder) == []
    pack = Library(folder, sources=folder.parent / "sources.yaml").pack("lic_zz")
    held = CredentialHeld(pack, date(2027, 3, 31))
    done = Activity("a", date(2026, 3, 2), "ceu", (Part(Decimal("0.4"), ("quality",)),))
    verdict = judge_credential(held, activities=[done], as_of=date(2026, 11, 23))
    assert [(row.requirement, row.amount) for row in verdict.allocations] == [
        ("quality", Decimal(3)),
        ("remainder", Decimal(1)),
    ]
    assert (verdict.needed, verdict.missing) == (Decimal(20), Decimal(16))


def test_everything_wrong_is_told_at_once_with_file_and_line(folder: Path) -> None:
    rewrite(
        folder,
        ("unit: hours", "unit: credits\ncolor: red"),
        ("kind: license\n", ""),
        ("total: 20", "total: -1"),
        ("any_of: [quality]", "any_of: [quality, sleep]"),
        ("confirmed: partial", "confirmed: sure"),
    )
    areas = ", ".join(pack_areas())
    assert problems(folder) == [
        "lic_zz.yaml:1: file: kind is missing",
        "lic_zz.yaml:1: file: unknown keys: color",
        "lic_zz.yaml:6: unit: 'credits': accepted: points, hours",
        "lic_zz.yaml:15: rule_sets[0].total: -1: accepted: 0 or above, at most two decimals",
        (f"lic_zz.yaml:17: rule_sets[0].minima[0].any_of: ['quality', 'sleep']: accepted: {areas}"),
        "lic_zz.yaml:21: rule_sets[0].confirmed: 'sure': accepted: yes, partial, no",
    ]


def pack_areas() -> list[str]:
    return list(data.pack("ascp_mls").area_titles)


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        ("total: 20", "total: 21", "14: rule_sets[0]: minima and remainder do not add up"),
        ("years: 2", "years: 0", "11: cycle.years: 0: accepted: 1 or more, or null"),
        ("any_of: [quality]", "any_of: []", "17: rule_sets[0].minima[0].any_of: []: accepted: at"),
        ("remainder_areas: any", "remainder_areas: []", "19: rule_sets[0].remainder_areas: []"),
        ("body: TN-MLB", "body: ZZ", "5: body: 'ZZ': accepted: ASCP, AMT"),
        ("sources: [Z1]}", "sources: [S1]}", "9: participation.sources: ['S1']: accepted: Z1"),
        ('on: "03-31"', 'on: "02-30"', "12: cycle.ends.on: '02-30': day"),
        ("id: lic_zz", "id: lic_zy", "2: id: 'lic_zy': accepted: lic_zz"),
        ("unit: hours", "unit: hours\nunit: hours", '8: found duplicate key "unit"'),
        ("[quality]", "[quality", "17: expected"),
        ("rule_sets:\n", "rule_sets: none\nx:\n", "13: rule_sets: 'none': accepted: a list"),
        ("cycle:\n", "cycle: 2\nx:\n", "10: cycle: accepted: a mapping"),
        (
            "unit: hours",
            "unit: hours\nexcluded: [quality]",
            "18: rule_sets[0].minima[0].any_of: accepted: an area that is not among the excluded",
        ),
        (
            "unit: hours",
            "unit: hours\ncaps: [{kinds: [ceu], fraction_of_total: 1/0, sources: [Z1]}]",
            "8: caps[0].fraction_of_total: '1/0'",
        ),
        (
            "  - what_changed",
            "  - renewals_from: 2027-01-01\n    renewals_to: 2026-01-01\n    what_changed",
            "14: rule_sets[0]: accepted: renewals_from before renewals_to",
        ),
    ],
)
def test_a_mistake_is_told_by_its_line(folder: Path, before: str, after: str, problem: str) -> None:
    rewrite(folder, (before, after))
    found = problems(folder)
    assert found
    assert any(line.startswith(f"lic_zz.yaml:{problem}") for line in found), found


@pytest.mark.parametrize("content", [b"", b"- 1", b"\xff\xfe", b"a: &a [*a]", b"\x00", b"{" * 1000])
def test_what_is_no_pack_at_all_is_told_and_raises_nothing(folder: Path, content: bytes) -> None:
    (folder / "lic_zz.yaml").write_bytes(content)
    assert problems(folder)


def test_a_source_that_cannot_be_read_is_told_too(folder: Path) -> None:
    (folder.parent / "sources.yaml").write_text("Z1: {where: a page}\nZ2: 5\n")
    assert check([folder]).problems[:2] == [
        f"{folder.parent}/sources.yaml:1: Z1: dated is missing",
        f"{folder.parent}/sources.yaml:2: Z2: accepted: a mapping",
    ]


def test_a_figure_does_not_change_in_silence(folder: Path) -> None:
    assert record(folder).problems == []
    rewrite(folder, ("points: 3", "points: 4"), ("remainder: 17", "remainder: 16"))
    refused = (
        "lic_zz.yaml:1: changes: the rules differ from those recorded; accepted: a new line on "
        "top that says what changed, such as {released: 2027-01-15, what: Ethics joins with 1 "
        "point.}"
    )
    assert problems(folder) == [refused]
    kept = (folder.parent / "packs.lock").read_text()
    assert [line.removeprefix(f"{folder}/") for line in record(folder).problems] == [refused]
    assert (folder.parent / "packs.lock").read_text() == kept

    rewrite(folder, add=LOG)
    assert problems(folder) == ["lic_zz.yaml:1: file: is not recorded; run: aliquot packs record"]
    assert record(folder).problems == []
    assert problems(folder) == []
    pack = Library(folder, sources=folder.parent / "sources.yaml").pack("lic_zz")
    assert [change.what for change in pack.changes] == ["Quality goes from 3 to 4 hours."]


def test_one_new_line_does_not_serve_two_changes(folder: Path) -> None:
    rewrite(folder, add=LOG)
    record(folder)
    rewrite(folder, ("points: 3", "points: 4"), ("remainder: 17", "remainder: 16"))
    assert "the rules differ from those recorded" in problems(folder)[0]


@pytest.mark.parametrize("log", ["", LOG.replace("Quality", "Ethics"), LOG.replace("15", "16")])
def test_what_was_recorded_in_the_log_stays_as_it_was(folder: Path, log: str) -> None:
    rewrite(folder, add=LOG)
    record(folder)
    (folder / "lic_zz.yaml").write_text(INVENTED + log)
    (line,) = problems(folder)
    assert line.endswith("changes: accepted: the 1 recorded lines unchanged, new on top")


def test_a_reading_of_the_same_figures_needs_no_line(folder: Path) -> None:
    record(folder)
    rewrite(folder, ("last_verified: 2026-11-23", "last_verified: 2027-05-01  # read again"))
    assert problems(folder) == []


def test_a_new_pack_is_recorded_and_a_lost_one_is_missed(folder: Path) -> None:
    record(folder)
    (folder / "lic_zy.yaml").write_text(INVENTED.replace("lic_zz", "lic_zy"))
    assert problems(folder) == ["lic_zy.yaml:1: file: is not recorded; run: aliquot packs record"]
    record(folder)
    (folder / "lic_zz.yaml").unlink()
    assert problems(folder) == [
        "lic_zz.yaml:1: is recorded, but its file is gone; accepted: a pack stays, for old cycles"
    ]


def test_a_record_edited_by_hand_is_refused(folder: Path) -> None:
    (folder.parent / "packs.lock").write_text("lic_zz: {meaning: 5}\n")
    assert check([folder]).problems == [
        f"{folder.parent}/packs.lock:1: lic_zz.meaning: 5: accepted: a text",
        f"{folder.parent}/packs.lock:1: lic_zz: changes is missing",
        f"{folder.parent}/packs.lock:1: lic_zz: log is missing",
    ]


def test_the_command_says_what_it_found(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = folder / "lic_zz.yaml"
    assert main(["packs", "check", str(file)]) == 0
    assert capsys.readouterr() == ("1 packs: nothing is wrong.\n", "")
    assert main(["packs", "record", str(folder)]) == 0
    assert capsys.readouterr() == ("1 packs recorded.\n", "")
    rewrite(folder, ("total: 20", "total: x"))
    assert main(["packs", "check", str(folder)]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith(f"{file}:15: rule_sets[0].total: 'x': ")


@pytest.mark.parametrize("argv", [[], ["x"], ["check", "-f"], ["record", "a", "b"]])
def test_the_command_refuses_what_it_does_not_know(
    argv: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["packs", *argv]) == 2
    assert capsys.readouterr().err.startswith("usage: aliquot packs")


@pytest.mark.parametrize("path", ["nowhere.yaml", "nowhere"])
def test_a_place_that_is_not_there_is_told(
    tmp_path: Path, path: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["packs", "check", str(tmp_path / path)]) == 2
    assert "cannot be read: No such file or directory" in capsys.readouterr().err


def test_a_copy_of_the_shipped_folder_is_checked_against_its_own_record(tmp_path: Path) -> None:
    shutil.copytree(SHIPPED.parent, tmp_path / "data")
    mls = tmp_path / "data" / "packs" / "ascp_mls.yaml"
    mls.write_text(
        mls.read_text().replace("points: 2, any_of: [chemistry]", "points: 3, any_of: [chemistry]")
    )
    found = check([tmp_path / "data" / "packs"]).problems
    assert [line.split(": ", 2)[1:] for line in found] == [
        ["rule_sets[0]", "minima and remainder do not add up to the total"],
        ["rule_sets[1]", "minima and remainder do not add up to the total"],
    ]
