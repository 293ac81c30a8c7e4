"""The record of what was released: for each rule pack the digest of its meaning and of its log.

It is why no figure changes in silence. A pack whose meaning is another than the recorded one must
have a new line on top of its ``changes``, and the lines that were recorded must still stand below.
``aliquot packs record`` then writes the record anew; both are committed together.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aliquot.credentials.data.fields import Fields, text, whole
from aliquot.credentials.errors import Fault
from aliquot.lib import canonical

_HEAD = (
    "# What each rule pack meant when it was released. Written by `aliquot packs record`, read by\n"
    "# `aliquot packs check`; not to be edited by hand. packs/README.md tells how it is used.\n"
)


@dataclass(frozen=True, slots=True)
class Row:
    """One pack as released: the digest of its meaning, how many lines its log had, and theirs."""

    meaning: str
    changes: int
    log: str


def row_of(document: Mapping[str, Any], *, meaning: str) -> Row:
    """The row that a pack would be recorded with."""
    log = _log(document)
    return Row(meaning, len(log), canonical.digest(log))


def read_record(value: Any) -> dict[str, Row]:
    """The rows of a record as it was read; PackError names everything that is wrong."""
    top = Fields({"packs": value})
    rows: dict[str, Row] = {}
    for name in value if isinstance(value, dict) else ():
        fields = Fields(value[name], path=(str(name),), faults=top.faults)
        rows[name] = Row(
            meaning=fields.take("meaning", text),
            changes=fields.take("changes", whole),
            log=fields.take("log", text),
        )
        fields.done()
    if not isinstance(value, dict):
        top.fault("accepted: a mapping")
    top.take("packs", lambda packs: packs)
    top.finish("record")
    return rows


def unexplained(
    document: Mapping[str, Any], *, meaning: str, recorded: Row | None
) -> Iterator[Fault]:
    """What the log of a pack fails to say about how its meaning differs from the recorded one."""
    if recorded is None:
        return
    log = _log(document)
    older = log[len(log) - recorded.changes :] if len(log) >= recorded.changes else []
    if canonical.digest(older) != recorded.log:
        yield Fault(
            ("changes",), f"accepted: the {recorded.changes} recorded lines unchanged, new on top"
        )
    elif meaning != recorded.meaning and len(log) == recorded.changes:
        yield Fault(
            ("changes",),
            "the rules differ from those recorded; accepted: a new line on top that says what "
            "changed, such as {released: 2027-01-15, what: Ethics joins with 1 point.}",
        )


def written(rows: Mapping[str, Row]) -> str:
    """The text of a record."""
    lines = (
        f"{name}: {{meaning: {row.meaning}, changes: {row.changes}, log: {row.log}}}\n"
        for name, row in sorted(rows.items())
    )
    return _HEAD + "".join(lines)


def beside(packs: Path) -> Path:
    """Where the record of a folder of packs stands."""
    return packs.parent / "packs.lock"


def _log(document: Mapping[str, Any]) -> Sequence[Any]:
    log = document.get("changes")
    return log if isinstance(log, list) else []
