"""JSON that hides nothing: numbers keep their digits, repeated keys and NaN are remembered."""

import json
from collections import Counter
from dataclasses import dataclass
from typing import Any

from aliquot.credentials.errors import Problem, UnjudgeableError


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it was written, however long."""

    text: str


@dataclass(frozen=True, slots=True)
class NotJson:
    """``NaN`` or ``Infinity``: Python would read them, JSON does not know them."""

    text: str


class Members(dict[str, Any]):
    """The members of an object, and the keys that were given more than once."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        keys = [key for key, _ in pairs]
        self.repeated = () if len(keys) == len(self) else _repeated(keys)


def parse(content: bytes) -> Any:
    """The document; UnjudgeableError if it is no JSON in UTF-8."""
    try:
        text = content.decode("utf-8-sig")
        return json.loads(
            text,
            object_pairs_hook=Members,
            parse_int=Number,
            parse_float=Number,
            parse_constant=NotJson,
        )
    except UnicodeDecodeError as error:
        what = f"byte {error.start + 1} is not UTF-8"
    except json.JSONDecodeError as error:
        what = f"line {error.lineno}, column {error.colno}: {error.msg}"
    except RecursionError:
        what = "nests too deeply"
    raise UnjudgeableError((Problem((), what, "one JSON document in UTF-8"),))


def shown(value: Any) -> str:
    """A value in a message: short, on one line, in plain ASCII."""
    if isinstance(value, str):
        return json.dumps(value if len(value) <= 60 else f"{value[:60]}…")
    if isinstance(value, Number | NotJson):
        return value.text if len(value.text) <= 60 else f"{value.text[:60]}..."
    if isinstance(value, dict):
        return "an object"
    return "a list" if isinstance(value, list) else json.dumps(value)


def _repeated(keys: list[str]) -> tuple[str, ...]:
    return tuple(key for key, times in Counter(keys).items() if times > 1)
