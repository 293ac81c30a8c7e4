"""Amounts as people write them: never guessed at."""

from decimal import Decimal

import pytest

from aliquot.lib.decimals import read_amount


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1.5", "1.5"),
        (" 1.50 ", "1.50"),
        ("+2", "2"),
        ("-1", "-1"),
        (".5", "0.5"),
        ("3.", "3"),
        ("1,250", "1250"),
        ("1,250.5", "1250.5"),
    ],
)
def test_an_amount_is_read(text: str, amount: str) -> None:
    assert read_amount(text) == Decimal(amount)


@pytest.mark.parametrize(
    "text",
    ["", "x", "0,15", "1,5", "12,34", "1,2500", "1.5.0", "1e5", "NaN", "Infinity", "½", "١", "1 5"],
)
def test_what_is_not_clear_is_not_an_amount(text: str) -> None:
    assert read_amount(text) is None
