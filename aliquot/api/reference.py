"""The document as the docs page shows it: areas, operations, shapes with their members."""

import functools
from dataclasses import dataclass
from typing import Any

from aliquot.api.document import PREFIX, document

START = PREFIX.rstrip("/")  # what every address begins with; the page says it once
_WORDS = {
    "string": "text",
    "integer": "whole number",
    "boolean": "true or false",
    "object": "object",
    "null": "null",
    "number": "number",
}
_FORMATS = {"date": "day", "date-time": "moment", "binary": "file"}


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a shape, or a parameter. ``shape`` names the shape it is made of."""

    name: str
    words: str
    shape: str
    is_required: bool
    description: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one address."""

    id: str
    method: str
    path: str  # after START
    summary: str
    description: str
    scope: str
    parameters: tuple[Member, ...]
    takes: str
    gives: str
    status: str
    problems: tuple[str, ...]

    @property
    def steps(self) -> tuple[str, ...]:
        """The path in pieces: a line breaks between them only."""
        return tuple(f"/{each}" for each in self.path.split("/")[1:])


@dataclass(frozen=True, slots=True)
class Group:
    """An area of the API."""

    title: str
    operations: tuple[Operation, ...]


@dataclass(frozen=True, slots=True)
class ShapeLines:
    """A shape that the API takes or gives."""

    name: str
    description: str
    members: tuple[Member, ...]


@functools.cache
def groups() -> tuple[Group, ...]:
    """Every operation, by area, in the order of the code."""
    found: dict[str, list[Operation]] = {}
    for path, operations in document()["paths"].items():
        for method, each in operations.items():
            found.setdefault(each["tags"][0], []).append(_operation(path, method, each))
    return tuple(Group(title, tuple(each)) for title, each in found.items())


@functools.cache
def shapes() -> tuple[ShapeLines, ...]:
    """Every shape, by name."""
    found = document()["components"]["schemas"]
    return tuple(
        ShapeLines(name, _tidy(schema.get("description", "")), _members(schema))
        for name, schema in sorted(found.items())
        if schema.get("type") == "object"
    )


def _operation(path: str, method: str, found: dict[str, Any]) -> Operation:
    given = next(status for status in found["responses"] if status.startswith("2"))
    content = found["responses"][given].get("content", {})
    body = found.get("requestBody", {}).get("content", {})
    summary, description = _tidy(found["summary"]), _tidy(found.get("description", ""))
    return Operation(
        id=found["operationId"],
        method=method.upper(),
        path=path.removeprefix(START),
        summary=summary,
        description="" if description.rstrip(".") == summary.rstrip(".") else description,
        scope=found.get("x-scope", ""),
        parameters=tuple(
            Member(
                name=each["name"],
                words=_words(each["schema"])[0],
                shape="",
                is_required=each.get("required", False),
                description=_tidy(each.get("description", "")),
            )
            for each in found["parameters"]
        ),
        takes=_shape_of(body),
        gives=_shape_of(content),
        status=given,
        problems=tuple(each for each in found["responses"] if each[0] in "45"),
    )


def _shape_of(content: dict[str, Any]) -> str:
    """The shape of a body, or the media types that it may have where it is a file."""
    shape = next((_words(each["schema"])[1] for each in content.values()), "")
    return shape or ", ".join(content)


def _members(schema: dict[str, Any]) -> tuple[Member, ...]:
    required = set(schema.get("required", []))
    return tuple(
        Member(name, *_words(each), name in required, _tidy(each.get("description", "")))
        for name, each in schema.get("properties", {}).items()
    )


def _words(schema: dict[str, Any]) -> tuple[str, str]:
    """What a value is, in words, and the shape it is made of."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        found = document()["components"]["schemas"][name]
        return ("", name) if found.get("type") == "object" else _words(found)
    for name in ("anyOf", "oneOf", "allOf"):
        if name in schema:
            parts = [_words(each) for each in schema[name]]
            words = " or ".join(text for text, _ in parts if text)
            return words, next((shape for _, shape in parts if shape), "")
    if "enum" in schema:
        return "one of " + ", ".join(str(each) or "nothing" for each in schema["enum"]), ""
    return _plain_words(schema)


def _plain_words(schema: dict[str, Any]) -> tuple[str, str]:
    kind = schema.get("type", "anything")
    if "const" in schema:
        return f"“{schema['const']}”", ""
    if kind == "array":
        words, shape = _words(schema.get("items", {}))
        return f"list of {words}".strip(), shape
    if kind == "object" and isinstance(schema.get("additionalProperties"), dict):
        words, shape = _words(schema["additionalProperties"])
        return f"object of {words}".strip(), shape
    return _FORMATS.get(schema.get("format", ""), _WORDS.get(kind, kind)), ""


def _tidy(text: str) -> str:
    return " ".join(text.split()).replace("``", "").replace("`", "")
