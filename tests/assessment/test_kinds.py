"""What every kind of question must do, and what each one alone does."""

import json
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aliquot.assessment.errors import AnswerError
from aliquot.assessment.facts import FormAnswer, form_answer
from aliquot.assessment.kinds import KINDS, problems
from aliquot.assessment.kinds.parts import token
from tests.factories.assessment import RIGHT, SPECS, WRONG

ALL = sorted(KINDS)


def order_of(kind: str, seed: int = 1) -> dict[str, list[str]]:
    return KINDS[kind].shuffle(SPECS[kind], random.Random(seed).shuffle)


@pytest.mark.parametrize("kind", ALL)
def test_a_sound_specification_has_no_problems(kind: str) -> None:
    assert problems(kind, SPECS[kind]) == []


def test_an_unknown_kind_is_named_with_what_is_accepted() -> None:
    ((path, message),) = problems("hotspot", {})
    assert path == ("kind",)
    assert message == (
        "kind 'hotspot' is not known; accepted are single_choice, multiple_response, true_false, "
        "numeric, matching, ordering"
    )


@pytest.mark.parametrize("kind", ALL)
def test_the_right_answer_is_right_and_a_wrong_one_wrong(kind: str) -> None:
    module, spec = KINDS[kind], SPECS[kind]
    assert module.right_answer(spec) == RIGHT[kind]
    assert module.grade(spec, order_of(kind), RIGHT[kind]).is_right is True
    assert module.grade(spec, order_of(kind), WRONG[kind]).is_right is False


@pytest.mark.parametrize("kind", ALL)
def test_no_answer_is_empty_not_answered_and_wrong(kind: str) -> None:
    module, spec = KINDS[kind], SPECS[kind]
    empty = module.parse(spec, None)
    assert not empty
    assert module.parse(spec, FormAnswer({})) == empty
    assert module.is_answered(spec, empty) is False
    assert module.grade(spec, order_of(kind), empty).is_right is False
    assert module.describe(spec, empty) == ""


def reasons_in(value: Any) -> list[str]:
    """Every reason of a specification, wherever it stands."""
    if isinstance(value, dict):
        return [reason for each in value.values() for reason in reasons_in(each)]
    if isinstance(value, list):
        return [reason for each in value for reason in reasons_in(each)]
    return [value] if isinstance(value, str) and value.startswith("REASON") else []


@pytest.mark.parametrize("kind", ALL)
@pytest.mark.parametrize("answers", [RIGHT, WRONG])
def test_grading_gives_the_reason_of_every_option(kind: str, answers: dict[str, Any]) -> None:
    graded = KINDS[kind].grade(SPECS[kind], order_of(kind), answers[kind])
    assert sorted(row.reason for row in graded.rows) == sorted(reasons_in(SPECS[kind]))


@pytest.mark.parametrize("kind", ALL)
def test_what_is_presented_holds_neither_key_nor_reasons(kind: str) -> None:
    spec = SPECS[kind]
    shown = json.dumps(KINDS[kind].present(spec, order_of(kind)))
    assert "REASON" not in shown
    assert "right" not in shown
    assert "answer" not in shown.replace('"answers"', "")
    assert "180" not in shown


@pytest.mark.parametrize("kind", ALL)
def test_a_canonical_answer_is_its_own_canonical_form(kind: str) -> None:
    for answer in (RIGHT[kind], WRONG[kind]):
        assert KINDS[kind].parse(SPECS[kind], json.loads(json.dumps(answer))) == answer


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner),
    max_leaves=6,
)


@pytest.mark.parametrize("kind", ALL)
@given(raw=json_values)
def test_whatever_is_sent_is_an_answer_or_a_clear_refusal(kind: str, raw: Any) -> None:
    spec, module = SPECS[kind], KINDS[kind]
    try:
        answer = module.parse(spec, raw)
    except AnswerError:
        return
    assert module.parse(spec, answer) == answer
    module.grade(spec, order_of(kind), answer)
    module.describe(spec, answer)


@pytest.mark.parametrize("kind", ALL)
@given(raw=json_values)
def test_whatever_a_specification_holds_its_problems_are_found_without_a_crash(
    kind: str, raw: Any
) -> None:
    spec = raw if isinstance(raw, dict) else {"options": raw, "pairs": raw, "items": raw}
    spec = spec | {"answer": raw, "reasons": raw, "mistakes": raw}
    assert all(isinstance(message, str) for _, message in problems(kind, spec))


@pytest.mark.parametrize("kind", ALL)
@given(seed=st.integers(0, 10**6))
def test_the_order_of_a_form_changes_no_judgment(kind: str, seed: int) -> None:
    order = order_of(kind, seed)
    assert KINDS[kind].grade(SPECS[kind], order, RIGHT[kind]).is_right is True
    assert KINDS[kind].grade(SPECS[kind], order, WRONG[kind]).is_right is False


@given(seed=st.integers(0, 10**6))
def test_the_first_order_of_an_ordering_is_never_the_right_one(seed: int) -> None:
    order = order_of("ordering", seed)
    assert sorted(order["items"]) == sorted(RIGHT["ordering"])
    assert order["items"] != list(RIGHT["ordering"])


def test_the_tokens_tell_nothing_but_the_words() -> None:
    spec = SPECS["ordering"]
    backwards = {"items": spec["items"][::-1]}
    shown = {
        item["token"] for item in KINDS["ordering"].present(spec, order_of("ordering"))["items"]
    }
    assert shown == {token(item["text"]) for item in backwards["items"]}


def test_options_stay_in_place_when_the_author_says_so() -> None:
    spec = SPECS["single_choice"] | {"shuffle": False}
    orders = {
        tuple(KINDS["single_choice"].shuffle(spec, random.Random(seed).shuffle)["options"])
        for seed in range(20)
    }
    assert orders == {(token("Target cells"), token("Schistocytes"), token("Spherocytes"))}


# --- what each kind finds wrong -------------------------------------------------------------------

CHOICE = SPECS["single_choice"]["options"]


@pytest.mark.parametrize(
    ("kind", "spec", "expected"),
    [
        ("single_choice", {}, (("options",), "options are missing; write a list of at least 2")),
        (
            "single_choice",
            {"options": CHOICE[:1]},
            (("options",), "1 options; between 2 and 12 are accepted"),
        ),
        (
            "single_choice",
            {"options": [CHOICE[0], CHOICE[2]]},
            (("options",), "0 options are right; exactly one must be"),
        ),
        (
            "single_choice",
            {"options": [CHOICE[0], {"text": "Other", "right": True}]},
            (("options", 1, "reason"), "the option's reason is missing; write it as text"),
        ),
        (
            "single_choice",
            {"options": [CHOICE[0], CHOICE[1] | {"text": "Target cells "}]},
            (("options", 1, "text"), "the same option stands there twice; each must differ"),
        ),
        (
            "single_choice",
            {"options": CHOICE, "shufle": False},
            (("shufle",), "shufle is not known here; accepted are options, shuffle"),
        ),
        (
            "multiple_response",
            {"options": [each | {"right": True} for each in CHOICE]},
            (("options",), "every option is right; at least one must be wrong"),
        ),
        (
            "multiple_response",
            {"options": [each | {"right": False} for each in CHOICE]},
            (("options",), "no option is right; at least one must be"),
        ),
        (
            "true_false",
            {"answer": "false", "reasons": SPECS["true_false"]["reasons"]},
            (("answer",), "answer is true or false, without quotation marks"),
        ),
        (
            "true_false",
            {"answer": True, "reasons": {"true": "Yes."}},
            (("reasons", "false"), 'the reason of "false" is missing; write it as text'),
        ),
        (
            "numeric",
            SPECS["numeric"] | {"answer": 180},
            (("answer",), 'answer is a decimal in quotation marks, such as "4.5"'),
        ),
        (
            "numeric",
            SPECS["numeric"] | {"tolerance": "-1"},
            (("tolerance",), "tolerance is zero or more"),
        ),
        (
            "numeric",
            SPECS["numeric"] | {"mistakes": [{"answer": "186", "tolerance": "1", "reason": "R"}]},
            (("mistakes", 0, "answer"), "the mistake overlaps the right answer's tolerance"),
        ),
        (
            "matching",
            SPECS["matching"] | {"extra": [{"answer": "EDTA", "reason": "R"}]},
            (
                ("extra", 0, "answer"),
                "this answer belongs to a pair; an extra one fits no prompt",
            ),
        ),
        (
            "matching",
            {"pairs": SPECS["matching"]["pairs"][:1]},
            (("pairs",), "1 pairs; between 2 and 12 are accepted"),
        ),
        (
            "ordering",
            {"items": [*SPECS["ordering"]["items"], {"text": "Dry"}]},
            (("items", 4, "reason"), "the item's reason is missing; write it as text"),
        ),
    ],
)
def test_what_is_wrong_is_found_at_its_place(
    kind: str, spec: dict[str, Any], expected: tuple[tuple[str | int, ...], str]
) -> None:
    assert expected in problems(kind, spec)


# --- numbers --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("180", "180"),
        (" 180.0 ", "180"),
        ("1 200", "1200"),
        ("1\u202f200", "1200"),
        ("1,200", "1200"),
        ("1,200.5", "1200.5"),
        ("12,345,678", "12345678"),
        ("0,45", "0.45"),
        ("0,450", "0.45"),
        ("12,5", "12.5"),
        ("\u22123.5", "-3.5"),
        ("+4", "4"),
        (".5", "0.5"),
        ("5.", "5"),
        ("180 ×10⁹/L", "180"),
        ("-0", "0"),
    ],
)
def test_a_number_may_be_typed_in_many_ways(typed: str, number: str) -> None:
    assert KINDS["numeric"].parse(SPECS["numeric"], typed) == number


@pytest.mark.parametrize("typed", ["many", "1e5", "1/2", "1,20,0", "--3", "1.2.3", "٣", "9" * 41])
def test_what_is_no_number_is_refused_in_one_sentence(typed: str) -> None:
    with pytest.raises(AnswerError, match=r"^Enter a number, such as 4\.5\.$"):
        KINDS["numeric"].parse(SPECS["numeric"], typed)


@pytest.mark.parametrize(
    ("number", "is_right"),
    [("175", True), ("185", True), ("174.999", False), ("185.0001", False), ("180", True)],
)
def test_the_ends_of_the_tolerance_are_right(number: str, is_right: bool) -> None:
    assert KINDS["numeric"].grade(SPECS["numeric"], {}, number).is_right is is_right


@pytest.mark.parametrize(
    ("number", "row"), [("18.5", "mistake-0"), ("18.6", "otherwise"), ("178", "answer")]
)
def test_a_number_is_explained_by_the_mistake_that_leads_to_it(number: str, row: str) -> None:
    graded = KINDS["numeric"].grade(SPECS["numeric"], {}, number)
    assert [each.token for each in graded.rows if each.given] == [row]


# --- several fields -------------------------------------------------------------------------------


def test_an_answer_is_read_from_the_fields_of_its_own_question() -> None:
    sent = {"q-1": ["a"], "q-1.x": ["b"], "q-1-x": ["c"], "q-10": ["d"], "other": ["e"]}
    answer = form_answer(sent, sent.__getitem__, "q-1")
    assert answer.fields == {"": ("a",), "x": ("b",)}


def test_matching_is_answered_when_every_prompt_has_an_answer() -> None:
    kind, spec = KINDS["matching"], SPECS["matching"]
    fields = {name: (value,) for name, value in RIGHT["matching"].items()}
    assert kind.parse(spec, FormAnswer(fields)) == RIGHT["matching"]
    partly = kind.parse(spec, FormAnswer(fields | {token("Green"): ("",)}))
    assert len(partly) == 2
    assert kind.is_answered(spec, partly) is False


def test_a_prompt_that_is_a_question_keeps_its_own_mark() -> None:
    kind = KINDS["matching"]
    pairs = [{"prompt": "Which tube?", "answer": "EDTA"}, {"prompt": "Green", "answer": "Heparin"}]
    spec = SPECS["matching"] | {
        "pairs": [old | new for old, new in zip(SPECS["matching"]["pairs"], pairs, strict=False)]
    }
    assert kind.describe(spec, kind.right_answer(spec)) == "Which tube? EDTA; Green: Heparin"


def test_ordering_is_answered_when_no_two_share_a_place() -> None:
    kind, spec = KINDS["ordering"], SPECS["ordering"]
    twice = kind.parse(spec, RIGHT["ordering"] | {token("Dry"): "1"})
    assert kind.is_answered(spec, twice) is False
    assert kind.is_answered(spec, RIGHT["ordering"]) is True
    assert kind.describe(spec, RIGHT["ordering"]) == (
        "1. Fix in methanol; 2. Stain; 3. Rinse; 4. Dry"
    )


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        ("single_choice", "a token of nothing"),
        ("multiple_response", [token("Label the tube"), "x"]),
        ("true_false", "maybe"),
        ("matching", {token("Lavender"): "x"}),
        ("matching", {"x": token("EDTA")}),
        ("ordering", {token("Dry"): "5"}),
        ("ordering", {token("Dry"): 1}),
    ],
)
def test_what_is_not_on_offer_is_refused(kind: str, raw: Any) -> None:
    with pytest.raises(AnswerError):
        KINDS[kind].parse(SPECS[kind], raw)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("> 5% of cells", "&gt; 5% of cells"),
        ("1. Stain", "1. Stain"),
        ("- 3 SD", "- 3 SD"),
        ("*Plasmodium* seen", "<em>Plasmodium</em> seen"),
        ("# of cells", "# of cells"),
    ],
)
def test_an_option_is_words_whatever_it_begins_with(written: str, shown: str) -> None:
    from aliquot.ui.templatetags import questions

    assert str(questions.phrase(written)) == shown
    assert questions.words("> 5% & *more*") == "> 5% & more"


@pytest.mark.parametrize(
    ("stem", "before", "asked"),
    [
        ("Which one?", "", "Which one?"),
        (
            "A case.\n\n| a |\n|---|\n| 1 |\n\nWhich one?",
            "A case.\n\n| a |\n|---|\n| 1 |",
            "Which one?",
        ),
        ("Look at this.\n\n- one\n- two", "Look at this.\n\n- one\n- two", ""),
    ],
)
def test_the_last_paragraph_of_a_stem_is_the_question(stem: str, before: str, asked: str) -> None:
    from aliquot.ui.templatetags import questions

    assert questions.split_stem(stem) == (before, asked)
