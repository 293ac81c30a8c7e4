"""What follows from a gateway's word: order-free, safe to repeat, never more than we sold."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aliquot.commerce.facts import Charged, Folded, Movement, Owed, PaidBack
from aliquot.commerce.rules.folding import fold
from aliquot.lib.money import Money

WHEN = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
OWED = Owed("7QK2-M9XD", Money(95_00, "USD"), is_live=True, is_paid=False)
PAID = Charged(
    "cs_1", "ch_1", "captured", "7QK2-M9XD", Money(95_00, "USD"), is_live=True, occurred_at=WHEN
)


def usd(cents: int) -> Money:
    return Money(cents, "USD")


def test_a_captured_payment_pays_the_order_once() -> None:
    first = fold(OWED, PAID, state="open", entered=[])
    assert (first.state, first.is_new_capture, first.is_double) == ("captured", True, False)
    assert [(each.kind, each.amount, each.object_id) for each in first.movements] == [
        ("capture", usd(95_00), "ch_1")
    ]
    paid = replace(OWED, is_paid=True)
    again = fold(paid, PAID, state="captured", entered=[("capture", "ch_1")])
    assert again == Folded(state="captured")


def test_a_second_payment_of_a_paid_order_is_entered_and_goes_back() -> None:
    found = fold(replace(OWED, is_paid=True), PAID, state="open", entered=[])
    assert (found.state, found.is_new_capture, found.is_double) == ("double", False, True)
    assert [each.kind for each in found.movements] == ["capture"]


def test_a_second_payment_stays_one_whatever_is_seen_later() -> None:
    paid, entered = replace(OWED, is_paid=True), [("capture", "ch_1")]
    assert fold(paid, PAID, state="double", entered=entered) == Folded(state="double")
    late = replace(PAID, state="open", charge_id="")
    assert fold(paid, late, state="double", entered=entered) == Folded(state="double")
    back = replace(PAID, refunds=(PaidBack("re_1", usd(95_00), "succeeded", WHEN),))
    found = fold(paid, back, state="double", entered=entered)
    assert (found.state, found.is_double) == ("double", False)
    assert found.movements == (Movement("refund", usd(-95_00), "re_1", WHEN),)


def test_what_moved_keeps_its_moment_and_its_name() -> None:
    later = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
    lost = replace(PAID, disputed=usd(95_00), disputed_at=later)
    assert fold(OWED, lost, state="open", entered=[]).movements == (
        Movement("capture", usd(95_00), "ch_1", WHEN),
        Movement("chargeback", usd(-95_00), "ch_1", later),
    )
    won = replace(PAID, returned=usd(95_00))
    entered = [("capture", "ch_1"), ("chargeback", "ch_1")]
    assert fold(OWED, won, state="captured", entered=entered).movements == (
        Movement("chargeback_won", usd(95_00), "ch_1", None),
    )


@pytest.mark.parametrize("state", ["open", "failed", "abandoned"])
def test_a_payment_that_was_not_made_moves_nothing(state: str) -> None:
    found = fold(OWED, replace(PAID, state=state, charge_id=""), state="open", entered=[])
    assert found == Folded(state=state)


def test_a_captured_payment_never_becomes_open_again() -> None:
    late = replace(PAID, state="open", charge_id="")
    assert fold(OWED, late, state="captured", entered=[("capture", "ch_1")]).state == "captured"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"order_number": "OTHE-R000"}, "The payment names order OTHE-R000, not 7QK2-M9XD."),
        ({"order_number": ""}, "The payment names order none, not 7QK2-M9XD."),
        ({"is_live": False}, "The payment is test money, the order real money."),
        ({"captured": Money(95_00, "EUR")}, "The payment is in EUR, not USD."),
        ({"captured": usd(1)}, "The payment is $0.01, the order $95.00."),
        ({"captured": usd(0)}, "The payment is $0.00, the order $95.00."),
        ({"captured": usd(95_01)}, "The payment is $95.01, the order $95.00."),
        ({"charge_id": ""}, "The payment names no charge."),
    ],
)
def test_what_does_not_fit_the_order_moves_nothing(
    change: dict[str, object], sentence: str
) -> None:
    found = fold(OWED, replace(PAID, **change), state="open", entered=[])  # type: ignore[arg-type]
    assert found == Folded(state="open", mismatch=sentence)


def test_refunds_that_succeeded_are_entered_each_once() -> None:
    refunds = (
        PaidBack("re_1", usd(50_00), "succeeded", WHEN),
        PaidBack("re_2", usd(45_00), "pending", WHEN),
    )
    entered = [("capture", "ch_1")]
    found = fold(
        replace(OWED, is_paid=True), replace(PAID, refunds=refunds), state="captured",
        entered=entered,
    )  # fmt: skip
    assert [(each.kind, each.amount) for each in found.movements] == [("refund", usd(-50_00))]
    entered.append(("refund", "re_1"))
    again = fold(
        replace(OWED, is_paid=True), replace(PAID, refunds=refunds), state="captured",
        entered=entered,
    )  # fmt: skip
    assert again.movements == ()


def test_what_a_bank_takes_back_is_entered_and_what_it_returns_too() -> None:
    paid = replace(OWED, is_paid=True)
    entered = [("capture", "ch_1")]
    lost = fold(paid, replace(PAID, disputed=usd(95_00)), state="captured", entered=entered)
    assert [(each.kind, each.amount) for each in lost.movements] == [("chargeback", usd(-95_00))]
    entered.append(("chargeback", "ch_1"))
    won = fold(paid, replace(PAID, returned=usd(95_00)), state="captured", entered=entered)
    assert [(each.kind, each.amount) for each in won.movements] == [("chargeback_won", usd(95_00))]


@given(st.lists(st.sampled_from(["open", "captured", "refund", "dispute", "won"]), max_size=12))
def test_any_order_of_looks_ends_with_the_gateways_sum(looks: list[str]) -> None:
    """Every look sees a prefix of what happened at the gateway; repeated and stale looks too."""
    histories = {
        "open": replace(PAID, state="open", charge_id=""),
        "captured": PAID,
        "refund": replace(PAID, refunds=(PaidBack("re_1", usd(95_00), "succeeded", WHEN),)),
        "dispute": replace(PAID, disputed=usd(95_00)),
        "won": replace(PAID, returned=usd(95_00)),
    }
    entered: dict[tuple[str, str], int] = {}
    state, paid_times = "open", 0
    for look in looks:
        owed = replace(OWED, is_paid=("capture", "ch_1") in entered)
        found = fold(owed, histories[look], state=state, entered=entered)
        state = found.state
        paid_times += found.is_new_capture
        for each in found.movements:
            assert (each.kind, each.object_id) not in entered
            entered[each.kind, each.object_id] = each.amount.cents
    assert paid_times == (1 if any(look != "open" for look in looks) else 0)
    assert entered.get(("capture", "ch_1"), 0) in {0, 95_00}
    assert (("refund", "re_1") in entered) == ("refund" in looks)
