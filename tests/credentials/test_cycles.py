"""Dates at the edges, and what no case of the data reaches yet."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from aliquot.credentials.data import pack
from aliquot.credentials.errors import UnjudgeableError
from aliquot.credentials.facts import Activity, CredentialHeld, ExpiredRule, Part, Pin, Reason
from aliquot.credentials.rules import judge_credential

AS_OF = date(2026, 11, 23)
MLS = CredentialHeld(pack("ascp_mls"), date(2027, 6, 30), first_certified_on=date(2011, 5, 14))


def activity(day: date, *areas: str, amount: str = "1") -> Activity:
    part = Part(Decimal(amount), areas or ("chemistry",))
    return Activity(f"{day}{areas}", day, "in_service", (part,))


@pytest.mark.parametrize(
    ("ends_on", "starts_on"),
    [
        (date(2027, 6, 30), date(2024, 7, 1)),
        (date(2027, 2, 27), date(2024, 2, 28)),
        (date(2027, 2, 28), date(2024, 3, 1)),
        (date(2028, 2, 28), date(2025, 3, 1)),
        (date(2028, 2, 29), date(2025, 3, 1)),
        (date(2024, 12, 31), date(2022, 1, 1)),
        (date(2024, 11, 30), date(2021, 12, 1)),
    ],
)
def test_a_cycle_of_three_years_starts_the_day_after_the_one_before(
    ends_on: date, starts_on: date
) -> None:
    verdict = judge_credential(replace(MLS, cycle_ends_on=ends_on), activities=(), as_of=AS_OF)
    assert verdict.window is not None
    assert (verdict.window.starts_on, verdict.window.ends_on) == (starts_on, ends_on)


@pytest.mark.parametrize(
    ("as_of", "starts_on"),
    [
        (date(2026, 11, 23), date(2025, 11, 24)),
        (date(2024, 2, 28), date(2023, 3, 1)),
        (date(2023, 12, 31), date(2023, 1, 1)),
    ],
)
def test_twelve_months_back_from_a_day(as_of: date, starts_on: date) -> None:
    rule = ExpiredRule(months=12, total=Decimal(12))
    held = replace(MLS, pack=replace(MLS.pack, expired_rule=rule), expired=True)
    verdict = judge_credential(held, activities=(), as_of=as_of)
    assert verdict.window is not None
    assert verdict.window.starts_on == starts_on
    assert verdict.needed == 12


def test_an_unknown_length_of_the_cycle_leaves_the_whole_unknown() -> None:
    held = replace(MLS, pack=replace(MLS.pack, cycle_years=None), cycle_ends_on=date(2026, 6, 30))
    inside, after = activity(date(2001, 1, 1)), activity(date(2026, 7, 1))
    verdict = judge_credential(held, activities=(inside, after), as_of=AS_OF)
    assert (verdict.window, verdict.needed, verdict.missing, verdict.met) == (None,) * 4
    assert verdict.counted == 1
    assert [row.reason for row in verdict.not_counted] == [Reason.OUTSIDE_WINDOW]
    assert [notice.code for notice in verdict.warnings] == ["figures_unknown"]


def test_both_ends_of_the_window_count() -> None:
    days = [date(2024, 6, 30), date(2024, 7, 1), date(2026, 11, 23)]
    verdict = judge_credential(MLS, activities=[activity(day) for day in days], as_of=AS_OF)
    assert verdict.counted == 2


def test_points_split_over_subjects_say_check_with_the_body() -> None:
    split = activity(AS_OF, "chemistry", "hematology", amount="4")
    whole = activity(date(2026, 1, 1), "immunology", "quality", amount="4")
    verdict = judge_credential(MLS, activities=(split, whole), as_of=AS_OF)
    flagged = {row.activity for row in verdict.allocations if "check with the body" in row.because}
    assert flagged == {split.id}


def test_what_spills_from_a_minimum_is_no_split() -> None:
    spill = activity(AS_OF, "chemistry", "other_lab", amount="4")
    verdict = judge_credential(MLS, activities=(spill,), as_of=AS_OF)
    assert len(verdict.allocations) == 2
    assert not any("check with the body" in row.because for row in verdict.allocations)


def test_a_costly_pin_says_how_many_points_each_and_together() -> None:
    full = activity(date(2026, 1, 1), amount="40")
    first = activity(date(2026, 1, 2), "hematology", amount="2")
    second = activity(date(2026, 1, 3), "ethics", amount="1")
    verdict = judge_credential(
        MLS,
        activities=(full, first, second),
        as_of=AS_OF,
        pins=[
            Pin("ascp_mls", first.id, "remainder", Decimal("1.5")),
            Pin("ascp_mls", second.id, "remainder", Decimal("0.25")),
        ],
    )
    assert [notice.text.partition(":")[0] for notice in verdict.warnings] == [
        f"The pin of {first.id} to remainder costs 1.5 points",
        f"The pin of {second.id} to remainder costs 0.25 points",
        "The pins together cost 1.75 points",
    ]


def test_a_contradiction_with_fixed_dates_is_refused_before_anything_is_judged() -> None:
    from aliquot.credentials.data import shipped

    held = CredentialHeld(shipped().pack("lic_fl"), date(2027, 8, 31))
    with pytest.raises(UnjudgeableError, match="is no end of a cycle of lic_fl"):
        judge_credential(held, activities=(), as_of=AS_OF)
