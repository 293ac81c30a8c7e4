"""What all question kinds share: tokens, reading a specification, reading an answer."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any

from aliquot.assessment.errors import AnswerError
from aliquot.assessment.facts import FormAnswer, Path

Problem = tuple[Path, str]
# Puts a list into a random order, in place: the ``shuffle`` of a ``random.Random``.
Shuffle = Callable[[list[str]], None]

MOST_OPTIONS = 12


@lru_cache(maxsize=2048)
def token(text: str) -> str:
    """The name an option has in a browser: of its words alone, so that it hints at nothing.

    A place in the file would betray the key: authors like to write the right option first, and
    the items of an ordering stand there in the right order.
    """
    return hashlib.sha256(text.encode()).hexdigest()[:10]


def text_problem(value: object, path: Path, what: str) -> list[Problem]:
    """Complain unless the value is text with something in it."""
    if isinstance(value, str) and value.strip():
        return []
    return [(path, f"{what} is missing; write it as text")]


def entries(spec: dict[str, Any], name: str, *, least: int) -> tuple[list[Any], list[Problem]]:
    """A list of mappings of the specification, and what is wrong with its outside."""
    value = spec.get(name)
    if not isinstance(value, list):
        return [], [((name,), f"{name} are missing; write a list of at least {least}")]
    problems: list[Problem] = []
    if not least <= len(value) <= MOST_OPTIONS:
        problems.append(
            ((name,), f"{len(value)} {name}; between {least} and {MOST_OPTIONS} are accepted")
        )
    problems += [
        ((name, index), "is not a mapping; accepted are keys such as text and reason")
        for index, entry in enumerate(value)
        if not isinstance(entry, dict)
    ]
    return value, problems


def repeated(texts: Iterable[tuple[Path, object]], what: str) -> list[Problem]:
    """Complain of every text that was there before: nobody could tell the two apart."""
    seen: set[str] = set()
    problems: list[Problem] = []
    for path, text in texts:
        if not isinstance(text, str):
            continue
        if text.strip() in seen:
            problems.append((path, f"the same {what} stands there twice; each must differ"))
        seen.add(text.strip())
    return problems


def unknown_keys(spec: dict[str, Any], accepted: Sequence[str]) -> list[Problem]:
    """Complain of what this kind does not know: a typing error would silently change grading."""
    return [
        ((name,), f"{name} is not known here; accepted are {', '.join(accepted)}")
        for name in spec
        if name not in accepted
    ]


def chosen_token(value: object, accepted: Iterable[str]) -> str:
    """One of the tokens on offer, or nothing."""
    if value is None or value == "":
        return ""
    if isinstance(value, str) and value in set(accepted):
        return value
    raise AnswerError("Choose one of the answers on offer.")


def places(raw: object, names: Iterable[str]) -> dict[str, str]:
    """The answer of a group with one field per name (matching, ordering), empty ones left out."""
    if isinstance(raw, FormAnswer):
        return {name: value for name in names if (value := raw.first(name).strip())}
    if raw is None or raw == "":
        return {}
    known = set(names)
    if isinstance(raw, dict) and all(
        name in known and isinstance(value, str) for name, value in raw.items()
    ):
        return {name: value for name, value in raw.items() if value}
    raise AnswerError("Give one answer to each line on offer.")
