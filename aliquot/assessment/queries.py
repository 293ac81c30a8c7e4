"""Reads of questions, forms and results. Nothing here shows a key before its submission."""

import hashlib
import random
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from aliquot.assessment import rules
from aliquot.assessment.errors import NoResultsError
from aliquot.assessment.facts import (
    Answer,
    AttemptFacts,
    BankQuestion,
    FormQuestion,
    Graded,
    ObjectiveResult,
    Order,
    PublicFigure,
    PublicForm,
    PublicQuestion,
    QuestionResult,
    Results,
    RetakeVerdict,
    Saved,
)
from aliquot.assessment.kinds import KINDS
from aliquot.assessment.models import Attempt, Question, Response
from aliquot.catalog.models import CourseVersion, Figure
from aliquot.lib.errors import NotFoundError


def bank_of(version: CourseVersion) -> list[Question]:
    """The test bank of a version, in the order of its files."""
    return list(version.questions.filter(use=Question.Use.TEST))


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
        entry["key"]: number
        for number, attempt in enumerate(ordered, start=1)
        for entry in attempt.form
    }


def retake_verdict(version: CourseVersion, earlier: Iterable[Attempt], now: Any) -> RetakeVerdict:
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


# --- questions in pages ---------------------------------------------------------------------------


def page_questions(version: CourseVersion, page_id: int | None = None) -> dict[str, Question]:
    """The in-page questions of a version (or of one of its pages) by key."""
    questions = version.questions.filter(use=Question.Use.PAGE)
    if page_id is not None:
        questions = questions.filter(page_id=page_id)
    return {question.key: question for question in questions}


def page_order(question: Question) -> Order:
    """The order in which an in-page question shows its options: the same for everyone, always.

    It is made of the question itself, so it stays while answers refer to it.
    """
    seed = hashlib.sha256(f"{question.key} {question.stem}".encode()).hexdigest()
    return KINDS[question.kind].shuffle(question.spec, random.Random(seed).shuffle)  # noqa: S311


def page_question(
    question: Question, figures: Mapping[str, PublicFigure] | None = None
) -> PublicQuestion:
    """An in-page question as it may be shown before it is answered."""
    if figures is None:
        figures = public_figures(question.version, [question.figure_key])
    return _public(_entry(question, page_order(question)), figures)


def read_page_answer(question: Question, raw: object) -> Answer:
    """The canonical answer to an in-page question. Raises ``AnswerError``."""
    return KINDS[question.kind].parse(question.spec, raw)


def is_page_answer_complete(question: Question, answer: Answer) -> bool:
    """The answer can be graded."""
    return KINDS[question.kind].is_answered(question.spec, answer)


def page_feedback(question: Question, answer: Answer) -> Graded:
    """The judgement on a given answer, with the reason for every option: only after answering."""
    return KINDS[question.kind].grade(question.spec, page_order(question), answer)


# --- forms and results ----------------------------------------------------------------------------


def frozen_entry(question: Question, rng: random.Random) -> dict[str, Any]:
    """A question as an attempt freezes it: key, specification and the order of its options."""
    return _entry(question, KINDS[question.kind].shuffle(question.spec, rng.shuffle))


def _entry(question: Question, order: Order) -> dict[str, Any]:
    return {
        "key": question.key,
        "kind": question.kind,
        "stem": question.stem,
        "figure_key": question.figure_key,
        "objective_keys": list(question.objective_keys),
        "reference_keys": list(question.reference_keys),
        "spec": question.spec,
        "order": order,
    }


def form_entry(attempt: Attempt, question_key: str) -> dict[str, Any] | None:
    """One frozen question of an attempt."""
    return next((entry for entry in attempt.form if entry["key"] == question_key), None)


def read_answer(attempt: Attempt, question_key: str, raw: object) -> Answer:
    """The canonical answer to a question of an attempt, without storing it.

    Raises ``AnswerError``, or ``NotFoundError`` when the form has no such question.
    """
    entry = form_entry(attempt, question_key)
    if entry is None:
        raise NotFoundError("This test has no such question.")
    return KINDS[entry["kind"]].parse(entry["spec"], raw)


def _public(entry: Mapping[str, Any], figures: Mapping[str, PublicFigure]) -> PublicQuestion:
    """Only what may be seen before answering: fields are picked, never copied wholesale."""
    kind = KINDS[entry["kind"]]
    return PublicQuestion(
        key=entry["key"],
        kind=entry["kind"],
        stem=entry["stem"],
        hint=kind.HINT,
        parts=kind.present(entry["spec"], entry["order"]),
        figure=figures.get(entry["figure_key"]),
    )


def public_figures(version: CourseVersion, keys: Iterable[str]) -> dict[str, PublicFigure]:
    """Figures that questions show: without the long description, which may give answers away."""
    return {
        figure.key: PublicFigure(
            key=figure.key,
            course_slug=version.course.slug,
            version_number=version.number,
            alt=figure.alt,
            caption=figure.caption,
            credit=figure.credit,
            width=figure.width,
            height=figure.height,
        )
        for figure in _figures(version, keys)
    }


def _figures(version: CourseVersion, keys: Iterable[str]) -> Sequence[Figure]:
    wanted = {key for key in keys if key}
    return list(version.figures.filter(key__in=wanted)) if wanted else []


def public_form(attempt: Attempt) -> PublicForm:
    """The form of an attempt with the answers stored so far; never the key."""
    responses = {each.question_key: each for each in attempt.responses.all()}
    figures = public_figures(attempt.version, [entry["figure_key"] for entry in attempt.form])
    return PublicForm(
        attempt_id=attempt.pk,
        started_at=attempt.started_at,
        saved_at=max((each.saved_at for each in responses.values()), default=None),
        is_submitted=attempt.submitted_at is not None,
        pass_mark=attempt.pass_mark,
        questions=tuple(
            _form_question(number, entry, responses.get(entry["key"]), figures)
            for number, entry in enumerate(attempt.form, start=1)
        ),
    )


def _form_question(
    number: int,
    entry: Mapping[str, Any],
    response: Response | None,
    figures: Mapping[str, PublicFigure],
) -> FormQuestion:
    kind = KINDS[entry["kind"]]
    answer = answer_of(entry, response)
    return FormQuestion(
        number=number,
        question=_public(entry, figures),
        answer=answer,
        sequence=0 if response is None else response.sequence,
        is_answered=kind.is_answered(entry["spec"], answer),
        answer_text=kind.describe(entry["spec"], answer),
    )


def answer_of(entry: Mapping[str, Any], response: Response | None) -> Answer:
    """The stored answer, or the empty one."""
    if response is None:
        return KINDS[entry["kind"]].parse(entry["spec"], None)
    answer: Answer = response.answer
    return answer


def saved(entry: Mapping[str, Any], response: Response, *, is_stored: bool) -> Saved:
    """What stands in the database after a save."""
    return Saved(
        is_stored=is_stored,
        answer=response.answer,
        sequence=response.sequence,
        saved_at=response.saved_at,
        answer_text=KINDS[entry["kind"]].describe(entry["spec"], response.answer),
    )


def graded_form(attempt: Attempt) -> list[tuple[dict[str, Any], Answer, Graded]]:
    """Every frozen question with its answer, judged by the frozen key. For services and results."""
    responses = {each.question_key: each for each in attempt.responses.all()}
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
    descriptions = {figure.key: figure.description for figure in _figures(version, keys)}
    references = {reference["id"]: reference for reference in version.references}
    return tuple(
        QuestionResult(
            number=number,
            question=_public(entry, figures),
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
