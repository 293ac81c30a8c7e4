"""Plans of PostgreSQL as ``EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON)`` tells them: what a statement
read, in short, and what of it is too much.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

LARGE_TABLE = 10_000  # rows; a table that is read whole should have fewer
WASTE = 10  # rows read for one that is returned
SMALL = 100  # rows that a node may read for nothing
MANY_BUFFERS = 1_000  # pages of 8 kB

type Node = Mapping[str, Any]
_WORD = re.compile(r"[()]| FROM ")


@dataclass(frozen=True)
class Read:
    """What one execution of a statement did."""

    rows: int
    buffers: int
    milliseconds: float
    nodes: str
    flags: tuple[str, ...]


def read_of(told: Node, sizes: Mapping[str, int]) -> Read:
    """The plan's figures, its scans and sorts in their order, and what is wrong with it.

    ``sizes`` are the rows of the tables by name.
    """
    plan = told["Plan"]
    nodes = list(_nodes(plan))
    flags = [flag for node in nodes for flag in _flags(node, sizes)]
    buffers = plan.get("Shared Hit Blocks", 0) + plan.get("Shared Read Blocks", 0)
    if buffers > MANY_BUFFERS:
        flags.append(f"touches {buffers:,} pages")
    scans = " · ".join(_told(node) for node in nodes if _is_told(node))
    took = told["Planning Time"] + told["Execution Time"]
    return Read(_rows(plan), buffers, took, scans, tuple(dict.fromkeys(flags)))


def in_short(statement: str, longest: int = 180) -> str:
    """A statement without the list of its columns, its quotes, and the end of a long one."""
    text = " ".join(statement.split()).replace('"', "")
    if text.startswith("SELECT "):
        text = f"SELECT {'DISTINCT ' * text.startswith('SELECT DISTINCT')}…{text[_from(text) :]}"
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def _from(select: str) -> int:
    """Where the list of columns ends; subqueries among them have a FROM of their own."""
    depth = 0
    for found in _WORD.finditer(select):
        if found[0] == " FROM " and not depth:
            return found.start()
        depth += {"(": 1, ")": -1}.get(found[0], 0)
    return len(select)


def _nodes(plan: Node) -> Iterator[Node]:
    yield plan
    for each in plan.get("Plans", ()):
        yield from _nodes(each)


def _rows(node: Node) -> int:
    return int(node["Actual Rows"] * node["Actual Loops"])


def _flags(node: Node, sizes: Mapping[str, int]) -> Iterator[str]:
    table = node.get("Relation Name", "")
    size = sizes.get(table, 0)
    if "Seq Scan" in node["Node Type"] and size > LARGE_TABLE and node["Actual Loops"]:
        yield f"reads all {size:,} rows of {table}"
        return
    read, given = _read_by(node), _rows(node)
    if read > SMALL and read > WASTE * given:
        yield f"{_name(node)} reads {read:,} for {given:,}"


def _read_by(node: Node) -> int:
    """Rows that a node took: of its table, or of the nodes below it."""
    if "Relation Name" in node and "Scan" in node["Node Type"]:
        removed = sum(node.get(f"Rows Removed by {why}", 0) for why in ("Filter", "Index Recheck"))
        return _rows(node) + int(removed * node["Actual Loops"])
    below = (each for each in node.get("Plans", ()) if not each.get("Subplan Name"))
    return sum(_rows(each) for each in below if each["Node Type"] != "Bitmap Index Scan")


def _is_told(node: Node) -> bool:
    return any(word in node["Node Type"] for word in ("Scan", "Sort", "Aggregate", "Unique"))


def _told(node: Node) -> str:
    return f"{_name(node)} {_rows(node):,}"


def _name(node: Node) -> str:
    """Such as ``index scan accounts_user_pkey``."""
    what = node["Node Type"].lower()
    return f"{what} {node.get('Index Name') or node.get('Relation Name') or ''}".strip()
