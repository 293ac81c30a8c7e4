"""Single values of a transcript: each reader notes a problem and answers None when it is wrong."""

import re
from collections.abc import Callable, Collection
from datetime import date
from decimal import Decimal, InvalidOperation, localcontext
from typing import Any

from aliquot.credentials.errors import Problem
from aliquot.interop.transcript.strict_json import Members, Number, shown

type Path = tuple[str | int, ...]

_FIRST_DAY, _LAST_DAY = date(1900, 1, 1), date(2999, 12, 31)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_AMOUNT = re.compile(r"[0-9]{1,9}(\.[0-9]{1,2})?")
_LEAST, _MOST = Decimal("0.01"), 10_000
_MOST_CENTS = 10_000_000


class Problems(list[Problem]):
    """All problems found so far, and the readers that add to them."""

    def note(self, path: Path, what: str, accepted: str = "") -> None:
        """Add a problem."""
        self.append(Problem(path, what, accepted))

    def members(
        self, value: Any, path: Path, *, required: Collection[str], optional: Collection[str] = ()
    ) -> dict[str, Any] | None:
        """The members of an object that are not null; None if it is no object."""
        if not isinstance(value, Members):
            self.note(path, f"{shown(value)}", "an object")
            return None
        for key in value.repeated:
            self.note((*path, key), "is given more than once", "each key once")
        known = (*required, *optional)
        for key in value:
            if key not in known:
                self.note((*path, key), "is no key here", ", ".join(known))
        for key in required:
            if value.get(key) is None:
                self.note((*path, key), "is missing", "a value")
        return {key: member for key, member in value.items() if member is not None}

    def items(self, value: Any, path: Path) -> list[Any]:
        """The items of a list; none if it is no list."""
        if isinstance(value, list):
            return value
        self.note(path, shown(value), "a list")
        return []

    def text(self, value: Any, path: Path) -> str | None:
        """A text that can be written as UTF-8."""
        if not isinstance(value, str):
            self.note(path, shown(value), "a text")
            return None
        try:
            value.encode()
        except UnicodeEncodeError:
            what = f"{shown(value)} has half of a surrogate pair"
            self.note(path, what, "a text of whole characters")
            return None
        return value

    def name(self, value: Any, path: Path) -> str | None:
        """A text that is not empty."""
        text = self.text(value, path)
        if text == "":
            self.note(path, "is empty", "a text")
        return text or None

    def flag(self, value: Any, path: Path) -> bool | None:
        """True or false."""
        if isinstance(value, bool):
            return value
        self.note(path, shown(value), "true or false")
        return None

    def day(self, value: Any, path: Path) -> date | None:
        """A calendar day from 1900 to 2999."""
        if isinstance(value, str) and _DAY.fullmatch(value):
            try:
                day = date.fromisoformat(value)
            except ValueError:
                self.note(path, f"{shown(value)} is no day of the calendar", "YYYY-MM-DD")
                return None
            if _FIRST_DAY <= day <= _LAST_DAY:
                return day
            self.note(path, f"{shown(value)} is out of range", f"{_FIRST_DAY} to {_LAST_DAY}")
            return None
        self.note(path, shown(value), "a date, YYYY-MM-DD")
        return None

    def amount(self, value: Any, path: Path) -> Decimal | None:
        """Credit: above 0, at most 10,000, at most two decimals."""
        amount = _decimal(value)
        if amount is not None:
            return amount
        self.note(path, shown(value), "above 0, at most 10000, at most two decimals")
        return None

    def price(self, value: Any, path: Path) -> int | None:
        """A price as a text, in hundredths of the currency: from 0, at most 100,000.00."""
        if isinstance(value, str) and _AMOUNT.fullmatch(value):
            cents = int(Decimal(value) * 100)
            if cents <= _MOST_CENTS:
                return cents
        accepted = 'a text such as "19.95", at least 0, at most 100000, at most two decimals'
        self.note(path, shown(value), accepted)
        return None

    def word(self, value: Any, path: Path, accepted: Collection[str]) -> str | None:
        """One word of a closed list."""
        if isinstance(value, str) and value in accepted:
            return value
        self.note(path, f"{shown(value)} is not known", ", ".join(accepted))
        return None

    def words(self, value: Any, path: Path, accepted: Collection[str]) -> tuple[str, ...]:
        """Words of a closed list; one that is listed again says nothing new."""
        found = self.each(value, path, lambda item, at: self.word(item, at, accepted))
        return tuple(dict.fromkeys(found))

    def each[T](
        self, value: Any, path: Path, read: Callable[[Any, Path], T | None]
    ) -> tuple[T, ...]:
        """Every item of a list that can be read."""
        read_items = (read(item, (*path, i)) for i, item in enumerate(self.items(value, path)))
        return tuple(item for item in read_items if item is not None)


def _decimal(value: Any) -> Decimal | None:
    if isinstance(value, str):
        if not _AMOUNT.fullmatch(value):
            return None
        text = value
    elif isinstance(value, Number) and len(value.text) <= 60:
        text = value.text
    else:
        return None
    with localcontext(prec=200):
        try:
            amount = Decimal(text)
        except InvalidOperation:  # an exponent beyond all bounds
            return None
        if not _LEAST <= amount <= _MOST or amount * 100 % 1:
            return None
        return (amount * 100).to_integral_value() / 100
