"""Between exact decimals at the edge and whole hundredths inside; numbers in sentences."""

from decimal import Decimal
from functools import lru_cache

from aliquot.lib.decimals import shortest

_HUNDRED = Decimal(100)


@lru_cache(maxsize=4096)
def to_hundredths(amount: Decimal) -> int:
    """The amount in hundredths; ValueError if it is finer than that."""
    hundredths = int(amount * _HUNDRED)
    if hundredths != amount * _HUNDRED:
        raise ValueError(f"{amount} has more than two decimals")
    return hundredths


def to_decimal(hundredths: int) -> Decimal:
    """The exact decimal of hundredths."""
    return Decimal(hundredths) / _HUNDRED


def in_words(hundredths: int, unit: str) -> str:
    """``1 point``, ``0.5 points``: ``unit`` is the plural."""
    name = unit.removesuffix("s") if hundredths == _HUNDRED else unit
    return f"{shortest(to_decimal(hundredths))} {name}"
