"""YAML 1.2 as plain data, with the line of every value. Tags are refused, aliases are counted."""

import re
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from aliquot.lib.errors import in_one_line

Path = tuple[str | int, ...]

DEEPEST = 20
MOST_VALUES = 50_000
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})\Z")
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]{1,300}(\.[0-9]*)?)([eE][-+]?[0-9]{1,3})?\Z")
_WORDS = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip


class YamlProblem(Exception):  # noqa: N818
    """What is wrong with the YAML, and at which line."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line
        self.message = message


@dataclass
class Document:
    """Plain data with the line of every value. Text is stripped of white space around it."""

    data: Any = None
    lines: dict[Path, int] = field(default_factory=dict)
    repeated: list[tuple[int, str]] = field(default_factory=list)  # line and name of a second key

    def line(self, path: Path) -> int:
        """The line of the value at ``path``, or of the nearest thing around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read_yaml(text: str, *, first_line: int = 1) -> Document:
    """Read one document. Raises ``YamlProblem`` at the first line that is no acceptable YAML."""
    for number, line in enumerate(text.split("\n"), start=first_line):
        if "\t" in line[: len(line) - len(line.lstrip())]:
            raise YamlProblem(number, "indented by a tab; accepted: spaces")
    builder = _Builder(first_line)
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            builder.take(event)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = mark.line + first_line if mark is not None else first_line
        said = " ".join(str(error.problem or error.context).split())
        raise YamlProblem(place, f"is not YAML: {said}") from None
    except (YAMLError, ValueError, RecursionError, NotImplementedError, AttributeError) as error:
        said = in_one_line(error)[:200]
        raise YamlProblem(first_line, f"is not YAML: {said}") from None
    return builder.document


@dataclass
class _Open:
    """A mapping or sequence whose end has not come yet."""

    value: Any
    path: Path
    anchor: str | None
    values_before: int
    key: str | None = None


class _Builder:
    def __init__(self, first_line: int) -> None:
        self.first_line = first_line
        self.document = Document()
        self.open: list[_Open] = []
        self.anchors: dict[str, tuple[Any, int]] = {}
        self.values = 0
        self.documents = 0

    def take(self, event: Any) -> None:
        line = event.start_mark.line + self.first_line
        if isinstance(event, DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                raise YamlProblem(line, "a second document begins; accepted: one to a file")
        elif isinstance(event, MappingEndEvent | SequenceEndEvent):
            self._close()
        elif isinstance(event, AliasEvent):
            self._alias(str(event.anchor), line)
        elif isinstance(event, MappingStartEvent | SequenceStartEvent | ScalarEvent):
            tag = getattr(event, "tag", None)
            if tag is not None and str(tag) not in {"!", "None"}:
                raise YamlProblem(line, f"has the tag {tag}; accepted: values without a tag")
            self._value(event, line)

    def _value(self, event: Any, line: int) -> None:
        self._count(1, line)
        if isinstance(event, ScalarEvent):
            if self.open and isinstance(self.open[-1].value, dict) and self.open[-1].key is None:
                self._key(event.value.strip(), line)
                return
            value = _scalar(event)
            self._put(value, line)
            if event.anchor:
                self.anchors[event.anchor] = (value, 1)
            return
        if len(self.open) >= DEEPEST:
            raise YamlProblem(line, f"is nested too deeply; accepted: up to {DEEPEST} levels")
        value = {} if isinstance(event, MappingStartEvent) else []
        path = self._put(value, line)
        self.open.append(_Open(value, path, event.anchor, self.values))

    def _key(self, key: str, line: int) -> None:
        top = self.open[-1]
        if key in top.value:
            self.document.repeated.append((line, key))
        self.document.lines[(*top.path, key)] = line
        top.key = key

    def _put(self, value: Any, line: int) -> Path:
        """Set a value at the present place; returns its path."""
        if not self.open:
            self.document.data = value
            self.document.lines[()] = line
            return ()
        top = self.open[-1]
        if isinstance(top.value, dict):
            if top.key is None:
                raise YamlProblem(line, "a list or mapping is used as a key; accepted: text")
            path = (*top.path, top.key)
            top.value[top.key] = value
            top.key = None
        else:
            path = (*top.path, len(top.value))
            top.value.append(value)
            self.document.lines[path] = line
        return path

    def _close(self) -> None:
        top = self.open.pop()
        if top.anchor:
            self.anchors[top.anchor] = (top.value, self.values - top.values_before + 1)

    def _alias(self, anchor: str, line: int) -> None:
        if anchor not in self.anchors:
            raise YamlProblem(line, f"alias *{anchor} stands inside its own anchor or before it")
        value, size = self.anchors[anchor]
        self._count(size, line)  # the alias costs what it stands for, so that bombs stay small
        if self.open and isinstance(self.open[-1].value, dict) and self.open[-1].key is None:
            raise YamlProblem(line, "an alias is used as a key; accepted: text")
        self._put(value, line)

    def _count(self, values: int, line: int) -> None:
        self.values += values
        if self.values > MOST_VALUES:
            raise YamlProblem(line, f"holds too many values; accepted: up to {MOST_VALUES}")


def _scalar(event: Any) -> Any:
    text = str(event.value)
    if event.style not in {None, ""}:  # quoted or a block: always text
        return text.strip()
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.match(text):
        return int(text)
    if _NUMBER.match(text):
        return float(text)
    return text.strip()
