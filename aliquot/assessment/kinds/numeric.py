"""A number with a unit: right within the tolerance, ends included (docs/rules/grading.md)."""

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from aliquot.assessment.errors import AnswerError
from aliquot.assessment.facts import Answer, FeedbackRow, FormAnswer, Graded, Order
from aliquot.assessment.kinds import parts
from aliquot.lib.decimals import shortest

HINT = "Enter a number."
KEYS = ("answer", "tolerance", "unit", "reason", "mistakes", "otherwise")
LONGEST = 40
NOT_A_NUMBER = "Enter a number, such as 4.5."

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)\Z", re.ASCII)
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?\Z", re.ASCII)
_ONE_COMMA = re.compile(r"[+-]?\d*,\d+\Z", re.ASCII)
_MINUS = str.maketrans(dict.fromkeys("\u2212\u2013\u2010\u2011\ufe63\uff0d", "-"))


def problems(spec: dict[str, Any]) -> list[parts.Problem]:
    """What is wrong with the specification, with the place of each problem."""
    found = parts.unknown_keys(spec, KEYS)
    found += _amount_problems(spec, ())
    for name in ("unit", "reason", "otherwise"):
        if name != "unit" or "unit" in spec:
            found += parts.text_problem(spec.get(name), (name,), name)
    mistakes = spec.get("mistakes", [])
    if not isinstance(mistakes, list):
        return [*found, (("mistakes",), "mistakes are a list, each with answer and reason")]
    for index, mistake in enumerate(mistakes):
        at: tuple[str | int, ...] = ("mistakes", index)
        if not isinstance(mistake, dict):
            found.append((at, "is not a mapping; accepted are answer, tolerance and reason"))
            continue
        found += _amount_problems(mistake, at)
        found += parts.text_problem(mistake.get("reason"), (*at, "reason"), "the mistake's reason")
    return found or _overlaps(spec)


def _amount_problems(entry: dict[str, Any], at: tuple[str | int, ...]) -> list[parts.Problem]:
    found: list[parts.Problem] = []
    for name in ("answer", "tolerance"):
        if name == "tolerance" and name not in entry:
            continue
        number = _decimal(entry.get(name))
        if number is None:
            found.append(((*at, name), f'{name} is a decimal in quotation marks, such as "4.5"'))
        elif name == "tolerance" and number < 0:
            found.append(((*at, name), "tolerance is zero or more"))
    return found


def _overlaps(spec: dict[str, Any]) -> list[parts.Problem]:
    """A mistake whose range touches the right one would never, or wrongly, be named."""
    right, width = Decimal(spec["answer"]), _tolerance(spec)
    return [
        (("mistakes", index, "answer"), "the mistake overlaps the right answer's tolerance")
        for index, mistake in enumerate(spec.get("mistakes", []))
        if abs(Decimal(mistake["answer"]) - right) <= width + _tolerance(mistake)
    ]


def _decimal(value: object) -> Decimal | None:
    if not isinstance(value, str) or not _NUMBER.match(value) or len(value) > LONGEST:
        return None
    return Decimal(value)


def _tolerance(entry: dict[str, Any]) -> Decimal:
    return Decimal(entry.get("tolerance", "0"))


def shuffle(spec: dict[str, Any], shuffle_list: parts.Shuffle) -> Order:
    """Nothing to put in order."""
    return {}


def present(spec: dict[str, Any], order: Order) -> dict[str, Any]:
    """The unit."""
    return {"unit": spec.get("unit", "")}


def parse(spec: dict[str, Any], raw: object) -> Answer:
    """The number in its shortest form, as text; empty text when nothing was entered.

    Accepts spaces, the typographic minus, thousands in groups with commas (1,200), a decimal
    comma where no grouping is possible (0,45), and the unit typed behind the number.
    """
    value = raw.first() if isinstance(raw, FormAnswer) else raw
    if value is None:
        return ""
    if not isinstance(value, str):
        raise AnswerError(NOT_A_NUMBER)
    typed = _without_unit(value, spec.get("unit", ""))
    typed = "".join(typed.translate(_MINUS).split())
    if not typed:
        return ""
    if _GROUPED.match(typed):
        typed = typed.replace(",", "")
    elif _ONE_COMMA.match(typed):
        typed = typed.replace(",", ".")
    if len(typed) > LONGEST or not _NUMBER.match(typed):
        raise AnswerError(NOT_A_NUMBER)
    try:
        return shortest(Decimal(typed))
    except InvalidOperation:  # pragma: no cover: the pattern admits only numbers
        raise AnswerError(NOT_A_NUMBER) from None


def _without_unit(value: str, unit: str) -> str:
    typed = value.strip()
    if unit and typed.casefold().endswith(unit.casefold()):
        return typed[: -len(unit)]
    return typed


def is_answered(spec: dict[str, Any], answer: Answer) -> bool:
    """A number was entered."""
    return answer != ""


def right_answer(spec: dict[str, Any]) -> Answer:
    """The number of the key."""
    return shortest(Decimal(spec["answer"]))


def grade(spec: dict[str, Any], order: Order, answer: Answer) -> Graded:
    """Right when the number lies within the tolerance of the key, ends included."""
    number = Decimal(answer) if isinstance(answer, str) and answer else None
    is_right = number is not None and _hits(spec, number)
    made = None if is_right or number is None else _mistake_made(spec, number)
    given = describe(spec, answer)
    rows = [
        FeedbackRow(
            token="answer",  # noqa: S106
            text=_in_words(spec, spec["answer"]),
            mark="right" if is_right else "missed",
            reason=spec["reason"],
            given=given if is_right else "",
        )
    ]
    rows += [
        FeedbackRow(
            token=f"mistake-{index}",
            text=_in_words(spec, mistake["answer"]),
            mark="wrong" if index == made else "",
            reason=mistake["reason"],
            given=given if index == made else "",
        )
        for index, mistake in enumerate(spec.get("mistakes", []))
    ]
    is_other = number is not None and not is_right and made is None
    rows.append(
        FeedbackRow(
            token="otherwise",  # noqa: S106
            text="Any other number",
            mark="wrong" if is_other else "",
            reason=spec["otherwise"],
            given=given if is_other else "",
        )
    )
    return Graded(is_right=is_right, rows=tuple(rows))


def _hits(entry: dict[str, Any], number: Decimal) -> bool:
    return abs(number - Decimal(entry["answer"])) <= _tolerance(entry)


def _mistake_made(spec: dict[str, Any], number: Decimal) -> int | None:
    """The first known mistake that leads to this number."""
    mistakes = enumerate(spec.get("mistakes", []))
    return next((index for index, mistake in mistakes if _hits(mistake, number)), None)


def _in_words(spec: dict[str, Any], number: str) -> str:
    return f"{shortest(Decimal(number))} {spec.get('unit', '')}".strip()


def describe(spec: dict[str, Any], answer: Answer) -> str:
    """The number with its unit."""
    return _in_words(spec, answer) if isinstance(answer, str) and answer else ""
