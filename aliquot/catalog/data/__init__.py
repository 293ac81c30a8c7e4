"""The closed lists that ship with the package: subject areas, approvals, roles, specialties.

The one loader of ``areas.yaml``. No Django, read once per process, every mapping in file order.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from aliquot.lib.packaged import read_yaml

_PATH = Path(__file__).parent / "areas.yaml"
_OTHER_STOPPER = "violet"


@dataclass(frozen=True, slots=True)
class Area:
    """A subject area. ``edge_source`` says where it comes from that it counts as ``parent``.

    ``why`` is the reason, for people.
    """

    id: str
    title: str
    parent: str | None
    stopper: str
    edge_source: str | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Topics:
    """Finer subjects by which people find an area; nothing is judged by them."""

    area: str
    titles: tuple[str, ...]
    edge_source: str


@dataclass(frozen=True, slots=True)
class Apart:
    """An area that looks like a part of another and does not count there.

    ``sources`` are ids of the sources of the rule packs; empty: our reading.
    """

    area: str
    not_under: str
    why: str
    sources: tuple[str, ...]


@cache
def areas() -> Mapping[str, Area]:
    """All subject areas by id."""
    rows = {row["id"]: row for row in _lists()["areas"]}
    return MappingProxyType(
        {
            area_id: Area(
                id=area_id,
                title=row["title"],
                parent=row.get("parent"),
                stopper=_stopper(row, rows),
                edge_source=row.get("edge"),
                why=row.get("why", ""),
            )
            for area_id, row in rows.items()
        }
    )


@cache
def topics() -> Mapping[str, Topics]:
    """Finer subjects by the id of their area."""
    rows = _lists()["topics"]
    return MappingProxyType(
        {row["area"]: Topics(row["area"], tuple(row["titles"]), row["edge"]) for row in rows}
    )


@cache
def apart() -> Mapping[str, Apart]:
    """Areas that do not count where one might think, by id."""
    return MappingProxyType(
        {
            row["area"]: Apart(row["area"], row["not_under"], row["why"], tuple(row["sources"]))
            for row in _lists()["apart"]
        }
    )


@cache
def approvals() -> Mapping[str, str]:
    """Titles of the kinds of approval by id."""
    return _titles("approvals")


@cache
def roles() -> Mapping[str, str]:
    """Titles of the roles a licensee may have by id."""
    return _titles("roles")


@cache
def specialties() -> Mapping[str, str]:
    """Titles of the licensed specialties by id; each is the subject area of that id."""
    return MappingProxyType(
        {area_id: areas()[area_id].title for area_id in _lists()["specialties"]}
    )


@cache
def with_descendants(area_id: str) -> frozenset[str]:
    """The area and all areas below it: everything that counts where ``area_id`` counts."""
    below = (child.id for child in areas().values() if child.parent == area_id)
    return frozenset({area_id}).union(*(with_descendants(child) for child in below))


def _stopper(row: dict[str, Any], rows: dict[str, dict[str, Any]]) -> str:
    if "stopper" in row:
        return str(row["stopper"])
    return _stopper(rows[row["parent"]], rows) if "parent" in row else _OTHER_STOPPER


def _titles(name: str) -> Mapping[str, str]:
    return MappingProxyType({row["id"]: row["title"] for row in _lists()[name]})


@cache
def _lists() -> dict[str, Any]:
    lists: dict[str, Any] = read_yaml(_PATH)
    return lists
