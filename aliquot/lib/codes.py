"""Codes that people type from paper: random, in groups, with a check character.

A code is 16 random symbols of Crockford's base 32 (80 bits; no I, L, O, U) and one check symbol:
``7QK2-M9XD-4TRA-8HB3-W``. The check stays within the same 32 symbols, so a code is fit for an
address: the symbols are elements of GF(32), and the sum of symbol × 2^position is zero. All
weights are nonzero and different, so every single wrong symbol and every swap of two symbols, also
of distant ones, is noticed.
"""

import secrets

from aliquot.lib.errors import AliquotError

SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 17  # with the check symbol
RANDOM_BITS = 80
_GROUP = 4
_POLYNOMIAL = 0b100101  # x⁵ + x² + 1, primitive: the powers of 2 run through all 31 elements
_LOOKS_LIKE = str.maketrans("OIL", "011")
_SPARE = str.maketrans("", "", " \t\r\n-‐‑‒–—_.")


class MistypedCodeError(AliquotError):
    """The text is no code: too short, too long, a wrong symbol, or one that the check refuses."""

    code = "mistyped_code"


def new_code() -> str:
    """A fresh code without hyphens, unguessable: 80 bits from the system's random source."""
    return code_of(secrets.randbits(RANDOM_BITS))


def code_of(bits: int) -> str:
    """The code, without hyphens, that carries these 80 bits."""
    values = [bits >> shift & 31 for shift in range(0, RANDOM_BITS, 5)]
    return "".join(SYMBOLS[value] for value in [*values, _check(values)])


def grouped(code: str) -> str:
    """A code as it is printed: ``7QK2-M9XD-4TRA-8HB3-W``."""
    return "-".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))


def parse(text: str) -> str:
    """The code in what somebody typed: any case, with spaces or hyphens, O for 0, I or L for 1.

    Returns it without hyphens. Raises MistypedCodeError with a message that says what is wrong.
    """
    code = tidy(text)
    wrong = next((symbol for symbol in code if symbol not in SYMBOLS), None)
    if wrong is not None:
        raise MistypedCodeError(
            f"“{wrong}” is not used in codes. A code has digits and letters, but no I, L, O or U."
        )
    if len(code) != LENGTH:
        raise MistypedCodeError(
            f"A code has {LENGTH} letters and digits; this one has {len(code)}."
        )
    *values, check = (SYMBOLS.index(symbol) for symbol in code)
    if _check(values) != check:
        raise MistypedCodeError("A letter or digit seems mistyped. Compare it with the paper.")
    return code


def tidy(text: str) -> str:
    """What somebody typed, in capitals, without hyphens and spaces, look-alikes put right."""
    return text.translate(_SPARE).upper().translate(_LOOKS_LIKE)


def _check(values: list[int]) -> int:
    """The symbol that makes the weighted sum zero; its own weight is 2⁰ = 1."""
    total, weight = 0, 1
    for value in values:
        weight = _times(weight, 2)
        total ^= _times(value, weight)
    return total


def _times(left: int, right: int) -> int:
    """The product in GF(32)."""
    product = 0
    while right:
        if right & 1:
            product ^= left
        left <<= 1
        if left & 32:
            left ^= _POLYNOMIAL
        right >>= 1
    return product
