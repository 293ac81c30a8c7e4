"""The kinds of questions. Every kind is a module with the same functions; none knows Django.

To add one: docs/question-kinds.md. A test compares this list with the templates and the course
format.
"""

from typing import Any, Protocol

from aliquot.assessment.facts import Answer, Graded, Order
from aliquot.assessment.kinds import (
    matching,
    multiple_response,
    numeric,
    ordering,
    single_choice,
    true_false,
)
from aliquot.assessment.kinds.parts import Problem, Shuffle


class Kind(Protocol):
    """What every kind can do. ``spec`` is the question's options, key and reasons."""

    @property
    def HINT(self) -> str:  # noqa: N802
        """One short sentence that says how to answer."""

    def problems(self, spec: dict[str, Any], /) -> list[Problem]:
        """What is wrong with a specification: where, and what is accepted."""

    def shuffle(self, spec: dict[str, Any], shuffle_list: Shuffle, /) -> Order:
        """Fix what is shown in which order, for one form."""

    def present(self, spec: dict[str, Any], order: Order, /) -> dict[str, Any]:
        """What may leave the server before submission: never the key, never a reason."""

    def parse(self, spec: dict[str, Any], raw: object, /) -> Answer:
        """The answer in its one canonical form; ``raw`` is JSON or a ``FormAnswer``.

        An answer may be empty or incomplete. Raises ``AnswerError`` if it is no answer at all.
        """

    def is_answered(self, spec: dict[str, Any], answer: Answer, /) -> bool:
        """The answer is complete."""

    def right_answer(self, spec: dict[str, Any], /) -> Answer:
        """The answer that is graded right."""

    def grade(self, spec: dict[str, Any], order: Order, answer: Answer, /) -> Graded:
        """Right or wrong, with a reason for every option."""

    def describe(self, spec: dict[str, Any], answer: Answer, /) -> str:
        """The answer in words, for results and frozen records; empty when there is none."""


KINDS: dict[str, Kind] = {
    "single_choice": single_choice,
    "multiple_response": multiple_response,
    "true_false": true_false,
    "numeric": numeric,
    "matching": matching,
    "ordering": ordering,
}


def problems(kind: str, spec: dict[str, Any]) -> list[Problem]:
    """What is wrong with the specification of a question of this kind.

    Each problem is the path to the place (``("options", 2, "reason")``) and a sentence that says
    what is wrong and what is accepted.
    """
    if kind not in KINDS:
        return [(("kind",), f"kind {kind!r} is not known; accepted are {', '.join(KINDS)}")]
    return KINDS[kind].problems(spec)
