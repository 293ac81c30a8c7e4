"""Questions in pages: shown before answering, judged after it."""

import hashlib
import random
from collections.abc import Mapping

from aliquot.assessment.facts import (
    Answer,
    Graded,
    Order,
    PublicFigure,
    PublicQuestion,
)
from aliquot.assessment.kinds import KINDS
from aliquot.assessment.models import Question
from aliquot.assessment.queries.drawing import held_questions
from aliquot.assessment.queries.forms import (
    entry_of,
    public_figures,
    public_question,
)


def page_questions(version_id: int, page_id: int | None = None) -> dict[str, Question]:
    """The in-page questions of a version (or of one of its pages) by key."""
    return {
        question.key: question
        for question in held_questions(version_id)
        if question.use == Question.Use.PAGE and page_id in {None, question.page_id}
    }


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
    return public_question(entry_of(question, page_order(question)), figures)


def read_page_answer(question: Question, raw: object) -> Answer:
    """The canonical answer to an in-page question. Raises ``AnswerError``."""
    return KINDS[question.kind].parse(question.spec, raw)


def is_page_answer_complete(question: Question, answer: Answer) -> bool:
    """The answer can be graded."""
    return KINDS[question.kind].is_answered(question.spec, answer)


def page_feedback(question: Question, answer: Answer) -> Graded:
    """The judgment on a given answer, with the reason for every option: only after answering."""
    return KINDS[question.kind].grade(question.spec, page_order(question), answer)
