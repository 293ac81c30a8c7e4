"""Two contents are the same when their hashes are."""

import hashlib
import json
from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Any

from aliquot.catalog.facts import AskedQuestion, CoursePack
from aliquot.lib.decimals import shortest

# Beside the version; derived from a page's source; the bytes whose hash stands beside them.
_LEFT_OUT = {"proposals", "blocks", "links", "headings", "words", "content"}


def content_hash[Question: AskedQuestion](pack: CoursePack[Question]) -> str:
    """SHA-256 of everything a version says, in one canonical form; proposals are left out.

    The order of objectives, people, pages and questions counts; the layout of the files, the
    spelling of a number ("1.0" or "1") and white space around a text do not.
    """
    content = _fields(pack) | {"questions": [_question(each) for each in pack.questions]}
    text = json.dumps(
        content, default=_canonical, sort_keys=True, ensure_ascii=False, separators=(",", ":")
    )
    return hashlib.sha256(text.encode()).hexdigest()


def _question(question: AskedQuestion) -> dict[str, Any]:
    return {
        "key": question.key,
        "use": question.use,
        "page": question.page_slug or "",
        "kind": question.kind,
        "stem": question.stem,
        "figure": question.figure_key,
        "objectives": list(question.objective_keys),
        "references": list(question.reference_keys),
        "spec": dict(question.spec),
    }


def _canonical(value: Any) -> Any:
    if isinstance(value, Decimal):
        return shortest(value)
    if isinstance(value, date):
        return value.isoformat()
    return _fields(value)


def _fields(facts: Any) -> dict[str, Any]:
    return {
        field.name: getattr(facts, field.name)
        for field in fields(facts)
        if field.name not in _LEFT_OUT
    }
