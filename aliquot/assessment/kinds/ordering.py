"""Items to be put in their right order, first to last."""

from typing import Any

from aliquot.assessment.errors import AnswerError
from aliquot.assessment.facts import Answer, FeedbackRow, Graded, Mark, Order
from aliquot.assessment.kinds import parts

HINT = "Give each line its place, 1 first."
KEYS = ("items",)


def problems(spec: dict[str, Any]) -> list[parts.Problem]:
    """What is wrong with the specification, with the place of each problem."""
    items, found = parts.entries(spec, "items", least=2)
    found += parts.unknown_keys(spec, KEYS)
    readable = [(index, item) for index, item in enumerate(items) if isinstance(item, dict)]
    for index, item in readable:
        at = ("items", index)
        found += parts.text_problem(item.get("text"), (*at, "text"), "the item's text")
        found += parts.text_problem(item.get("reason"), (*at, "reason"), "the item's reason")
    texts = [(("items", index, "text"), item.get("text")) for index, item in readable]
    return found + parts.repeated(texts, "item")


def _tokens(spec: dict[str, Any]) -> list[str]:
    """The items in the right order."""
    return [parts.token(item["text"]) for item in spec["items"]]


def shuffle(spec: dict[str, Any], shuffle_list: parts.Shuffle) -> Order:
    """The items in a random order that is never the right one."""
    right = _tokens(spec)
    tokens = list(right)
    shuffle_list(tokens)
    if tokens == right:
        tokens.append(tokens.pop(0))
    return {"items": tokens}


def present(spec: dict[str, Any], order: Order) -> dict[str, Any]:
    """The items as shuffled, and the places on offer."""
    texts = {parts.token(item["text"]): item["text"] for item in spec["items"]}
    return {
        "items": [{"token": name, "text": texts[name]} for name in order["items"]],
        "places": [str(place) for place in range(1, len(texts) + 1)],
    }


def parse(spec: dict[str, Any], raw: object) -> Answer:
    """Item token to place, "1" first. Unplaced items are left out; two may share a place yet."""
    names = _tokens(spec)
    given = parts.places(raw, names)
    accepted = {str(place) for place in range(1, len(names) + 1)}
    if not accepted.issuperset(given.values()):
        raise AnswerError(f"Choose a place from 1 to {len(names)}.")
    return given


def is_answered(spec: dict[str, Any], answer: Answer) -> bool:
    """Every item has a place of its own."""
    given = answer if isinstance(answer, dict) else {}
    return len(set(given.values())) == len(spec["items"])


def right_answer(spec: dict[str, Any]) -> Answer:
    """The place of each item."""
    return {name: str(place) for place, name in enumerate(_tokens(spec), start=1)}


def grade(spec: dict[str, Any], order: Order, answer: Answer) -> Graded:
    """Right when every item stands in its place. The rows come in the right order."""
    given = answer if isinstance(answer, dict) else {}
    rows = tuple(
        FeedbackRow(
            token=parts.token(item["text"]),
            text=item["text"],
            mark=_mark(given.get(parts.token(item["text"])), str(place)),
            reason=item["reason"],
            given=given.get(parts.token(item["text"]), ""),
            wanted=str(place),
        )
        for place, item in enumerate(spec["items"], start=1)
    )
    return Graded(is_right=given == right_answer(spec), rows=rows)


def _mark(given: str | None, wanted: str) -> Mark:
    if not given:
        return "missed"
    return "right" if given == wanted else "wrong"


def describe(spec: dict[str, Any], answer: Answer) -> str:
    """The items with the places they got, first place first."""
    given = answer if isinstance(answer, dict) else {}
    texts = {parts.token(item["text"]): item["text"] for item in spec["items"]}
    placed = sorted(given.items(), key=lambda item: (int(item[1]), texts[item[0]]))
    return "; ".join(f"{place}. {texts[name]}" for name, place in placed)
