"""Money: whole minor units (cents) of one currency. Never a float, never two currencies summed."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Self

from aliquot.lib.errors import AliquotError

_MINOR_DIGITS = {"USD": 2, "CAD": 2, "EUR": 2, "GBP": 2, "MXN": 2, "JPY": 0}
_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}
_TYPED = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,2})?")


class NotAnAmountError(AliquotError):
    """What was typed is no amount of this currency."""

    code = "not_an_amount"


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units: ``Money(9500, "USD")`` is $95.00. It may be below zero."""

    cents: int
    currency: str

    def __post_init__(self) -> None:
        if not isinstance(self.cents, int) or isinstance(self.cents, bool):
            raise TypeError(f"minor units are whole numbers, not {self.cents!r}")
        if self.currency not in _MINOR_DIGITS:
            accepted = ", ".join(sorted(_MINOR_DIGITS))
            raise NotAnAmountError(
                f"Currency {self.currency!r} is not known; accepted: {accepted}."
            )

    def __add__(self, other: Self) -> Self:
        return self._with(self.cents + self._same(other))

    def __sub__(self, other: Self) -> Self:
        return self._with(self.cents - self._same(other))

    def __neg__(self) -> Self:
        return self._with(-self.cents)

    def __mul__(self, number: int) -> Self:
        if not isinstance(number, int) or isinstance(number, bool):
            raise TypeError("money is multiplied by whole numbers; use share() for fractions")
        return self._with(self.cents * number)

    def __lt__(self, other: Self) -> bool:
        return self.cents < self._same(other)

    def __le__(self, other: Self) -> bool:
        return self.cents <= self._same(other)

    def __gt__(self, other: Self) -> bool:
        return self.cents > self._same(other)

    def __ge__(self, other: Self) -> bool:
        return self.cents >= self._same(other)

    def __bool__(self) -> bool:
        return self.cents != 0

    def __str__(self) -> str:
        """As people read it: ``$95.00``, ``-$1,250.50``, ``CAD 20.00``."""
        digits = _MINOR_DIGITS[self.currency]
        amount = Decimal(abs(self.cents)).scaleb(-digits)
        sign = _SIGNS.get(self.currency, f"{self.currency} ")
        return f"{'-' if self.cents < 0 else ''}{sign}{amount:,.{digits}f}"

    @property
    def decimal(self) -> Decimal:
        """In major units, for tables: ``95.00``, ``-1250.50``."""
        return Decimal(self.cents).scaleb(-_MINOR_DIGITS[self.currency])

    def share(self, fraction: Fraction | Decimal) -> Self:
        """A fraction of the amount to the nearest minor unit; halves go away from zero."""
        exact = Fraction(self.cents) * Fraction(fraction)
        nearest = (2 * abs(exact.numerator) + exact.denominator) // (2 * exact.denominator)
        return self._with(nearest if exact >= 0 else -nearest)

    def split(self, weights: Sequence[int]) -> list[Self]:
        """Parts in proportion to whole weights that sum to the whole, by largest remainder.

        Between equal remainders the first goes first. Weights that are all zero share equally.
        """
        if not weights or any(weight < 0 for weight in weights):
            raise ValueError(
                "weights must be whole numbers of at least zero, and there must be one"
            )
        total = sum(weights)
        shares = list(weights) if total else [1] * len(weights)
        total = total or len(weights)
        size, sign = abs(self.cents), -1 if self.cents < 0 else 1
        parts = [size * share // total for share in shares]
        left = size - sum(parts)
        remainders = sorted(
            range(len(shares)), key=lambda index: (-(size * shares[index] % total), index)
        )
        for index in remainders[:left]:
            parts[index] += 1
        return [self._with(sign * part) for part in parts]

    @classmethod
    def zero(cls, currency: str) -> Self:
        """Nothing, in a currency."""
        return cls(0, currency)

    @classmethod
    def total(cls, amounts: Iterable[Self], currency: str) -> Self:
        """The sum; zero of the currency if there is nothing to sum."""
        return sum(amounts, cls.zero(currency))

    @classmethod
    def typed(cls, text: str, currency: str = "USD") -> Self:
        """What a person typed: ``95``, ``95.50``, ``$1,250.00``. Raises NotAnAmountError."""
        digits = _MINOR_DIGITS[currency]
        plain = text.strip().removeprefix(_SIGNS.get(currency, currency)).replace(",", "").strip()
        if not _TYPED.fullmatch(plain) or (digits == 0 and "." in plain):
            example = "95" if digits == 0 else "95 or 95.50"
            raise NotAnAmountError(f"Enter an amount in {currency}, such as {example}.")
        return cls(int(Decimal(plain).scaleb(digits)), currency)

    def _same(self, other: Self) -> int:
        if not isinstance(other, Money):
            raise TypeError(f"money meets only money, not {type(other).__name__}")
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not mix")
        return other.cents

    def _with(self, cents: int) -> Self:
        return type(self)(cents, self.currency)
