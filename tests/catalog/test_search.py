import pytest

from aliquot.catalog.rules import build_index, find, is_empty, words_of

COURSES = [
    ("interpreting the peripheral blood smear a method you can defend hem 101 hematology",
     "analyzer leukocyte platelet clump schistocytes anemia edema fiber color center"),
    ("chemical hygiene and spill response saf 101 laboratory safety",
     "formalin xylene acid hood spill smear label analyzer"),
    ("antibody panels step by step blood bank",
     "anemia hemolytic antigen crossmatch"),
]  # fmt: skip
INDEX = build_index(COURSES)


def best_first(query: str, *, is_exact: bool = False) -> list[int]:
    weights = find(query, INDEX, is_exact=is_exact).weights
    return sorted(weights, key=lambda place: (-weights[place], place))


@pytest.mark.parametrize(
    ("query", "places"),
    [
        ("smear", [0, 1]),  # in the title before elsewhere
        ("smears", [0, 1]),
        ("SMEAR", [0, 1]),
        ("hematology smear", [0]),
        ("hemotology smeer", [0]),
        ("haematology", [0]),
        ("hæmatology", [0]),
        ("anaemia", [0, 2]),
        ("oedema", [0]),
        ("leucocytes", [0]),
        ("fibre", [0]),
        ("colour", [0]),
        ("centre", [0]),
        ("schistocyte", [0]),
        ("shistocytes", [0]),
        ("hema", [0]),  # the beginning of a word
        ("spil", [1]),
        ("HEM-101", [0]),
        ("saf101", []),
        ("the smear of", [0, 1]),  # words without meaning are left out
        ("formalin hematology", []),
        ("zzzzz", []),
        ("smear zzzzz", [0, 1]),
        ("hem 102", [0]),  # a number with an error could mean anything; it is named instead
    ],
)
def test_words_find_their_courses(query: str, places: list[int]) -> None:
    assert best_first(query) == places


def test_what_was_corrected_is_said() -> None:
    found = find("hemotology smeer", INDEX)
    assert (found.understood, found.is_corrected) == ("hematology smear", True)
    assert find("haematology smears", INDEX).is_corrected is False
    assert find("hema", INDEX).is_corrected is False


def test_the_words_as_typed_can_be_insisted_on() -> None:
    found = find("hemotology", INDEX, is_exact=True)
    assert found.weights == {}
    assert found.unknown == ("hemotology",)


def test_words_no_course_has_are_named() -> None:
    assert find("smear zzzzz qqqqq", INDEX).unknown == ("zzzzz", "qqqqq")


@pytest.mark.parametrize("query", ["", "   ", "the of", "!!!", "…"])
def test_a_query_without_words_is_no_query(query: str) -> None:
    assert is_empty(query)


@pytest.mark.parametrize(
    "query", ["x" * 100_000, "a b " * 10_000, "%_'\"\\;--", "\x00", "𝔥𝔢𝔪𝔞𝔱𝔬𝔩𝔬𝔤𝔶", "(" * 500]
)
def test_whatever_is_typed_is_answered(query: str) -> None:
    assert isinstance(find(query, INDEX).weights, dict)


def test_words_are_small_letters_without_accents_each_once() -> None:
    assert words_of("Blood: BLOOD, Café-au-lait 10⁹/L") == [
        "blood",
        "cafe",
        "au",
        "lait",
        "109",
        "l",
    ]
