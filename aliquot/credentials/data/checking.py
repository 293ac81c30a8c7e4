"""Checking rule packs before they are released: everything that is wrong, with file and line."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aliquot.credentials.data import digest_of, shipped
from aliquot.credentials.data.bodies import bodies, parse_bodies
from aliquot.credentials.data.lines import Located, read_located
from aliquot.credentials.data.parsing import parse_pack, parse_source
from aliquot.credentials.data.record import Row, beside, read_record, row_of, unexplained, written
from aliquot.credentials.errors import Fault, PackError
from aliquot.credentials.facts import Source

SHIPPED = Path(__file__).parent / "packs"


@dataclass(slots=True)
class Checked:
    """What was looked at, and every problem as one line. ``rows`` are fit for a record."""

    problems: list[str] = field(default_factory=list)
    packs: int = 0
    rows: dict[str, Row] = field(default_factory=dict)


def check(paths: Iterable[Path] = (), *, is_recording: bool = False) -> Checked:
    """Check the packs in these folders and files; without any, those that ship.

    Packs of a folder are compared with the record beside it, if there is one, and their sources
    are those of ``sources.yaml`` beside it, else of the shipped registry. ``is_recording``: a pack
    may differ from the record, as long as its log says so.
    """
    checked = Checked()
    for path in list(paths) or [SHIPPED]:
        if path.is_dir():
            _check_folder(path, sorted(path.glob("*.yaml")), checked, is_recording, is_whole=True)
        else:
            _check_folder(path.parent, [path], checked, is_recording, is_whole=False)
    return checked


def record(folder: Path = SHIPPED) -> Checked:
    """Write the record of a folder of packs anew, if nothing is wrong with them."""
    checked = check([folder], is_recording=True)
    if not checked.problems:
        beside(folder).write_text(written(checked.rows), encoding="utf-8")
    return checked


def _check_folder(
    folder: Path, files: list[Path], checked: Checked, is_recording: bool, *, is_whole: bool
) -> None:
    if not files:
        checked.problems.append(f"{folder}:1: no pack; accepted: <credential id>.yaml files")
    sources = _sources(folder.parent / "sources.yaml", checked)
    recorded = _recorded(beside(folder), checked)
    if is_whole and folder == SHIPPED:
        _check_bodies(folder.parent / "bodies.yaml", checked)
    for path in files:
        located = _read(path, checked)
        if located is not None:
            checked.packs += 1
            _check_pack(located, sources, recorded, checked, is_recording)
    gone = set(recorded or ()) - {path.stem for path in files} if is_whole else ()
    for name in sorted(gone):
        what = "is recorded, but its file is gone; accepted: a pack stays, for old cycles"
        checked.problems.append(f"{folder / name}.yaml:1: {what}")


def _check_pack(
    located: Located,
    sources: Mapping[str, Source],
    recorded: Mapping[str, Row] | None,
    checked: Checked,
    is_recording: bool,
) -> None:
    name, document = located.path.stem, located.value
    try:
        pack = parse_pack(document, name=name, sources=sources)
    except PackError as error:
        checked.problems += located.told(error.faults)
        return
    faults = []
    if pack.body not in bodies():
        faults.append(Fault(("body",), f"{pack.body!r}: accepted: {', '.join(bodies())}"))
    meaning = digest_of(document)
    if recorded is not None:
        row = recorded.get(name)
        faults += unexplained(document, meaning=meaning, recorded=row)
        if not faults and not is_recording and row != row_of(document, meaning=meaning):
            faults.append(Fault((), "is not recorded; run: aliquot packs record"))
    checked.rows[name] = row_of(document, meaning=meaning)
    checked.problems += located.told(faults)


def _check_bodies(path: Path, checked: Checked) -> None:
    located = _read(path, checked)
    if located is not None:
        try:
            parse_bodies(located.value)
        except PackError as error:
            checked.problems += located.told(error.faults)


def _sources(path: Path, checked: Checked) -> Mapping[str, Source]:
    if not path.exists():
        return shipped().sources
    located = _read(path, checked)
    found: dict[str, Source] = {}
    rows: Any = located.value if located else {}
    if located and not isinstance(rows, dict):
        checked.problems += located.told([Fault((), "accepted: a mapping of sources by id")])
        rows = {}
    for source_id, row in rows.items():
        try:
            found[source_id] = parse_source(source_id, row)
        except PackError as error:
            checked.problems += [] if located is None else located.told(error.faults)
    return found


def _recorded(path: Path, checked: Checked) -> Mapping[str, Row] | None:
    """The record, None where there is none."""
    located = _read(path, checked) if path.exists() else None
    if located is None:
        return None
    try:
        return read_record(located.value or {})
    except PackError as error:
        checked.problems += located.told(error.faults)
        return None


def _read(path: Path, checked: Checked) -> Located | None:
    try:
        return read_located(path)
    except PackError as error:
        checked.problems.append(str(error))
        return None
