"""Reading one mapping of a rule pack field by field: strict about keys, precise about places."""

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from aliquot.credentials.errors import Fault, PackError
from aliquot.credentials.facts import Confirmed

type Path = tuple[str | int, ...]

_REQUIRED: Any = object()
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Fields:
    """A mapping whose keys are taken one by one; ``done`` refuses any that nobody took.

    Whatever is wrong joins ``faults``, which the mappings inside share, and reading goes on with
    None in its place: nothing that was read may be used before ``faults`` is seen to be empty.
    """

    def __init__(self, value: Any, *, path: Path = (), faults: list[Fault] | None = None) -> None:
        self.path = path
        self.faults: list[Fault] = [] if faults is None else faults
        self._left: dict[Any, Any] = {}
        self._is_mapping = isinstance(value, dict)
        if self._is_mapping:
            self._left = dict(value)
        else:
            self.fault("accepted: a mapping")

    def fault(self, what: str, *below: str | int) -> None:
        """Note that something is wrong here, or below."""
        self.faults.append(Fault((*self.path, *below), what))

    def take[T](self, key: str, convert: Callable[[Any], T], default: T = _REQUIRED) -> T:
        """The converted value of ``key``; absent, ``default`` if there is one."""
        nothing: Any = None
        if key not in self._left:
            if default is not _REQUIRED:
                return default
            if self._is_mapping:
                self.fault(f"{key} is missing")
            return nothing  # type: ignore[no-any-return]
        value = self._left.pop(key)
        try:
            return convert(value)
        except (ValueError, TypeError, ArithmeticError) as error:
            self.fault(f"{value!r}: {error}", key)
            return nothing  # type: ignore[no-any-return]

    def known[T](self, key: str, convert: Callable[[Any], T]) -> T | None:
        """Like ``take``, for a figure that must be there but may be null: not known."""
        return self.take(key, lambda value: None if value is None else convert(value))

    def rows(self, key: str) -> list["Fields"]:
        """The list of mappings under ``key``, empty when absent."""
        rows: list[Any] | None = self.take(key, _list, [])
        return [
            Fields(row, path=(*self.path, key, i), faults=self.faults)
            for i, row in enumerate(rows or ())
        ]

    def known_rows(self, key: str) -> list["Fields"] | None:
        """Like ``rows``, for a list that must be there but may be null: not known."""
        if key in self._left and self._left[key] is None:
            del self._left[key]
            return None
        if key not in self._left:
            self.take(key, _list)
        return self.rows(key)

    def group(self, key: str) -> "Fields | None":
        """The mapping under ``key``, None when absent."""
        if key not in self._left:
            return None
        return Fields(self._left.pop(key), path=(*self.path, key), faults=self.faults)

    def done(self) -> None:
        """Refuse keys that mean nothing here."""
        if self._left:
            self.fault(f"unknown keys: {', '.join(map(str, self._left))}")
            self._left.clear()

    def finish(self, name: str) -> None:
        """Refuse what is left, and raise PackError for the file ``name`` if anything is wrong."""
        self.done()
        if self.faults:
            raise PackError(name, self.faults)


def text(value: Any) -> str:
    """A text that is not empty."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError("accepted: a text")
    return value


def flag(value: Any) -> bool:
    """True or false, nothing that merely looks like it."""
    if not isinstance(value, bool):
        raise TypeError("accepted: true or false")
    return value


def whole(value: Any) -> int:
    """A whole number, 0 or above."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError("accepted: a whole number")
    return value


def amount(value: Any) -> Decimal:
    """Points or hours: 0 or above, at most two decimals."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise TypeError("accepted: a number")
    number = Decimal(str(value))
    if not number.is_finite() or number < 0 or number != round(number, 2):
        raise ValueError("accepted: 0 or above, at most two decimals")
    return number


def fraction(value: Any) -> Fraction:
    """A share of something, such as ``1/2``."""
    share = Fraction(str(value))
    if not 0 <= share <= 1:
        raise ValueError("accepted: 0 to 1, such as 1/2")
    return share


def day(value: Any) -> date:
    """A calendar day, as YAML reads it or as text."""
    if type(value) is date:
        return value
    with suppress(ValueError):
        if isinstance(value, str) and _DAY.fullmatch(value):
            return date.fromisoformat(value)
    raise ValueError("accepted: YYYY-MM-DD")


def confirmed(value: Any) -> Confirmed:
    """How far figures are confirmed."""
    return Confirmed(one_of(*Confirmed)(value))


def one_of(*accepted: str) -> Callable[[Any], str]:
    """A word of a closed list."""

    def convert(value: Any) -> str:
        if value not in accepted:
            raise ValueError(f"accepted: {', '.join(accepted)}")
        return str(value)

    return convert


def words(*accepted: str) -> Callable[[Any], tuple[str, ...]]:
    """A list of words of a closed list, each once."""

    def convert(value: Any) -> tuple[str, ...]:
        chosen = tuple(map(one_of(*accepted), _list(value)))
        if len(set(chosen)) != len(chosen):
            raise ValueError("accepted: each once")
        return chosen

    return convert


def names(value: Any) -> tuple[str, ...]:
    """A list of texts, each once."""
    found = tuple(map(text, _list(value)))
    if len(set(found)) != len(found):
        raise ValueError("accepted: each once")
    return found


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError("accepted: a list")
    return value
