"""Who may open a course, which save wins, what a completion needs: pure judgments."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aliquot.learning import rules
from aliquot.learning.facts import History, Offer, Opening, PageState, Progress, Right
from tests.factories.learning import EVALUATION

NOW = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
ZONE = "America/New_York"
OFFER = Offer(course_id=7, availability="open", is_free=False, hours=Decimal("1.25"))
FREE = Offer(course_id=7, availability="open", is_free=True, hours=Decimal("1.25"))
KEYS = ["choose-area", "count-cells"]


def right(**changes: Any) -> Right:
    values = {"id": 1, "source": "order", "course_id": None, "starts_at": NOW - timedelta(days=30)}
    return Right(**(values | changes))


def opening(
    *rights: Right, offer: Offer = OFFER, history: History | None = None, now: datetime = NOW
) -> Opening:
    return rules.opening(
        offer=offer,
        rights=rights,
        history=history or History(),
        now=now,
        zone=ZONE,
        interval_months=12,
    )


# --- opening --------------------------------------------------------------------------------------


def test_a_free_course_opens_for_anyone_signed_in_and_draws_nothing() -> None:
    assert opening(right(hours_limit=Decimal(8)), offer=FREE) == Opening(
        may=True, by="free", reason="This course is free."
    )


def test_without_an_entitlement_a_course_stays_closed() -> None:
    assert opening() == Opening(may=False, reason="You have no access to this course yet.")


def test_an_entitlement_for_all_courses_opens_one_through_its_last_day() -> None:
    ends = datetime(2027, 7, 1, 4, 0, tzinfo=UTC)  # midnight in New York
    assert opening(right(ends_at=ends)) == Opening(
        may=True,
        by="entitlement",
        reason="Included in your purchase through June 30, 2027.",
        entitlement_id=1,
    )


def test_an_entitlement_for_another_course_opens_nothing() -> None:
    assert opening(right(course_id=8)).reason == "You have no access to this course yet."
    assert opening(right(course_id=7)).may


def test_an_entitlement_runs_from_its_start_and_ends_exactly_at_its_end() -> None:
    one = right(starts_at=NOW, ends_at=NOW + timedelta(seconds=1))
    assert opening(one).may
    assert not opening(one, now=NOW - timedelta(microseconds=1)).may
    assert not opening(one, now=NOW + timedelta(seconds=1)).may


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"ends_at": NOW - timedelta(days=2)}, "Your access ended on November 21, 2026."),
        ({"starts_at": NOW + timedelta(days=2)}, "Your access starts on November 25, 2026."),
        ({"withdrawn_at": NOW}, "You have no access to this course yet."),
        (
            {"source": "pack", "hours_limit": Decimal(8), "hours_drawn": Decimal(7)},
            "This course is 1.25 contact hours; your hour pack has 1 left.",
        ),
    ],
)
def test_a_refusal_says_why(changes: dict[str, Any], reason: str) -> None:
    assert opening(right(**changes)) == Opening(may=False, reason=reason)


def test_a_pack_is_drawn_by_the_hours_of_the_course_and_says_what_is_left() -> None:
    pack = right(source="pack", hours_limit=Decimal(8), hours_drawn=Decimal("6.75"))
    assert opening(pack) == Opening(
        may=True,
        by="entitlement",
        reason=("Takes 1.25 contact hours from your hour pack: 1.25 of 8 contact hours left."),
        entitlement_id=1,
        draws=Decimal("1.25"),
    )


def test_an_unlimited_entitlement_goes_before_a_pack_and_a_sooner_end_before_a_later() -> None:
    pack = right(id=1, hours_limit=Decimal(8))
    endless = right(id=2)
    later = right(id=3, ends_at=NOW + timedelta(days=90))
    sooner = right(id=4, ends_at=NOW + timedelta(days=9))
    assert opening(pack, endless, later, sooner).entitlement_id == 4
    assert opening(pack, endless, later).entitlement_id == 3
    assert opening(pack, endless).entitlement_id == 2
    assert opening(pack).entitlement_id == 1


@pytest.mark.parametrize(
    ("availability", "hours", "reason"),
    [
        ("hidden", Decimal(1), "This course is not offered now."),
        ("open", None, "This course is not offered now."),
        ("retired", Decimal(1), "This course was retired and takes no new learners."),
    ],
)
def test_a_course_that_is_not_offered_takes_no_new_learners(
    availability: str, hours: Decimal | None, reason: str
) -> None:
    offer = Offer(course_id=7, availability=availability, is_free=True, hours=hours)
    assert opening(right(), offer=offer) == Opening(may=False, reason=reason, is_offered=False)


def test_a_retired_course_names_its_successor() -> None:
    offer = Offer(7, "retired", True, Decimal(1), successor="Smears, second edition")
    assert opening(offer=offer).reason.endswith("Its successor is Smears, second edition.")


@pytest.mark.parametrize("availability", ["open", "hidden", "retired"])
def test_a_started_course_stays_open_whatever_became_of_the_course(availability: str) -> None:
    offer = Offer(course_id=7, availability=availability, is_free=False, hours=Decimal(1))
    found = opening(offer=offer, history=History(open_enrollment_id=12))
    assert (found.may, found.by, found.enrollment_id) == (True, "enrollment", 12)


def test_a_finished_course_earns_credit_again_after_the_interval_and_the_day_is_said() -> None:
    history = History(last_completed_on=date(2026, 3, 12), last_enrollment_id=5)
    assert opening(offer=FREE, history=history) == Opening(
        may=False,
        reason=(
            "You finished this course on March 12, 2026. It earns credit again from "
            "March 12, 2027: credit is given once in 12 months."
        ),
        again_from=date(2027, 3, 12),
        enrollment_id=5,
    )


def test_the_interval_ends_at_midnight_in_the_learners_own_zone() -> None:
    history = History(last_completed_on=date(2025, 11, 24))
    before = datetime(2026, 11, 24, 4, 59, 59, tzinfo=UTC)  # one second before midnight there
    assert not opening(offer=FREE, history=history, now=before).may
    assert opening(offer=FREE, history=history, now=before + timedelta(seconds=1)).may


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 11, 23), 12, date(2027, 11, 23)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2026, 11, 23), 0, date(2026, 11, 23)),
    ],
)
def test_months_later_is_the_same_day_or_the_last_of_the_month(
    day: date, months: int, later: date
) -> None:
    assert rules.months_after(day, months) == later


# --- going on with a started course ---------------------------------------------------------------


def continuing(*rights: Right, started_by: int | None = 1, **changes: Any) -> Opening:
    values = {
        "offer": OFFER, "rights": rights, "is_completed": False, "now": NOW, "zone": ZONE,
    }  # fmt: skip
    return rules.continuing(started_by=started_by, **(values | changes))


def test_what_was_started_free_stays_open() -> None:
    assert continuing(started_by=None).may


def test_a_finished_course_can_be_read_for_ever() -> None:
    assert continuing(right(ends_at=NOW - timedelta(days=1)), is_completed=True).may


def test_when_the_access_ends_the_place_is_kept_and_the_reader_is_told() -> None:
    found = continuing(right(ends_at=NOW - timedelta(days=2)))
    assert found == Opening(
        may=False,
        reason="Your access ended on November 21, 2026. Your place and your answers are kept.",
    )


def test_another_unlimited_entitlement_takes_over_but_no_pack_is_drawn_twice() -> None:
    ended = right(id=1, ends_at=NOW - timedelta(days=2))
    assert continuing(ended, right(id=2)).entitlement_id == 2
    assert not continuing(ended, right(id=3, hours_limit=Decimal(8))).may


def test_a_course_taken_from_a_pack_stays_open_although_the_pack_is_empty() -> None:
    used_up = right(source="pack", hours_limit=Decimal(2), hours_drawn=Decimal(2))
    assert continuing(used_up).reason == "Taken from your hour pack."


# --- saves ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("base", "stored", "wins"),
    [(None, 9, True), (9, 9, True), (8, 9, False), (0, 0, True), (10, 9, True)],
)
def test_a_background_save_loses_to_a_newer_one(base: int | None, stored: int, wins: bool) -> None:
    assert (stored <= rules.wins_over(base)) is wins


@given(st.lists(st.integers(0, 200)))
def test_the_furthest_point_never_moves_back(positions: list[int]) -> None:
    furthest, seen = 0, []
    for position in positions:
        furthest = rules.furthest(stored=furthest, position=position)
        seen.append(furthest)
    assert seen == sorted(seen)
    assert furthest == max(positions, default=0)


# --- progress -------------------------------------------------------------------------------------


def progress(*marks: str, is_passed: bool = False, is_completed: bool = False) -> Progress:
    """A mark per page: "" untouched, "o" opened, "f" finished; 4.5 minutes each."""
    pages = tuple(
        PageState(n, n, f"page-{n}", f"Page {n}", Decimal("4.5"), mark != "", mark == "f")
        for n, mark in enumerate(marks, 1)
    )
    return Progress(pages, Decimal(10), is_passed=is_passed, is_completed=is_completed)


def test_minutes_left_are_those_of_the_pages_without_a_tick_and_of_the_test_rounded_up() -> None:
    assert rules.minutes_left(progress("f", "o", "")) == 19
    assert rules.minutes_left(progress("f", "f", "o", is_passed=True)) == 5
    assert rules.minutes_left(progress("f", "f", is_passed=True)) == 0
    assert rules.minutes_left(progress("o", "", is_completed=True)) == 0


def test_the_share_counts_pages_test_and_evaluation_and_is_full_only_when_completed() -> None:
    assert rules.share_done(progress("", "", "")) == 0
    assert rules.share_done(progress("f", "f", "o")) == 40
    assert rules.share_done(progress("f", "f", "f", is_passed=True)) == 80
    assert rules.share_done(progress("f", "f", "f", is_passed=True, is_completed=True)) == 100


def test_the_test_opens_when_every_page_was_opened() -> None:
    assert not rules.test_is_open(progress("f", "f", ""))
    assert rules.test_is_open(progress("f", "f", "o"))


def test_a_completion_needs_pages_test_name_and_evaluation() -> None:
    found = rules.conditions(progress=progress("f", ""), has_evaluation=False, has_name=False)
    assert [(each.key, each.is_met, each.words) for each in found] == [
        ("pages", False, "Open every page: 1 of 2 still to open."),
        ("test", False, "Pass the test."),
        ("name", False, "Add your name as on your license to your profile."),
        ("evaluation", False, "Fill in the evaluation."),
    ]
    done = progress("f", "o", is_passed=True)
    met = rules.conditions(progress=done, has_evaluation=True, has_name=True)
    assert [each.is_met for each in met] == [True, True, True, True]


# --- evaluation -----------------------------------------------------------------------------------


def problems(**changes: Any) -> dict[str, str]:
    return rules.evaluation_problems(EVALUATION | changes, objective_keys=KEYS)


def test_a_complete_evaluation_has_no_problems() -> None:
    assert problems() == {}


@pytest.mark.parametrize("name", ["author", "content", "methods", "facilities", "experience"])
@pytest.mark.parametrize("value", [None, 0, 6, "5", True, 2.5])
def test_each_rating_is_one_of_five(name: str, value: object) -> None:
    assert problems(**{name: value}) == {name: "Choose one of the five answers."}


@pytest.mark.parametrize("value", [None, 0, 6001, "75", True, 7.5])
def test_the_time_is_whole_minutes(value: object) -> None:
    assert problems(minutes=value) == {
        "minutes": "Enter the minutes as a whole number from 1 to 6000."
    }


def test_every_objective_is_answered_and_no_other() -> None:
    assert problems(objectives={"choose-area": "met"}) == {
        "objective_count-cells": "Say whether you met this objective."
    }
    extra = EVALUATION["objectives"] | {"fly": "met"}
    assert problems(objectives=extra) == {
        "objective_fly": "This is not an objective of the course."
    }
    assert set(problems(objectives="met")) == {"objective_choose-area", "objective_count-cells"}


def test_noticed_bias_is_described() -> None:
    assert problems(bias=None) == {"bias": "Say whether you noticed bias."}
    assert problems(bias=True) == {"bias_noted": "Say what bias you noticed."}
    assert problems(bias=True, bias_noted="One maker's analyzer only.") == {}


def test_the_comment_may_be_empty_but_not_endless() -> None:
    assert problems(comment="") == {}
    assert problems(comment="x" * 4001) == {"comment": "Write at most 4000 characters."}


def test_unknown_fields_are_refused() -> None:
    assert problems(score=100) == {"score": "This is not a question of the evaluation."}
