"""What a draw and a retake need to know."""

from collections.abc import Iterable
from datetime import datetime

from aliquot.assessment import rules
from aliquot.assessment.facts import (
    AttemptFacts,
    BankQuestion,
    RetakeVerdict,
)
from aliquot.assessment.models import Attempt, Question
from aliquot.assessment.queries.forms import held_form
from aliquot.catalog.models import CourseVersion
from aliquot.catalog.queries.versions import MOST_HELD
from aliquot.infra.fixed import fixed


@fixed(MOST_HELD)
def held_questions(version_id: int) -> tuple[Question, ...]:
    """Every question of a version. They never change, so they are held: never change them."""
    return tuple(Question.objects.filter(version=version_id))


def bank_of(version: CourseVersion) -> list[Question]:
    """The test bank of a version, in the order of its files."""
    return [each for each in held_questions(version.pk) if each.use == Question.Use.TEST]


def bank_facts(questions: Iterable[Question]) -> list[BankQuestion]:
    """What a draw needs to know."""
    return [
        BankQuestion(key=question.key, objective_keys=tuple(question.objective_keys))
        for question in questions
    ]


def last_seen(earlier: Iterable[Attempt]) -> dict[str, int]:
    """For each question a person saw in a test: the number of the latest such attempt."""
    ordered = sorted(earlier, key=lambda attempt: attempt.started_at)
    return {
        key: number
        for number, attempt in enumerate(ordered, start=1)
        for key in held_form(attempt.pk)
    }


def retake_verdict(
    version: CourseVersion, earlier: Iterable[Attempt], now: datetime
) -> RetakeVerdict:
    """Whether another attempt may start, given the attempts under one enrollment."""
    return rules.may_start(
        earlier=[AttemptFacts(submitted_at=a.submitted_at, passed=a.passed) for a in earlier],
        attempts_allowed=version.attempts_allowed,
        wait_hours=version.retake_wait_hours,
        now=now,
    )


def points_to_pass(version: CourseVersion) -> tuple[int, int]:
    """The fewest right answers that pass, and how many questions the test has."""
    possible = min(version.test_questions, len(bank_of(version)))
    return rules.points_to_pass(points_possible=possible, pass_mark=version.pass_mark), possible


def points_needed(attempt: Attempt) -> int:
    """The fewest right answers that pass this attempt, by its frozen pass mark."""
    return rules.points_to_pass(
        points_possible=attempt.points_possible, pass_mark=attempt.pass_mark
    )
