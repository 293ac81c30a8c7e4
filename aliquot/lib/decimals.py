"""Credit as exact decimals: written in the shortest form, never a float."""

import re
from decimal import Decimal

_THOUSANDS = re.compile(r"-?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?")
_NUMBER = re.compile(r"-?([0-9]{1,20}(\.[0-9]{0,20})?|\.[0-9]{1,20})")


def shortest(amount: Decimal) -> str:
    """Write an amount without exponent or trailing zeros: ``"1.5"``, ``"36"``, ``"0"``."""
    text = format(amount, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"", "-0"} else text


def read_amount(text: str) -> Decimal | None:
    """An amount as a person writes it: ``1.5``, ``1,250``; None: not understood.

    A comma divides thousands only. ``0,15`` is not guessed at: elsewhere it is a decimal comma, and
    fifteen instead of 0.15 would be a hundred times too much.
    """
    tidy = text.strip().removeprefix("+")
    if _THOUSANDS.fullmatch(tidy):
        tidy = tidy.replace(",", "")
    if not _NUMBER.fullmatch(tidy):
        return None
    return Decimal(tidy)
