"""What may be said about an activity from elsewhere; every problem is named at once."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aliquot.catalog.data import approvals, areas
from aliquot.credentials import facts as credentials
from aliquot.credentials.data import bodies
from aliquot.ledger import facts, rules
from aliquot.ledger.errors import InvalidActivityError
from aliquot.ledger.facts import ActivityClaim, CreditPart, EarnedActivity

TODAY = date(2026, 11, 23)
CLAIM = ActivityClaim(
    title="Blood bank update",
    provider_name="State laboratory society",
    completed_on=date(2026, 3, 12),
    kind="contact_hours",
    amount=Decimal("1.5"),
    areas=("blood_bank",),
)


def problems(**said: Any) -> dict[str, str]:
    with pytest.raises(InvalidActivityError) as refusal:
        checked(**said)
    return refusal.value.problems


def checked(**said: Any) -> ActivityClaim:
    claim = replace(CLAIM, **said)
    return rules.checked(claim, today=TODAY, areas=areas(), approvals=approvals())


def test_the_kinds_are_those_of_the_standing_contract() -> None:
    assert tuple(credentials.KINDS) == facts.KINDS


def test_what_a_proof_shows_is_called_as_the_bodies_call_it() -> None:
    assert tuple(bodies.PROOF_FACTS) == facts.PROOF_FACTS


def test_a_good_claim_has_its_credit_in_one_part() -> None:
    assert checked().parts == (CreditPart(Decimal("1.5"), ("blood_bank",)),)


def test_the_providers_split_is_kept_as_it_is() -> None:
    split = (CreditPart(Decimal(1), ("blood_bank",)), CreditPart(Decimal("0.5"), ("safety_lab",)))
    assert checked(amount=None, areas=(), parts=split).parts == split


def test_spaces_are_tidied_and_repeated_areas_named_once() -> None:
    claim = checked(title="  Blood \n bank ", areas=("ethics", "ethics"), approvals=("pace",) * 2)
    assert (claim.title, claim.approvals) == ("Blood bank", ("pace",))
    assert claim.parts == (CreditPart(Decimal("1.5"), ("ethics",)),)


def test_unknown_approvals_are_not_none() -> None:
    assert checked(approvals=None).approvals is None
    assert checked(approvals=()).approvals == ()


def test_every_problem_is_named_at_once() -> None:
    assert problems(
        title=" ", provider_name="", completed_on=TODAY + timedelta(1), kind="x",
        amount=Decimal(-1), areas=(), approvals=("pace", "nobody"), course_number="x" * 81,
    ) == {
        "title": "Enter the title as your proof prints it.",
        "provider_name": "Enter who held it: a provider, a school or your employer.",
        "course_number": "Enter at most 80 characters.",
        "completed_on": "Enter the day you finished it: November 23, 2026 or earlier. "
        "An activity counts once it is done.",
        "amount": "Enter more than 0.",
        "areas": "Choose at least one subject area.",
        "kind": "Choose a kind of the list.",
        "approvals": "Choose approvals of the list.",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("amount", "problem"),
    [
        ("0", "Enter more than 0."),
        ("0.001", "Enter at most two decimals, such as 1.25."),
        ("1.255", "Enter at most two decimals, such as 1.25."),
        ("10000.01", "Enter 10,000 or less."),
        ("1E+40", "Enter 10,000 or less."),
        ("NaN", "Enter a number, such as 1.5."),
        ("Infinity", "Enter a number, such as 1.5."),
    ],
)
def test_amounts_that_cannot_be(amount: str, problem: str) -> None:
    assert problems(amount=Decimal(amount)) == {"amount": problem}
    split = (CreditPart(Decimal(1), ("ethics",)), CreditPart(Decimal(amount), ("ethics",)))
    found = problems(amount=None, areas=(), parts=split)
    assert found["parts.1.amount"] == problem


def test_the_largest_and_the_smallest_amount_are_taken() -> None:
    assert checked(amount=Decimal("10000.00")).parts[0].amount == 10_000
    assert checked(amount=Decimal("0.01")).parts[0].amount == Decimal("0.01")


def test_both_an_amount_and_a_split_is_one_too_many() -> None:
    split = (CreditPart(Decimal(1), ("ethics",)),)
    assert list(problems(parts=split)) == ["amount"]
    assert list(problems(amount=None, parts=split)) == ["amount"]


def test_no_amount_at_all_is_named() -> None:
    assert list(problems(amount=None, areas=())) == ["amount", "areas"]


def test_a_split_of_too_many_lines_or_too_much_is_refused() -> None:
    line = CreditPart(Decimal(1), ("ethics",))
    assert list(problems(amount=None, areas=(), parts=(line,) * 21)) == ["parts"]
    much = CreditPart(Decimal(6000), ("ethics",))
    assert list(problems(amount=None, areas=(), parts=(much, much))) == ["parts"]


def test_areas_that_nobody_knows_are_refused() -> None:
    assert problems(areas=("ethics", "alchemy")) == {"areas": "Choose subject areas of the list."}


def test_today_is_done_and_1949_is_a_slip() -> None:
    assert checked(completed_on=TODAY).completed_on == TODAY
    assert list(problems(completed_on=date(1949, 12, 31))) == ["completed_on"]


def test_signs_that_cannot_be_printed_are_refused() -> None:
    assert list(problems(title="Blood\x00bank")) == ["title"]


@given(st.decimals(min_value="0.01", max_value="10000", places=2))
def test_every_amount_of_the_contract_is_taken_exactly(amount: Decimal) -> None:
    assert checked(amount=amount).parts == (CreditPart(amount, ("blood_bank",)),)


def known(title: str, day: date = CLAIM.completed_on) -> EarnedActivity:
    return EarnedActivity(
        id=1,
        completion_id=None,
        origin="elsewhere",
        title=title,
        provider_name="A society",
        completed_on=day,
        kind="contact_hours",
        approvals=None,
        parts=(CreditPart(Decimal(1), ("ethics",)),),
    )


@pytest.mark.parametrize(
    ("title", "is_alike"),
    [
        ("Blood bank update", True),
        ("BLOOD BANK UPDATE.", True),
        ("Update: Blood Bank", True),
        ("Blood bank updates", True),
        ("Hematology update", False),
        ("Chemistry quality control", False),
    ],
)
def test_a_similar_title_of_the_same_day_looks_like_the_same(title: str, is_alike: bool) -> None:
    found = rules.lookalikes(CLAIM.title, CLAIM.completed_on, [known(title)])
    assert found == ([known(title)] if is_alike else [])


def test_the_same_title_of_another_day_is_another_activity() -> None:
    other = known(CLAIM.title, CLAIM.completed_on + timedelta(1))
    assert rules.lookalikes(CLAIM.title, CLAIM.completed_on, [other]) == []


def test_a_files_name_is_shown_without_folders_and_unprintable_signs() -> None:
    assert rules.shown_name("../../etc/passwd") == "passwd"
    assert rules.shown_name("C:\\papers\\my  proof\x00.pdf") == "my proof .pdf"
    assert rules.shown_name("..") == ".."
    assert len(rules.shown_name("x" * 900)) == 200
