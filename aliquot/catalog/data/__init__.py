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
    """A subject area. ``edge_source`` says why it counts wherever ``parent`` counts."""

    id: str
    title: str
    parent: str | None
    stopper: str
    edge_source: str | None


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
            )
            for area_id, row in rows.items()
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
