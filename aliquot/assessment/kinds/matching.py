"""Every prompt gets one answer; an answer may serve several prompts, and some serve none."""

from typing import Any

from aliquot.assessment.errors import AnswerError
from aliquot.assessment.facts import Answer, FeedbackRow, Graded, Mark, Order
from aliquot.assessment.kinds import parts

HINT = "Choose one answer for each line."
KEYS = ("pairs", "extra")
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def problems(spec: dict[str, Any]) -> list[parts.Problem]:
    """What is wrong with the specification, with the place of each problem."""
    pairs, found = parts.entries(spec, "pairs", least=2)
    found += parts.unknown_keys(spec, KEYS)
    extra: list[Any] = []
    if "extra" in spec:
        extra, wrong = parts.entries(spec, "extra", least=0)
        found += wrong
    for name, listed, fields in (
        ("pairs", pairs, ("prompt", "answer", "reason")),
        ("extra", extra, ("answer", "reason")),
    ):
        for index, entry in enumerate(listed):
            for field in fields if isinstance(entry, dict) else ():
                found += parts.text_problem(entry.get(field), (name, index, field), f"the {field}")
    if found:
        return found
    prompts = [(("pairs", index, "prompt"), pair["prompt"]) for index, pair in enumerate(pairs)]
    used = {pair["answer"].strip() for pair in pairs}
    if len(used) + len(extra) < 2:
        found.append((("pairs",), "only one answer is on offer; at least two are needed"))
    found += [
        (("extra", index, "answer"), "this answer belongs to a pair; an extra one fits no prompt")
        for index, entry in enumerate(extra)
        if entry["answer"].strip() in used
    ]
    extras = [(("extra", index, "answer"), each["answer"]) for index, each in enumerate(extra)]
    return found + parts.repeated(prompts, "prompt") + parts.repeated(extras, "answer")


def _answers(spec: dict[str, Any]) -> dict[str, str]:
    """Token to text of every answer on offer, those that fit no prompt included."""
    listed = [*spec["pairs"], *spec.get("extra", [])]
    return {parts.token(entry["answer"]): entry["answer"] for entry in listed}


def _prompts(spec: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {parts.token(pair["prompt"]): pair for pair in spec["pairs"]}


def shuffle(spec: dict[str, Any], shuffle_list: parts.Shuffle) -> Order:
    """Prompts as written, answers in a random order."""
    answers = list(_answers(spec))
    shuffle_list(answers)
    return {"prompts": list(_prompts(spec)), "answers": answers}


def present(spec: dict[str, Any], order: Order) -> dict[str, Any]:
    """Prompts and lettered answers, without saying who belongs to whom."""
    prompts, answers = _prompts(spec), _answers(spec)
    return {
        "prompts": [{"token": name, "text": prompts[name]["prompt"]} for name in order["prompts"]],
        "answers": [
            {"token": name, "text": answers[name], "letter": LETTERS[index]}
            for index, name in enumerate(order["answers"])
        ],
    }


def parse(spec: dict[str, Any], raw: object) -> Answer:
    """Prompt token to answer token; prompts without an answer are left out."""
    given = parts.places(raw, _prompts(spec))
    accepted = _answers(spec)
    if any(value not in accepted for value in given.values()):
        raise AnswerError("Choose one of the answers on offer.")
    return given


def is_answered(spec: dict[str, Any], answer: Answer) -> bool:
    """Every prompt has an answer."""
    return len(answer) == len(spec["pairs"])


def right_answer(spec: dict[str, Any]) -> Answer:
    """Each prompt with its own answer."""
    return {parts.token(pair["prompt"]): parts.token(pair["answer"]) for pair in spec["pairs"]}


def grade(spec: dict[str, Any], order: Order, answer: Answer) -> Graded:
    """Right when every prompt got its own answer. The extra answers are explained as well."""
    given = answer if isinstance(answer, dict) else {}
    right, texts = right_answer(spec), _answers(spec)
    rows = [
        FeedbackRow(
            token=name,
            text=pair["prompt"],
            mark=_mark(given.get(name), parts.token(pair["answer"])),
            reason=pair["reason"],
            given=texts.get(given.get(name, ""), ""),
            wanted=pair["answer"],
        )
        for name, pair in _prompts(spec).items()
    ]
    rows += [
        FeedbackRow(
            token=parts.token(entry["answer"]),
            text=entry["answer"],
            mark="wrong" if parts.token(entry["answer"]) in given.values() else "",
            reason=entry["reason"],
        )
        for entry in spec.get("extra", [])
    ]
    return Graded(is_right=given == right, rows=tuple(rows))


def _mark(given: str | None, wanted: str) -> Mark:
    if not given:
        return "missed"
    return "right" if given == wanted else "wrong"


def describe(spec: dict[str, Any], answer: Answer) -> str:
    """Each prompt with the answer it got."""
    given = answer if isinstance(answer, dict) else {}
    texts = _answers(spec)
    return "; ".join(
        f"{_asked(pair['prompt'])} {texts[given[name]]}"
        for name, pair in _prompts(spec).items()
        if name in given
    )


def _asked(prompt: str) -> str:
    """A prompt before its answer; a question keeps its own mark."""
    return prompt if prompt.endswith("?") else f"{prompt}:"
