"""A file of rules as data that remembers on which line each value stands. No Django."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aliquot.credentials.errors import Fault, PackError
from aliquot.lib import canonical


@dataclass(frozen=True, slots=True)
class Located:
    """What a file says, and its syntax tree, for asking where something stands."""

    path: Path
    value: Any
    tree: Any

    def line_of(self, path: Iterable[str | int]) -> int:
        """The line of the value at the path, or of the nearest value around it; from 1."""
        node = self.tree
        line = _line(node)
        for step in path:
            node = _child(node, step)
            if node is None:
                break
            line = _line(node)
        return line

    def told(self, faults: Iterable[Fault]) -> list[str]:
        """``file:line: place: what`` for each of these faults of this file, by line."""
        lines = [(self.line_of(fault.path), fault) for fault in faults]
        lines.sort(key=lambda each: each[0])
        return [f"{self.path}:{line}: {fault}" for line, fault in lines]


def read_located(path: Path) -> Located:
    """The file; PackError, whose message starts with file and line, if it is no YAML of ours."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        content = path.read_text(encoding="utf-8")
        value = YAML(typ="safe", pure=True).load(content)
        tree = YAML(typ="safe", pure=True).compose(content)
        return Located(path, canonical.plain(value), tree)
    except OSError as error:
        line, what = 1, f"cannot be read: {error.strerror}"
    except UnicodeDecodeError as error:
        line, what = 1, f"byte {error.start + 1} is not UTF-8; accepted: YAML in UTF-8"
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        what = f"{error.problem or error.context}; accepted: YAML, each key once"
    except (YAMLError, RecursionError, ValueError) as error:
        line, what = 1, f"{' '.join(str(error).split())}; accepted: YAML"
    raise PackError(f"{path}:{line}", [Fault((), what)])


def _child(node: Any, step: str | int) -> Any:
    """The node below, None where the path leaves the tree."""
    if node is None:
        return None
    if isinstance(step, int):
        items = node.value if isinstance(node.value, list) else []
        is_list = bool(items) and not isinstance(items[0], tuple)
        return items[step] if is_list and step < len(items) else None
    pairs = node.value if isinstance(node.value, list) else []
    return next(
        (pair[1] for pair in pairs if isinstance(pair, tuple) and pair[0].value == step), None
    )


def _line(node: Any) -> int:
    return 1 if node is None else int(node.start_mark.line) + 1
