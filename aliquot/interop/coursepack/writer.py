"""Writes a course to its canonical files: the same content gives the same bytes, always."""

import io
import json
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import LiteralScalarString

from aliquot.assessment.facts import QuestionFacts
from aliquot.catalog.facts import CoursePack, FigureFacts, PageFacts, Proposals
from aliquot.interop.coursepack import schemas
from aliquot.lib.decimals import shortest
from aliquot.lib.errors import AliquotError


class FolderTakenError(AliquotError):
    """The folder to write to holds something already."""

    code = "folder_taken"


def course_files(pack: CoursePack[QuestionFacts]) -> dict[str, bytes]:
    """The files of a course by their path inside its folder."""
    files = {"course.yaml": _yaml(_course(pack))}
    for page in pack.pages:
        files[f"pages/{page.slug}.md"] = _page(page)
    for figure in pack.figures:
        files[f"figures/{figure.file_name}"] = figure.content
        files[f"figures/{figure.key}.yaml"] = _yaml(_figure(figure))
    for use, name in (("page", "in-pages"), ("test", "test")):
        questions = [_question(each) for each in pack.questions if each.use == use]
        if questions:
            files[f"questions/{name}.yaml"] = _yaml(questions)
    return files


def write_files(files: Mapping[str, bytes], folder: Path) -> None:
    """Write the files into a new folder, all of them or none. Raises FolderTakenError."""
    if folder.is_symlink() or folder.exists():
        raise FolderTakenError(f"{folder} exists; accepted: the name of a new folder.")
    folder.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        for path, content in files.items():
            target = beside / path
            target.parent.mkdir(exist_ok=True)
            target.write_bytes(content)
        beside.chmod(0o755)
        beside.rename(folder)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise


def _course(pack: CoursePack[QuestionFacts]) -> dict[str, Any]:
    course: dict[str, Any] = {"format": pack.format}
    for name in (
        "code", "slug", "title", "subtitle", "description", "language", "audience", "level",
        "delivery", "what_changed", "notice",
    ):  # fmt: skip
        course[name] = getattr(pack, name)
    hours = {
        "by": pack.awarded.by,
        "on": pack.awarded.on.isoformat(),
        "reason": pack.awarded.reason,
    }
    course |= {
        "subjects": [{"area": each.area, "hours": shortest(each.hours)} for each in pack.subjects],
        "hours": hours,
        "objectives": [{"id": each.key, "text": each.text} for each in pack.objectives],
        "people": [
            {
                "role": each.role,
                "name": each.name,
                "credentials": each.credentials,
                "biography": each.biography,
                "disclosure": each.disclosure,
            }
            for each in pack.people
        ],
        "references": [
            {"id": each.key, "text": each.text, "url": each.url} for each in pack.references
        ],
        "glossary": [
            {"id": each.key, "term": each.term, "definition": each.definition}
            for each in pack.glossary
        ],
        "pages": [page.slug for page in pack.pages],
    }
    course = _without_empty(course)
    course["test"] = {
        "questions": pack.test.questions,
        "pass_mark": shortest(pack.test.pass_mark),
        "attempts": pack.test.attempts,
        "wait_hours": pack.test.wait_hours,
    }
    course["proposals"] = _proposals(pack.proposals)
    return course


def _proposals(proposals: Proposals) -> dict[str, Any]:
    return {
        "free": proposals.is_free,
        "availability": proposals.availability,
        "review_by": proposals.review_by.isoformat() if proposals.review_by else None,
        "approvals": [
            {
                "accreditor": each.accreditor,
                "number": each.number,
                "hours": shortest(each.hours),
                "valid_from": each.valid_from.isoformat(),
                "valid_through": each.valid_through.isoformat(),
            }
            for each in proposals.approvals
        ],
    }


def _page(page: PageFacts) -> bytes:
    front: dict[str, Any] = {"title": page.title}
    if page.is_preview:
        front["preview"] = True
    if page.study_minutes:
        front["study"] = {"minutes": shortest(page.study_minutes), "reason": page.study_reason}
    return b"---\n" + _yaml(front) + b"---\n" + page.source.encode()


def _figure(figure: FigureFacts) -> dict[str, Any]:
    return {
        "title": figure.title,
        "caption": figure.caption,
        "alt": figure.alt,
        "description": figure.description,
        "credit": figure.credit,
        "license": figure.license,
        "source": figure.source,
        "stain": figure.stain or None,
        "magnification": figure.magnification or None,
    }


def _question(question: QuestionFacts) -> dict[str, Any]:
    spec: dict[str, Any] = _in_order(question.spec, _kind_schema(question.kind))
    common: dict[str, Any] = {
        "id": question.key,
        "use": question.use,
        "kind": question.kind,
        "objectives": list(question.objective_keys),
        "stem": question.stem,
        "figure": question.figure_key,
        "references": list(question.reference_keys),
    }
    return {name: value for name, value in common.items() if value not in ("", [])} | spec


@cache
def _kind_schema(kind: str) -> dict[str, Any]:
    return dict(json.loads((schemas.FOLDER / f"kinds/{kind}.json").read_bytes()))


def _in_order(value: Any, schema: Mapping[str, Any]) -> Any:
    """Keys in the order of the schema: a database does not keep the order they were written in."""
    if isinstance(value, Mapping):
        properties = schema.get("properties", {})
        names = sorted(value, key=lambda name: (list(properties).index(name), name))
        return {name: _in_order(value[name], properties[name]) for name in names}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_in_order(each, schema.get("items", {})) for each in value]
    return value


def _without_empty(data: Any) -> Any:
    if isinstance(data, dict):
        return {
            name: _without_empty(value) for name, value in data.items() if value not in ("", [])
        }
    if isinstance(data, list):
        return [_without_empty(each) for each in data]
    return data


def _yaml(data: Any) -> bytes:
    emitter = YAML()
    emitter.allow_unicode = True
    emitter.width = 110
    emitter.indent(mapping=2, sequence=4, offset=2)
    stream = io.BytesIO()
    emitter.dump(_with_blocks(data), stream)
    lines = [line.rstrip() for line in stream.getvalue().decode().split("\n")]
    if isinstance(data, list):  # the emitter indents even the outermost list
        lines = [line.removeprefix("  ") for line in lines]
    return "\n".join(lines).encode()


def _with_blocks(data: Any) -> Any:
    """Text of several lines as a block, as a person would write it."""
    if isinstance(data, dict):
        return {name: _with_blocks(value) for name, value in data.items()}
    if isinstance(data, list):
        return [_with_blocks(each) for each in data]
    if isinstance(data, str) and "\n" in data:
        # Spaces before a line end cannot be seen, and a block could not begin with them.
        return LiteralScalarString(
            "".join(f"{line.rstrip()}\n" for line in data.strip().split("\n"))
        )
    return data
