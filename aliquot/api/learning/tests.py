"""The test: attempts, answers, submission, results. No answer key before submission."""

from datetime import datetime
from typing import Annotated

from django.http import HttpResponse
from pydantic import Field

from aliquot.api.frame import Amount, ApiRequest, Area, Id, Shape
from aliquot.api.frame.shapes import Slug
from aliquot.api.learning.enrollments import READ, WRITE
from aliquot.api.learning.questions import AnswerOut, FeedbackShape, QuestionShape
from aliquot.api.learning.reading import AnswerBody, newer
from aliquot.assessment import queries as assessment
from aliquot.assessment.facts import Results
from aliquot.assessment.models import Attempt
from aliquot.learning import access, queries, services

area = Area("Learning")


class AttemptLine(Shape):
    """One go at the test. Score and verdict are null until it is submitted."""

    id: Id
    started_at: datetime
    submitted_at: datetime | None
    score: Annotated[Amount | None, Field(description="Percent, cut to hundredths.")]
    passed: bool | None


class AttemptList(Shape):
    """All attempts, and whether another may start."""

    items: list[AttemptLine]
    may_start: bool
    reason: str
    opens_at: datetime | None
    attempts_left: Annotated[int | None, Field(description="null: as often as needed.")]


class FormLine(Shape):
    """A question of the test with the answer stored so far."""

    number: int
    question: QuestionShape
    answer: AnswerOut
    sequence: Annotated[int, Field(description="Send it with the next answer.")]
    is_answered: bool


class AttemptForm(Shape):
    """An attempt with its questions."""

    id: Id
    started_at: datetime
    is_submitted: bool
    pass_mark: Amount
    questions: list[FormLine]


class StoredAnswer(Shape):
    """The answer as it is stored now."""

    answer: AnswerOut
    sequence: int
    saved_at: datetime


class ObjectiveLine(Shape):
    """How one objective went."""

    key: str
    text: str
    right: int
    questions: int


class ResultLine(Shape):
    """One question, explained."""

    number: int
    question: QuestionShape
    answer: AnswerOut
    answer_text: str
    right_text: str
    feedback: FeedbackShape


class ResultsShape(Shape):
    """A submitted attempt, explained."""

    id: Id
    submitted_at: datetime
    points: int
    points_possible: int
    score: Amount
    pass_mark: Amount
    passed: bool
    objectives: list[ObjectiveLine]
    questions: list[ResultLine]


@area.read("/me/enrollments/{enrollment_id}/attempts", scope=READ, gives=AttemptList)
def list_attempts(request: ApiRequest, enrollment_id: Id) -> AttemptList:
    """Every attempt at the test of a course, and whether another may start."""
    enrollment = access.enrollment_for(request.auth.person, enrollment_id)
    attempts = queries.attempts_of(enrollment)
    verdict = assessment.retake_verdict(enrollment.version, attempts, request.auth.now)
    return AttemptList(
        items=[AttemptLine.model_validate(each) for each in attempts],
        may_start=verdict.may,
        reason=verdict.reason,
        opens_at=verdict.opens_at,
        attempts_left=verdict.attempts_left,
    )


@area.deed("/me/enrollments/{enrollment_id}/attempts", scope=WRITE, gives=AttemptForm, status=201)
def start_attempt(request: ApiRequest, enrollment_id: Id) -> AttemptForm:
    """Start the test, or go on with the attempt that is open.

    409 `not_ready` names the pages to open first; `attempt_refused` says when or why not.
    """
    enrollment = access.enrollment_for(request.auth.person, enrollment_id)
    return _form(services.start_test(enrollment=enrollment, now=request.auth.now))


@area.read("/me/enrollments/{enrollment_id}/attempts/{attempt_id}", scope=READ, gives=AttemptForm)
def get_attempt(request: ApiRequest, enrollment_id: Id, attempt_id: Id) -> AttemptForm:
    """The questions of an attempt, with your answers; never the key."""
    return _form(_own(request, enrollment_id, attempt_id))


@area.save(
    "/me/enrollments/{enrollment_id}/attempts/{attempt_id}/answers/{question}",
    scope=WRITE,
    gives=StoredAnswer,
)
def save_test_answer(
    request: ApiRequest, enrollment_id: Id, attempt_id: Id, question: Slug, body: AnswerBody
) -> StoredAnswer | HttpResponse:
    """Keep one answer of an open attempt; null takes an answer away.

    409 `newer_save`: another device answered since. 409 `submitted`: it is too late.
    """
    enrollment = access.enrollment_for(request.auth.person, enrollment_id)
    saved = services.save_test_answer(
        enrollment=enrollment,
        attempt_id=attempt_id,
        question_key=question,
        answer=body.answer,
        sequence=body.sequence,
        now=request.auth.now,
    )
    stored = StoredAnswer.model_validate(saved)
    return stored if saved.is_stored else newer(stored)


@area.deed(
    "/me/enrollments/{enrollment_id}/attempts/{attempt_id}/submit", scope=WRITE, gives=ResultsShape
)
def submit_attempt(request: ApiRequest, enrollment_id: Id, attempt_id: Id) -> ResultsShape:
    """Submit an attempt for good; a second time gives the same results."""
    enrollment = access.enrollment_for(request.auth.person, enrollment_id)
    done = services.submit_test(enrollment=enrollment, attempt_id=attempt_id, now=request.auth.now)
    return _results(assessment.results(done))


@area.read(
    "/me/enrollments/{enrollment_id}/attempts/{attempt_id}/results",
    scope=READ,
    gives=ResultsShape,
)
def get_results(request: ApiRequest, enrollment_id: Id, attempt_id: Id) -> ResultsShape:
    """A submitted attempt, every question explained. 404 before it is submitted."""
    return _results(assessment.results(_own(request, enrollment_id, attempt_id)))


def _own(request: ApiRequest, enrollment_id: int, attempt_id: int) -> Attempt:
    enrollment = access.enrollment_for(request.auth.person, enrollment_id)
    return access.attempt_for(enrollment, attempt_id)


def _form(attempt: Attempt) -> AttemptForm:
    form = assessment.public_form(attempt)
    return AttemptForm(
        id=form.attempt_id,
        started_at=form.started_at,
        is_submitted=form.is_submitted,
        pass_mark=form.pass_mark,
        questions=[
            FormLine(
                number=each.number,
                question=QuestionShape.of(each.question),
                answer=each.answer,
                sequence=each.sequence,
                is_answered=each.is_answered,
            )
            for each in form.questions
        ],
    )


def _results(found: Results) -> ResultsShape:
    return ResultsShape(
        id=found.attempt_id,
        submitted_at=found.submitted_at,
        points=found.points,
        points_possible=found.points_possible,
        score=found.score,
        pass_mark=found.pass_mark,
        passed=found.passed,
        objectives=[ObjectiveLine.model_validate(each) for each in found.objectives],
        questions=[
            ResultLine(
                number=each.number,
                question=QuestionShape.of(each.question),
                answer=each.answer,
                answer_text=each.answer_text,
                right_text=each.right_text,
                feedback=FeedbackShape.of(each.graded),
            )
            for each in found.questions
        ],
    )
