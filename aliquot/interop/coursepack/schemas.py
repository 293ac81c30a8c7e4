"""The published JSON Schemas, and what their complaints mean in words.

Every value of a schema has a ``description`` that says what is accepted: the messages quote it.
"""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError
from referencing import Registry, Resource

from aliquot.interop.coursepack import positions

FOLDER = Path(__file__).parent / "schema"
_BASE = "urn:aliquot:course-format:1:"


def kinds() -> list[str]:
    """The question kinds this format knows."""
    return sorted(path.stem for path in (FOLDER / "kinds").glob("*.json"))


def problems(name: str, data: Any) -> list[tuple[positions.Path, str]]:
    """Everything in ``data`` that the schema ``name`` refuses: where, and what is accepted."""
    found = []
    for error in _validator(name).iter_errors(data):
        for problem in _explain(error):
            if problem not in found:
                found.append(problem)
    return found


@cache
def _registry() -> Registry[Any]:
    resources = [
        Resource.from_contents(json.loads(path.read_text(encoding="utf-8")))
        for path in sorted(FOLDER.rglob("*.json"))
    ]
    return Registry().with_resources([(str(resource.id()), resource) for resource in resources])


@cache
def _validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(
        {"$ref": _BASE + name}, registry=_registry(), format_checker=FormatChecker(["date"])
    )


def _explain(error: ValidationError) -> Iterator[tuple[positions.Path, str]]:
    path = tuple(error.absolute_path)
    instance: Any = error.instance
    wanted: Any = error.validator_value
    schema: dict[str, Any] = error.schema if isinstance(error.schema, dict) else {}
    if error.validator == "required":
        for name in wanted:
            if name not in instance:
                yield (*path, name), f"{name} is missing; accepted: {_accepted_at(schema, name)}"
    elif error.validator == "additionalProperties":
        accepted = ", ".join(schema["properties"])
        for name in instance:
            if name not in schema["properties"]:
                # A sentence as a name: somebody wrote {text: one, two} without quotation marks.
                hint = " (text with commas inside { } needs quotation marks)" * (" " in str(name))
                yield (*path, str(name)), f"{name!r} is not known here; accepted: {accepted}{hint}"
    else:
        yield path, f"{_shown(path, instance)}; accepted: {schema.get('description', '')}"


def _accepted_at(schema: dict[str, Any], name: str) -> str:
    described = schema.get("properties", {}).get(name, {})
    if "$ref" in described:
        described = _registry().resolver().lookup(described["$ref"]).contents
    return str(described.get("description", "a value"))


def _shown(path: positions.Path, value: Any) -> str:
    name = next((part for part in reversed(path) if isinstance(part, str)), "the file")
    if isinstance(path[-1] if path else "", int):
        name = f"{name}, entry {int(path[-1]) + 1},"
    if value is None or value == "":
        return f"{name} is empty"
    if isinstance(value, list):
        return f"{name} is a list of {len(value)}"
    if isinstance(value, dict):
        return f"{name} is a mapping"
    if isinstance(value, bool):
        return f"{name} is {str(value).lower()}"
    if not isinstance(value, str):
        return f"{name} is the number {value}"
    text = " ".join(value.split())
    return f"{name} is the text {text[:60]!r}{'…' if len(text) > 60 else ''}"
