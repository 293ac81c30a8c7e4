"""Judging a form by its frozen key, and explaining the results after submission."""

from collections.abc import Mapping
from typing import Any

from aliquot.assessment.errors import NoResultsError
from aliquot.assessment.facts import (
    Answer,
    Graded,
    ObjectiveResult,
    QuestionResult,
    Results,
)
from aliquot.assessment.kinds import KINDS
from aliquot.assessment.models import Attempt
from aliquot.assessment.queries.attempts import responses_of
from aliquot.assessment.queries.forms import answer_of, figures_of, public_figures, public_question
from aliquot.catalog.models import CourseVersion


def graded_form(attempt: Attempt) -> list[tuple[dict[str, Any], Answer, Graded]]:
    """Every frozen question with its answer, judged by the frozen key. For services and results."""
    responses = responses_of(attempt)
    graded = []
    for entry in attempt.form:
        answer = answer_of(entry, responses.get(entry["key"]))
        kind = KINDS[entry["kind"]]
        graded.append((entry, answer, kind.grade(entry["spec"], entry["order"], answer)))
    return graded


def results(attempt: Attempt) -> Results:
    """A submitted attempt, explained. Raises ``NoResultsError`` before submission."""
    if (
        attempt.submitted_at is None
        or attempt.points is None
        or attempt.score is None
        or attempt.passed is None
    ):
        raise NoResultsError("There are no results before the test is submitted.")
    judged = graded_form(attempt)
    return Results(
        attempt_id=attempt.pk,
        submitted_at=attempt.submitted_at,
        points=attempt.points,
        points_possible=attempt.points_possible,
        score=attempt.score,
        pass_mark=attempt.pass_mark,
        passed=attempt.passed,
        objectives=_objective_results(attempt.version, judged),
        questions=_question_results(attempt.version, judged),
    )


def _objective_results(
    version: CourseVersion, judged: list[tuple[dict[str, Any], Answer, Graded]]
) -> tuple[ObjectiveResult, ...]:
    """Per objective, in the course's order; a question of two objectives counts under both."""
    found = []
    for objective in version.objectives.all():
        own = [graded for entry, _, graded in judged if objective.key in entry["objective_keys"]]
        if own:
            right = sum(graded.is_right for graded in own)
            found.append(
                ObjectiveResult(
                    key=objective.key, text=objective.text, right=right, questions=len(own)
                )
            )
    return tuple(found)


def _question_results(
    version: CourseVersion, judged: list[tuple[dict[str, Any], Answer, Graded]]
) -> tuple[QuestionResult, ...]:
    keys = [entry["figure_key"] for entry, _, _ in judged]
    figures = public_figures(version, keys)
    descriptions = {figure.key: figure.description for figure in figures_of(version, keys)}
    references = {reference["id"]: reference for reference in version.references}
    return tuple(
        QuestionResult(
            number=number,
            question=public_question(entry, figures),
            answer=answer,
            answer_text=KINDS[entry["kind"]].describe(entry["spec"], answer),
            right_text=_right_text(entry),
            graded=graded,
            references=tuple(
                references[key] for key in entry["reference_keys"] if key in references
            ),
            figure_description=descriptions.get(entry["figure_key"], ""),
        )
        for number, (entry, answer, graded) in enumerate(judged, start=1)
    )


def _right_text(entry: Mapping[str, Any]) -> str:
    kind = KINDS[entry["kind"]]
    return kind.describe(entry["spec"], kind.right_answer(entry["spec"]))


def record_of(attempt: Attempt) -> dict[str, Any]:
    """A submitted attempt as plain data that explains itself, for a completion's frozen record."""
    if attempt.submitted_at is None:
        raise NoResultsError("There are no results before the test is submitted.")
    return {
        "attempt_id": attempt.pk,
        "started_at": attempt.started_at.isoformat(),
        "submitted_at": attempt.submitted_at.isoformat(),
        "pass_mark": str(attempt.pass_mark),
        "score": str(attempt.score),
        "points": attempt.points,
        "points_possible": attempt.points_possible,
        "passed": attempt.passed,
        "questions": [
            {
                **entry,
                "answer": answer,
                "answer_text": KINDS[entry["kind"]].describe(entry["spec"], answer),
                "right_text": _right_text(entry),
                "is_right": graded.is_right,
            }
            for entry, answer, graded in graded_form(attempt)
        ],
    }
