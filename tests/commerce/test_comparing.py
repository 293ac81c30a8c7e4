"""Our books beside a gateway's: sums of a day, and a sentence for every difference."""

from datetime import UTC, datetime

from aliquot.commerce.facts import DaySums, Entered, Movement
from aliquot.commerce.rules.comparing import day_sums, differences
from aliquot.lib.money import Money

WHEN = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)


def moved(kind: str, cents: int, name: str, currency: str = "USD") -> Movement:
    return Movement(kind, Money(cents, currency), name, WHEN)


CAPTURE, REFUND = moved("capture", 95_00, "ch_1"), moved("refund", -10_00, "re_1")
OURS = [Entered(CAPTURE, "7QK2-M9XD"), Entered(REFUND, "7QK2-M9XD")]


def test_equal_books_have_no_differences() -> None:
    assert differences(OURS, [REFUND, CAPTURE], known=OURS) == ()
    assert differences([], [], known=[]) == ()


def test_sums_are_of_one_currency_with_what_went_out_below_zero() -> None:
    theirs = [CAPTURE, REFUND, moved("capture", 1_00, "ch_2", "EUR")]
    assert day_sums(OURS[:1], theirs, "USD") == DaySums(
        Money(95_00, "USD"), Money(0, "USD"), Money(95_00, "USD"), Money(-10_00, "USD")
    )


def test_what_we_gave_back_is_ours_and_a_single_cent_counts() -> None:
    cent = Entered(moved("capture", 1, "ch_3"), "7QK2-M9XD")
    assert day_sums([*OURS, cent], [], "USD") == DaySums(
        Money(95_01, "USD"), Money(-10_00, "USD"), Money(0, "USD"), Money(0, "USD")
    )


def test_each_difference_is_a_sentence() -> None:
    theirs = [moved("capture", 94_00, "ch_1"), moved("capture", 20_00, "ch_9")]
    assert differences(OURS, theirs, known=OURS[:1]) == (
        "Our books have a refund of -$10.00 (re_1) for order 7QK2-M9XD, the gateway does not.",
        "The gateway has a capture of $20.00 (ch_9), our books do not.",
        "The gateway has a capture of $94.00 (ch_1), our books $95.00 for order 7QK2-M9XD.",
    )


def test_what_we_entered_under_another_day_is_no_difference() -> None:
    assert differences([], [CAPTURE], known=OURS[:1]) == ()
