"""One right option among several."""

from typing import Any

from aliquot.assessment.facts import Answer, FeedbackRow, FormAnswer, Graded, Mark, Order
from aliquot.assessment.kinds import parts

HINT = "Choose one."
KEYS = ("options", "shuffle")


def problems(spec: dict[str, Any]) -> list[parts.Problem]:
    """What is wrong with the specification, with the place of each problem."""
    found = option_problems(spec)
    options = spec.get("options")
    if isinstance(options, list) and not found:
        right = sum(option.get("right") is True for option in options)
        if right != 1:
            found.append((("options",), f"{right} options are right; exactly one must be"))
    return found


def option_problems(spec: dict[str, Any]) -> list[parts.Problem]:
    """What is wrong with a list of options, apart from how many are right."""
    options, found = parts.entries(spec, "options", least=2)
    found += parts.unknown_keys(spec, KEYS)
    if not isinstance(spec.get("shuffle", True), bool):
        found.append((("shuffle",), "shuffle is true or false"))
    readable = [(i, option) for i, option in enumerate(options) if isinstance(option, dict)]
    for index, option in readable:
        at = ("options", index)
        found += parts.text_problem(option.get("text"), (*at, "text"), "the option's text")
        found += parts.text_problem(option.get("reason"), (*at, "reason"), "the option's reason")
        if not isinstance(option.get("right", False), bool):
            found.append(((*at, "right"), "right is true or false"))
    texts = [(("options", index, "text"), option.get("text")) for index, option in readable]
    return found + parts.repeated(texts, "option")


def shuffle(spec: dict[str, Any], shuffle_list: parts.Shuffle) -> Order:
    """The options in the order of one form."""
    tokens = [parts.token(option["text"]) for option in spec["options"]]
    if spec.get("shuffle", True):
        shuffle_list(tokens)
    return {"options": tokens}


def present(spec: dict[str, Any], order: Order) -> dict[str, Any]:
    """The options without key and reasons."""
    texts = {parts.token(option["text"]): option["text"] for option in spec["options"]}
    return {"options": [{"token": name, "text": texts[name]} for name in order["options"]]}


def parse(spec: dict[str, Any], raw: object) -> Answer:
    """The token of the chosen option, or empty text."""
    value = raw.first() if isinstance(raw, FormAnswer) else raw
    return parts.chosen_token(value, (parts.token(option["text"]) for option in spec["options"]))


def is_answered(spec: dict[str, Any], answer: Answer) -> bool:
    """Something was chosen."""
    return answer != ""


def right_answer(spec: dict[str, Any]) -> Answer:
    """The token of the right option."""
    return next(parts.token(each["text"]) for each in spec["options"] if each.get("right"))


def grade(spec: dict[str, Any], order: Order, answer: Answer) -> Graded:
    """Right when the right option was chosen."""
    chosen = [answer] if isinstance(answer, str) and answer else []
    rows = option_rows(spec, order, chosen)
    return Graded(is_right=answer == right_answer(spec), rows=rows)


def option_rows(spec: dict[str, Any], order: Order, chosen: list[str]) -> tuple[FeedbackRow, ...]:
    """A row with a reason for every option, in the order shown."""
    options = {parts.token(option["text"]): option for option in spec["options"]}
    return tuple(
        FeedbackRow(
            token=name,
            text=options[name]["text"],
            mark=mark(is_right=bool(options[name].get("right")), is_chosen=name in chosen),
            reason=options[name]["reason"],
        )
        for name in order["options"]
    )


def mark(*, is_right: bool, is_chosen: bool) -> Mark:
    """What an option's row says."""
    if is_chosen:
        return "right" if is_right else "wrong"
    return "missed" if is_right else ""


def describe(spec: dict[str, Any], answer: Answer) -> str:
    """The answer in words."""
    texts = {parts.token(option["text"]): option["text"] for option in spec["options"]}
    return texts.get(answer, "") if isinstance(answer, str) else ""
