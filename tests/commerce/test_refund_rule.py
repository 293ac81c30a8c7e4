"""May the buyer have the money back? Day 30 counts, day 31 does not; use has limits."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aliquot.commerce.facts import Answer, Assessment, Limits, Purchase, SoldLine
from aliquot.commerce.rules.refunds import assess
from aliquot.lib.money import Money

BOUGHT = date(2026, 11, 1)
DAY_30, DAY_31 = date(2026, 12, 1), date(2026, 12, 2)
LIMITS = Limits()


def usd(cents: int) -> Money:
    return Money(cents, "USD")


YEAR = SoldLine(0, "subscription", "Unlimited year", usd(95_00))
PACK = SoldLine(0, "pack", "Eight hours", usd(50_00), hours=Decimal(8))
SINGLE = SoldLine(0, "course", "Smears", usd(20_00))


def answer(
    *lines: SoldLine, today: date = BOUGHT, limits: Limits = LIMITS, **more: object
) -> Assessment:
    return assess(Purchase(BOUGHT, lines, **more), limits, today=today)  # type: ignore[arg-type]


def told(found: Assessment) -> tuple[Answer, int]:
    return found.answer, found.amount.cents


@pytest.mark.parametrize("today", [BOUGHT, BOUGHT + timedelta(days=1), DAY_30])
def test_an_unused_subscription_comes_back_whole_through_day_30(today: date) -> None:
    found = answer(YEAR, today=today)
    assert told(found) == (Answer.ELIGIBLE, 95_00)
    assert (found.last_day, found.most) == (DAY_30, usd(95_00))
    assert found.reasons == ("You are within 30 days, and use is below the limits.",)


def test_on_day_31_nothing_is_given_back() -> None:
    found = answer(YEAR, today=DAY_31)
    assert told(found) == (Answer.NOT_ELIGIBLE, 0)
    assert found.most == usd(0)
    assert found.reasons == (
        "The 30 days ended on December 1, 2026: you bought this on November 1, 2026.",
    )
    assert found.changes == ()


def test_one_completed_course_is_fine_two_are_at_the_sellers_discretion() -> None:
    assert told(answer(replace(YEAR, completions=1))) == (Answer.ELIGIBLE, 95_00)
    found = answer(replace(YEAR, completions=2))
    assert told(found) == (Answer.DISCRETION, 0)
    assert found.lines[0].amount == usd(0)
    assert found.most == usd(95_00)
    assert found.reasons == ("You completed 2 courses; from 2 on the seller may refuse.",)


def test_three_exam_reviews_are_at_the_sellers_discretion_two_are_not() -> None:
    assert told(answer(YEAR, reviews=2)) == (Answer.ELIGIBLE, 95_00)
    found = answer(YEAR, reviews=3)
    assert told(found) == (Answer.DISCRETION, 0)
    assert found.reasons == ("You took 3 exam-review sessions; from 3 on the seller may refuse.",)


def test_a_completed_single_course_is_at_the_sellers_discretion() -> None:
    assert told(answer(SINGLE)) == (Answer.ELIGIBLE, 20_00)
    found = answer(replace(SINGLE, completions=1))
    assert told(found) == (Answer.DISCRETION, 0)
    assert found.reasons == ("You completed a course that was bought singly.",)


def test_one_completed_course_of_a_pack_is_no_single_course() -> None:
    assert told(answer(replace(PACK, completions=1, hours_drawn=Decimal(2)))) == (
        Answer.ELIGIBLE,
        50_00,
    )


def test_completions_of_the_whole_order_count_together() -> None:
    used = (replace(YEAR, completions=1), replace(PACK, position=1, completions=1))
    assert told(answer(*used)) == (Answer.DISCRETION, 0)


def test_unused_hours_of_a_used_pack_come_back_if_the_seller_gives_that() -> None:
    used = replace(PACK, completions=3, hours_drawn=Decimal("4.5"))
    assert told(answer(used)) == (Answer.DISCRETION, 0)
    found = answer(used, limits=replace(LIMITS, unused_hours=True))
    assert told(found) == (Answer.DISCRETION, 21_88)  # 50 × 3.5 / 8 = 21.875
    assert found.reasons[-1] == (
        "3.5 of 8 hours of the pack are unused: $21.88 of it is given back."
    )
    over = answer(used, limits=replace(LIMITS, unused_hours=True), today=DAY_31)
    assert told(over) == (Answer.NOT_ELIGIBLE, 0)


def test_a_pack_drawn_to_the_end_gives_nothing_back() -> None:
    used = replace(PACK, completions=4, hours_drawn=Decimal(8))
    assert told(answer(used, limits=replace(LIMITS, unused_hours=True))) == (Answer.DISCRETION, 0)


def test_an_opened_gift_is_at_the_sellers_discretion() -> None:
    found = answer(replace(YEAR, is_opened=True))
    assert told(found) == (Answer.DISCRETION, 0)
    assert found.reasons == ("Somebody else already has what was bought for them.",)
    assert [each.sentence for each in found.changes] == ["From December 2, 2026 on"]


def test_a_giver_is_told_of_the_gift_never_of_courses_to_complete() -> None:
    gift = replace(YEAR, is_gift=True)
    found = answer(gift)
    assert told(found) == (Answer.ELIGIBLE, 95_00)
    assert found.reasons == ("You are within 30 days, and nobody has opened the gift.",)
    assert [(each.sentence, each.answer) for each in found.changes] == [
        ("Once somebody opens the gift", Answer.DISCRETION),
        ("From December 2, 2026 on", Answer.NOT_ELIGIBLE),
    ]
    opened = answer(replace(gift, is_opened=True))
    assert [each.sentence for each in opened.changes] == ["From December 2, 2026 on"]
    given = answer(replace(SINGLE, is_gift=True, is_opened=True, completions=1))
    assert given.reasons[0] == "The course that you gave has been completed."
    used = answer(replace(gift, is_opened=True, completions=2))
    assert used.reasons[0].startswith("Completed with this order: 2 courses;")


def test_who_gives_one_and_keeps_one_is_told_of_both() -> None:
    found = answer(replace(YEAR, is_gift=True), replace(SINGLE, position=1))
    assert [each.sentence for each in found.changes] == [
        "If you complete one more course",
        "Once somebody opens the gift",
        "From December 2, 2026 on",
    ]


@pytest.mark.parametrize(
    ("line", "is_disputed", "sentence"),
    [
        (replace(YEAR, paid=usd(0)), False, "Nothing is left to give back."),
        (YEAR, True, "The bank has taken this payment back already."),
        (
            replace(PACK, is_set_off=True),
            False,
            (
                "Its price was set off against the subscription that took its place: ask for that "
                "back first, and the pack returns."
            ),
        ),
    ],
)
def test_what_is_closed_says_why(line: SoldLine, is_disputed: bool, sentence: str) -> None:
    found = answer(line, is_disputed=is_disputed)
    assert (told(found), found.reasons) == ((Answer.NOT_ELIGIBLE, 0), (sentence,))
    assert found.lines[0].amount == usd(0)


def test_what_can_still_be_given_back_alone_gives_the_reasons() -> None:
    found = answer(replace(PACK, is_set_off=True), replace(YEAR, position=1))
    assert found.reasons == ("You are within 30 days, and use is below the limits.",)
    assert (told(found), found.most) == ((Answer.ELIGIBLE, 95_00), usd(95_00))


def test_seats_and_opened_gifts_are_not_what_the_buyer_would_complete() -> None:
    seats = replace(YEAR, kind="seats")
    assert [each.sentence for each in answer(seats).changes] == ["From December 2, 2026 on"]
    both = answer(replace(YEAR, is_opened=True), replace(SINGLE, position=1))
    assert both.changes[0].sentence == "If you complete one more course"


def test_of_two_lines_the_unused_one_comes_back() -> None:
    lines = (replace(SINGLE, completions=1), replace(YEAR, position=1))
    found = answer(*lines)
    assert told(found) == (Answer.DISCRETION, 95_00)
    assert [each.answer for each in found.lines] == [Answer.DISCRETION, Answer.ELIGIBLE]
    assert found.most == usd(115_00)


def test_what_was_given_back_before_or_taken_by_the_bank_is_not_given_again() -> None:
    assert told(answer(replace(YEAR, paid=usd(0)))) == (Answer.NOT_ELIGIBLE, 0)
    assert told(answer(YEAR, is_disputed=True)) == (Answer.NOT_ELIGIBLE, 0)
    assert told(answer(replace(YEAR, paid=usd(45_00)))) == (Answer.ELIGIBLE, 45_00)


def test_the_meter_says_what_would_change_the_answer() -> None:
    found = answer(replace(YEAR, completions=1))
    assert [(each.sentence, each.answer, each.on) for each in found.changes] == [
        ("If you complete one more course", Answer.DISCRETION, None),
        ("From December 2, 2026 on", Answer.NOT_ELIGIBLE, DAY_31),
    ]
    fresh = answer(YEAR)
    assert fresh.changes[0].sentence == "If you complete 2 more courses"
    assert answer(SINGLE).changes[0].sentence == "If you complete one more course"
    used = answer(replace(YEAR, completions=5))
    assert [each.sentence for each in used.changes] == ["From December 2, 2026 on"]


def test_the_seller_may_be_more_generous() -> None:
    kind = Limits(days=60, completions_below=5)
    assert told(answer(replace(YEAR, completions=4), limits=kind, today=DAY_31)) == (
        Answer.ELIGIBLE,
        95_00,
    )


LINES = st.builds(
    SoldLine,
    position=st.integers(0, 5),
    kind=st.sampled_from(["subscription", "pack", "course", "bundle", "seats"]),
    title=st.just("x"),
    paid=st.integers(0, 200_00).map(usd),
    completions=st.integers(0, 4),
    hours=st.one_of(st.none(), st.just(Decimal(8))),
    hours_drawn=st.integers(0, 32).map(lambda quarters: Decimal(quarters) / 4),
    is_opened=st.booleans(),
)


@given(
    st.lists(LINES, min_size=1, max_size=4),
    st.integers(0, 4),
    st.integers(-1, 40),
    st.booleans(),
    st.booleans(),
)
def test_no_answer_gives_more_than_was_paid_and_later_or_more_use_never_gives_more(
    lines: list[SoldLine], reviews: int, days: int, unused: bool, disputed: bool
) -> None:
    limits = replace(LIMITS, unused_hours=unused)
    today = BOUGHT + timedelta(days=days)
    purchase = Purchase(BOUGHT, tuple(lines), reviews, disputed)
    found = assess(purchase, limits, today=today)
    paid = Money.total((line.paid for line in lines), "USD")
    assert usd(0) <= found.amount <= found.most <= paid
    assert (found.answer is Answer.NOT_ELIGIBLE) <= (found.amount == usd(0))
    assert (found.answer is Answer.ELIGIBLE) == (bool(paid) and found.amount == paid)
    later = assess(purchase, limits, today=today + timedelta(days=1))
    assert later.amount <= found.amount
    used = tuple(replace(line, completions=line.completions + 1) for line in lines)
    assert assess(replace(purchase, lines=used), limits, today=today).amount <= found.amount
    assert assess(replace(purchase, reviews=9), limits, today=today).amount <= found.amount
