"""Credit as exact decimals: written in the shortest form, never a float."""

from decimal import Decimal


def shortest(amount: Decimal) -> str:
    """Write an amount without exponent or trailing zeros: ``"1.5"``, ``"36"``, ``"0"``."""
    text = format(amount, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"", "-0"} else text
