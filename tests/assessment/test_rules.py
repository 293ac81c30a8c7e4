"""Judgments on tests, and the worked numbers of docs/rules/grading.md."""

import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aliquot.assessment import rules
from aliquot.assessment.errors import AnswerError
from aliquot.assessment.facts import AttemptFacts, BankQuestion
from aliquot.assessment.kinds import numeric
from tests.factories.assessment import SPECS

PAGE = Path(__file__).resolve().parents[2] / "docs/rules/grading.md"
NOW = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)


def table(first_heading: str) -> list[list[str]]:
    """The rows of the page's table whose first column has this heading."""
    lines = PAGE.read_text().splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith(f"| {first_heading} |"))
    rows = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


@pytest.mark.parametrize(("points", "questions", "mark", "score", "result"), table("points"))
def test_scores_are_as_the_page_says(
    points: str, questions: str, mark: str, score: str, result: str
) -> None:
    assert str(rules.score(int(points), int(questions))) == score
    passed = rules.is_passed(
        points=int(points), points_possible=int(questions), pass_mark=Decimal(mark)
    )
    assert ("passed" if passed else "not passed") == result


@pytest.mark.parametrize(("typed", "read", "result"), table("typed"))
def test_numbers_are_read_as_the_page_says(typed: str, read: str, result: str) -> None:
    answer = numeric.parse(SPECS["numeric"], typed)
    assert answer == read
    graded = numeric.grade(SPECS["numeric"], {}, answer)
    assert ("right" if graded.is_right else "wrong") == result


@pytest.mark.parametrize(("made", "allowed", "wait", "since", "may"), table("attempts so far"))
def test_retakes_open_as_the_page_says(
    made: str, allowed: str, wait: str, since: str, may: str
) -> None:
    hours = timedelta(hours=float(since)) if since != "–" else timedelta()
    verdict = rules.may_start(
        earlier=[AttemptFacts(submitted_at=NOW - hours, passed=False)] * int(made),
        attempts_allowed=None if allowed == "–" else int(allowed),
        wait_hours=int(wait),
        now=NOW,
    )
    words = {"wait": "no: wait", "no_attempts_left": "no: none left", "": "yes"}
    assert words[verdict.reason] == may
    assert verdict.may is (may == "yes")


@given(
    points=st.integers(0, 200),
    extra=st.integers(0, 200),
    hundredths=st.integers(1, 10000),
)
def test_the_shown_score_and_the_result_never_contradict(
    points: int, extra: int, hundredths: int
) -> None:
    possible = max(points + extra, 1)
    mark = Decimal(hundredths) / 100
    passed = rules.is_passed(points=points, points_possible=possible, pass_mark=mark)
    assert passed is (rules.score(points, possible) >= mark)


@pytest.mark.parametrize(("possible", "needed"), [(10, 8), (9, 8), (5, 4), (1, 1)])
def test_the_fewest_points_that_pass(possible: int, needed: int) -> None:
    assert rules.points_to_pass(points_possible=possible, pass_mark=Decimal(80)) == needed


def test_after_a_pass_no_attempt_starts() -> None:
    earlier = [AttemptFacts(submitted_at=NOW, passed=True)]
    verdict = rules.may_start(earlier=earlier, attempts_allowed=None, wait_hours=0, now=NOW)
    assert (verdict.may, verdict.reason) == (False, "passed")


def test_an_open_attempt_is_continued_not_started_again() -> None:
    earlier = [AttemptFacts(submitted_at=None, passed=None)]
    verdict = rules.may_start(earlier=earlier, attempts_allowed=1, wait_hours=0, now=NOW)
    assert (verdict.may, verdict.reason, verdict.attempts_left) == (False, "open", 0)


def test_the_wait_names_the_moment_it_ends() -> None:
    earlier = [AttemptFacts(submitted_at=NOW - timedelta(hours=1), passed=False)]
    verdict = rules.may_start(earlier=earlier, attempts_allowed=3, wait_hours=24, now=NOW)
    assert verdict.opens_at == NOW + timedelta(hours=23)
    assert verdict.attempts_left == 2


def bank(*objectives: tuple[str, ...]) -> list[BankQuestion]:
    return [
        BankQuestion(key=f"q{index}", objective_keys=keys) for index, keys in enumerate(objectives)
    ]


@given(
    objectives=st.lists(
        st.lists(st.sampled_from("abcd"), min_size=1, max_size=2, unique=True).map(tuple),
        min_size=1,
        max_size=12,
    ),
    count=st.integers(1, 12),
    seed=st.integers(0, 10**6),
)
def test_a_draw_covers_every_objective_that_fits(
    objectives: list[tuple[str, ...]], count: int, seed: int
) -> None:
    questions = bank(*objectives)
    keys = rules.draw(
        bank=questions, objective_keys="abcd", count=count, last_seen={}, rng=random.Random(seed)
    )
    assert len(keys) == len(set(keys)) == min(count, len(questions))
    possible = {key for each in objectives for key in each}
    covered = {key for each in questions if each.key in keys for key in each.objective_keys}
    if count >= len(possible):
        assert covered == possible


@given(seed=st.integers(0, 10**6))
def test_a_retake_prefers_questions_not_seen(seed: int) -> None:
    questions = bank(*[("a",)] * 9)
    seen = {"q0": 2, "q1": 2, "q2": 2, "q3": 1, "q4": 1, "q5": 1}
    drawn = rules.draw(
        bank=questions, objective_keys="a", count=5, last_seen=seen, rng=random.Random(seed)
    )
    assert {"q6", "q7", "q8"} <= set(drawn)
    assert {"q0", "q1", "q2"} & set(drawn) == set()


def test_a_short_test_covers_as_many_objectives_as_it_can() -> None:
    questions = bank(("a",), ("b",), ("c",), ("a", "b", "c"))
    for seed in range(20):
        keys = rules.draw(
            bank=questions, objective_keys="abc", count=1, last_seen={}, rng=random.Random(seed)
        )
        assert keys == ["q3"]


def test_two_draws_differ() -> None:
    questions = bank(*[("a",)] * 20)
    drawn = {
        tuple(
            rules.draw(
                bank=questions,
                objective_keys="a",
                count=10,
                last_seen={},
                rng=random.Random(seed),
            )
        )
        for seed in range(10)
    }
    assert len(drawn) == 10


def test_the_page_and_the_code_know_the_same_refusal() -> None:
    with pytest.raises(AnswerError):
        numeric.parse(SPECS["numeric"], "about 180")
