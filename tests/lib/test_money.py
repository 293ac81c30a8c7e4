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


@pytest.mark.parametrize(
    ("typed", "currency", "cents"),
    [("1,500", "JPY", 1500), ("¥95", "JPY", 95), ("CAD 20", "CAD", 2000), ("€0.50", "EUR", 50)],
)
def test_another_currency_is_typed_with_its_own_sign(typed: str, currency: str, cents: int) -> None:
    assert Money.typed(typed, currency) == Money(cents, currency)


def test_a_refusal_shows_what_would_be_accepted() -> None:
    with pytest.raises(NotAnAmountError) as refused:
        Money.typed("five")
    assert refused.value.message == "Enter an amount in USD, such as 95 or 95.50."
    for typed in ("95.5", "95.0", "five"):
        with pytest.raises(NotAnAmountError) as refused:
            Money.typed(typed, "JPY")
        assert refused.value.message == "Enter an amount in JPY, such as 95."
    with pytest.raises(NotAnAmountError) as refused:
        Money(1, "XXX")
    assert refused.value.message == (
        "Currency 'XXX' is not known; accepted: CAD, EUR, GBP, JPY, MXN, USD."
    )


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


def test_the_odd_cent_goes_where_most_is_cut_off_not_to_the_largest_part() -> None:
    assert usd(100).split([5, 2]) == [usd(71), usd(29)]  # 71.43 and 28.57
    assert usd(-100).split([5, 2]) == [usd(-71), usd(-29)]


@pytest.mark.parametrize("weights", [[], [1, -1], [-1]])
def test_without_weights_or_with_one_below_zero_nothing_is_split(weights: list[int]) -> None:
    with pytest.raises(ValueError, match=r"^weights must be whole numbers of at least zero, and"):
        usd(100).split(weights)


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
    assert (one > other) == (one.cents > other.cents)
    assert (one <= other) == (one.cents <= other.cents)


def test_two_currencies_and_floats_do_not_mix() -> None:
    with pytest.raises(ValueError, match="do not mix"):
        usd(1) + Money(1, "EUR")
    with pytest.raises(ValueError, match="do not mix"):
        _ = usd(1) < Money(1, "EUR")
    for number in (1.5, True):
        with pytest.raises(
            TypeError, match=r"^money is multiplied by whole numbers; use share\(\)"
        ):
            usd(1) * number  # type: ignore[operator]
        with pytest.raises(TypeError, match=f"^minor units are whole numbers, not {number}$"):
            Money(number, "USD")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"^money meets only money, not int$"):
        usd(1) + 1  # type: ignore[operator]
    with pytest.raises(NotAnAmountError, match="accepted: CAD"):
        Money(1, "XXX")
