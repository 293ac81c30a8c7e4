"""Frozen forms: what is frozen, and what of it may be seen. The key never leaves."""

import random
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from aliquot.assessment.facts import (
    Answer,
    FormQuestion,
    Order,
    PublicFigure,
    PublicForm,
    PublicQuestion,
    Saved,
)
from aliquot.assessment.kinds import KINDS
from aliquot.assessment.models import Attempt, Question, Response
from aliquot.assessment.queries.attempts import responses_of
from aliquot.catalog.models import CourseVersion, Figure
from aliquot.catalog.queries import held_version
from aliquot.infra.fixed import fixed
from aliquot.infra.statements import Given, Statement
from aliquot.lib.errors import NotFoundError

MOST_FORMS = 256  # some ten kilobytes each


def frozen_entry(question: Question, rng: random.Random) -> dict[str, Any]:
    """A question as an attempt freezes it: key, specification and the order of its options."""
    return entry_of(question, KINDS[question.kind].shuffle(question.spec, rng.shuffle))


def entry_of(question: Question, order: Order) -> dict[str, Any]:
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


@fixed(MOST_FORMS)
def held_form(attempt_id: int) -> Mapping[str, Mapping[str, Any]]:
    """The frozen questions of an attempt by their keys. A form never changes, so it is held."""
    form = next(iter(_form.rows(attempt=attempt_id)), None)
    if form is None:
        raise Attempt.DoesNotExist
    return {entry["key"]: entry for entry in form}


_form: Statement[list[dict[str, Any]]] = Statement(
    lambda form: form,
    lambda: Attempt.objects.filter(pk=Given("attempt")).values_list("form"),
)


def with_held_form(attempt: Attempt) -> Attempt:
    """The attempt, read without its form, with the form that is held: never change it."""
    attempt.form = list(held_form(attempt.pk).values())
    return attempt


def read_answer(attempt: Attempt, question_key: str, raw: object) -> Answer:
    """The canonical answer to a question of an attempt, without storing it.

    Raises ``AnswerError``, or ``NotFoundError`` when the form has no such question.
    """
    entry = form_entry(attempt, question_key)
    if entry is None:
        raise NotFoundError("This test has no such question.")
    return KINDS[entry["kind"]].parse(entry["spec"], raw)


def public_question(
    entry: Mapping[str, Any], figures: Mapping[str, PublicFigure]
) -> PublicQuestion:
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
        for figure in figures_of(version, keys)
    }


def figures_of(version: CourseVersion, keys: Iterable[str]) -> Sequence[Figure]:
    wanted = {key for key in keys if key}
    found = held_version(version.pk).figures.all() if wanted else ()
    return [figure for figure in found if figure.key in wanted]


def public_form(attempt: Attempt) -> PublicForm:
    """The form of an attempt with the answers stored so far; never the key."""
    responses = responses_of(attempt)
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
        question=public_question(entry, figures),
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
