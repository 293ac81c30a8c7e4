"""All right options among several: every right one chosen, and no wrong one."""

from typing import Any

from aliquot.assessment.errors import AnswerError
from aliquot.assessment.facts import Answer, FormAnswer, Graded, Order
from aliquot.assessment.kinds import parts, single_choice

HINT = "Choose all that apply."

shuffle = single_choice.shuffle
present = single_choice.present


def problems(spec: dict[str, Any]) -> list[parts.Problem]:
    """What is wrong with the specification, with the place of each problem."""
    found = single_choice.option_problems(spec)
    options = spec.get("options")
    if isinstance(options, list) and not found:
        right = sum(option.get("right") is True for option in options)
        if right == 0:
            found.append((("options",), "no option is right; at least one must be"))
        if right == len(options):
            found.append((("options",), "every option is right; at least one must be wrong"))
    return found


def parse(spec: dict[str, Any], raw: object) -> Answer:
    """The tokens of the chosen options, sorted; none is an empty list."""
    values = raw.all() if isinstance(raw, FormAnswer) else raw
    if values is None or values == "":
        return []
    accepted = {parts.token(option["text"]) for option in spec["options"]}
    if not isinstance(values, list):
        raise AnswerError("Choose any of the answers on offer.")
    return sorted({parts.chosen_token(value, accepted) for value in values} - {""})


def is_answered(spec: dict[str, Any], answer: Answer) -> bool:
    """At least one option was chosen: none at all is never right."""
    return bool(answer)


def right_answer(spec: dict[str, Any]) -> Answer:
    """The tokens of all right options."""
    return sorted(parts.token(each["text"]) for each in spec["options"] if each.get("right"))


def grade(spec: dict[str, Any], order: Order, answer: Answer) -> Graded:
    """Right when exactly the right options were chosen: all or nothing."""
    chosen = sorted(answer) if isinstance(answer, list) else []
    rows = single_choice.option_rows(spec, order, chosen)
    return Graded(is_right=chosen == right_answer(spec), rows=rows)


def describe(spec: dict[str, Any], answer: Answer) -> str:
    """The chosen options in the order of the course file."""
    return "; ".join(
        option["text"] for option in spec["options"] if parts.token(option["text"]) in answer
    )
