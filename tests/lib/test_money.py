"""Money: whole cents, exact shares, parts that sum to the whole."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aliquot.lib.money import Money, NotAnAmountError

CENTS = st.integers(-(10**9), 10**9)
USD = CENTS.map(lambda cents: Money(cents, "USD"))


def usd(cents: int) -> Money:
    return Money(cents, "USD")


@pytest.mark.parametrize(
    ("cents", "currency", "text"),
    [
        (95_00, "USD", "$95.00"),
        (0, "USD", "$0.00"),
        (-125_050, "USD", "-$1,250.50"),
        (7, "USD", "$0.07"),
        (2000, "CAD", "CAD 20.00"),
        (1500, "JPY", "¥1,500"),
    ],
)
def test_an_amount_reads_as_people_write_it(cents: int, currency: str, text: str) -> None:
    assert str(Money(cents, currency)) == text


@pytest.mark.parametrize(
    ("typed", "cents"),
    [("95", 95_00), ("95.5", 95_50), (" $1,250.00 ", 125_000), ("0", 0), ("0.07", 7)],
)
def test_what_people_type_is_understood(typed: str, cents: int) -> None:
    assert Money.typed(typed) == usd(cents)


@pytest.mark.parametrize("typed", ["", "abc", "-5", "1.005", "1e3", "NaN", "٣", "$", "5 USD"])
def test_what_is_no_amount_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(NotAnAmountError, match="such as 95"):
        Money.typed(typed)


@pytest.mark.parametrize(
    ("cents", "fraction", "share"),
    [
        (100, Fraction(1, 3), 33),
        (50, Fraction(1, 100), 1),  # half a cent goes up
        (49, Fraction(1, 100), 0),
        (-50, Fraction(1, 100), -1),
        (95_00, Fraction("7.25") / 100, 689),  # 688.75
        (10_000_001, Fraction(1, 2), 5_000_001),
    ],
)
def test_a_share_is_the_nearest_cent_and_halves_go_away_from_zero(
    cents: int, fraction: Fraction, share: int
) -> None:
    assert usd(cents).share(fraction) == usd(share)


@given(USD, st.decimals(0, 1, places=4))
def test_a_share_is_never_half_a_cent_off_or_more_than_half(amount: Money, part: Decimal) -> None:
    exact = Fraction(amount.cents) * Fraction(part)
    assert abs(Fraction(amount.share(part).cents) - exact) <= Fraction(1, 2)


@given(USD, st.lists(st.integers(0, 10**6), min_size=1, max_size=12))
def test_parts_sum_to_the_whole_and_none_is_a_cent_off(amount: Money, weights: list[int]) -> None:
    parts = amount.split(weights)
    assert Money.total(parts, "USD") == amount
    shares = weights if sum(weights) else [1] * len(weights)
    for part, share in zip(parts, shares, strict=True):
        assert abs(Fraction(part.cents) - Fraction(amount.cents * share, sum(shares))) < 1


def test_of_equal_remainders_the_first_gets_the_cent() -> None:
    assert usd(100).split([1, 1, 1]) == [usd(34), usd(33), usd(33)]
    assert usd(-100).split([1, 1, 1]) == [usd(-34), usd(-33), usd(-33)]
    assert usd(5).split([0, 1, 0]) == [usd(0), usd(5), usd(0)]


@given(USD, USD, st.integers(-9, 9))
def test_sums_and_differences_are_those_of_the_cents(one: Money, other: Money, times: int) -> None:
    assert (one + other).cents == one.cents + other.cents
    assert one - other == -(other - one)
    assert (one * times).cents == one.cents * times
    assert (one < other) == (one.cents < other.cents)
    assert (one >= other) == (one.cents >= other.cents)


def test_two_currencies_and_floats_do_not_mix() -> None:
    with pytest.raises(ValueError, match="do not mix"):
        usd(1) + Money(1, "EUR")
    with pytest.raises(ValueError, match="do not mix"):
        _ = usd(1) < Money(1, "EUR")
    with pytest.raises(TypeError):
        usd(1) * 1.5  # type: ignore[operator]
    with pytest.raises(TypeError):
        Money(1.0, "USD")  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        usd(1) + 1  # type: ignore[operator]
    with pytest.raises(NotAnAmountError, match="accepted: CAD"):
        Money(1, "XXX")
