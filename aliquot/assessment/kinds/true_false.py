"""A statement that is true or false."""

from typing import Any

from aliquot.assessment.facts import Answer, FeedbackRow, FormAnswer, Graded, Order
from aliquot.assessment.kinds import parts, single_choice

HINT = "True or false?"
KEYS = ("answer", "reasons")
WORDS = {"true": "True", "false": "False"}


def problems(spec: dict[str, Any]) -> list[parts.Problem]:
    """What is wrong with the specification, with the place of each problem."""
    found = parts.unknown_keys(spec, KEYS)
    if not isinstance(spec.get("answer"), bool):
        found.append((("answer",), "answer is true or false, without quotation marks"))
    reasons = spec.get("reasons")
    if not isinstance(reasons, dict):
        return [*found, (("reasons",), 'reasons are missing; write one for "true" and "false"')]
    found += [
        (("reasons", str(name)), f'{name} is not known here; accepted are "true" and "false"')
        for name in reasons
        if name not in WORDS
    ]
    for name in WORDS:
        found += parts.text_problem(reasons.get(name), ("reasons", name), f'the reason of "{name}"')
    return found


def shuffle(spec: dict[str, Any], shuffle_list: parts.Shuffle) -> Order:
    """True, then false, as everyone expects it."""
    return {"options": list(WORDS)}


def present(spec: dict[str, Any], order: Order) -> dict[str, Any]:
    """Both words, without the key."""
    return {"options": [{"token": name, "text": WORDS[name]} for name in order["options"]]}


def parse(spec: dict[str, Any], raw: object) -> Answer:
    """``"true"``, ``"false"`` or empty text."""
    value = raw.first() if isinstance(raw, FormAnswer) else raw
    if isinstance(value, bool):
        value = str(value).lower()
    return parts.chosen_token(value, WORDS)


def is_answered(spec: dict[str, Any], answer: Answer) -> bool:
    """One of the two was chosen."""
    return answer != ""


def right_answer(spec: dict[str, Any]) -> Answer:
    """Whether the statement is true."""
    return "true" if spec["answer"] else "false"


def grade(spec: dict[str, Any], order: Order, answer: Answer) -> Graded:
    """Right when the statement was judged rightly."""
    right = right_answer(spec)
    rows = tuple(
        FeedbackRow(
            token=name,
            text=WORDS[name],
            mark=single_choice.mark(is_right=name == right, is_chosen=name == answer),
            reason=spec["reasons"][name],
        )
        for name in order["options"]
    )
    return Graded(is_right=answer == right, rows=rows)


def describe(spec: dict[str, Any], answer: Answer) -> str:
    """The judgment as a word."""
    return WORDS.get(answer, "") if isinstance(answer, str) else ""
