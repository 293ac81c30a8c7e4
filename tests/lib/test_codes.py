"""Codes: unguessable, forgiving when typed, and no slip of the finger goes unnoticed."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aliquot.lib import codes

values = st.lists(st.integers(0, 31), min_size=16, max_size=16)


def code_of(chosen: list[int]) -> str:
    return "".join(codes.SYMBOLS[value] for value in [*chosen, codes._check(chosen)])


def test_a_new_code_carries_eighty_random_bits_and_a_check_symbol() -> None:
    made = {codes.new_code() for _ in range(200)}
    assert len(made) == 200
    assert {len(code) for code in made} == {17}
    assert all(codes.parse(code) == code for code in made)
    used = {symbol for code in made for symbol in code[:16]}
    assert used == set(codes.SYMBOLS)


def test_a_code_is_printed_in_groups_of_four() -> None:
    assert codes.grouped("7QK2M9XD4TRA8HB3W") == "7QK2-M9XD-4TRA-8HB3-W"


@pytest.mark.parametrize(
    "typed",
    [
        "{grouped}", "{lower}", " {grouped} ", "{spaced}", "{dashed}", "{letters}",
    ],
)  # fmt: skip
def test_typing_is_forgiven_case_spaces_hyphens_and_look_alikes(typed: str) -> None:
    code = code_of([0, 1, 2, 3, 10, 11, 0, 1, 16, 17, 18, 19, 28, 29, 30, 31])
    forms = {
        "grouped": codes.grouped(code),
        "lower": codes.grouped(code).lower(),
        "spaced": " ".join(code),
        "dashed": codes.grouped(code).replace("-", "–"),
        "letters": codes.grouped(code).replace("0", "o").replace("1", "l", 1).replace("1", "I"),
    }
    assert codes.parse(typed.format(**forms)) == code


@given(values, st.integers(0, 16), st.integers(1, 31))
def test_any_single_wrong_symbol_is_noticed(chosen: list[int], position: int, change: int) -> None:
    code = code_of(chosen)
    wrong = codes.SYMBOLS[codes.SYMBOLS.index(code[position]) ^ change]
    with pytest.raises(codes.MistypedCodeError, match="seems mistyped"):
        codes.parse(code[:position] + wrong + code[position + 1 :])


@given(values)
def test_any_swap_of_two_symbols_is_noticed(chosen: list[int]) -> None:
    code = code_of(chosen)
    for left, right in combinations(range(17), 2):
        if code[left] == code[right]:
            continue
        symbols = list(code)
        symbols[left], symbols[right] = symbols[right], symbols[left]
        with pytest.raises(codes.MistypedCodeError, match="seems mistyped"):
            codes.parse("".join(symbols))


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "17 letters and digits; this one has 0"),
        ("7QK2-M9XD", "this one has 8"),
        ("7QK2-M9XD-4TRA-8HB3-WW", "this one has 18"),
        ("7QK2-M9XD-4TRA-8HB3-U", "“U” is not used"),
        ("7QK2-M9XD-4TRA-8HB3-ẞ", "is not used"),
        ("../../etc/passwd", "“/” is not used"),
    ],
)
def test_what_is_no_code_is_explained(typed: str, words: str) -> None:
    with pytest.raises(codes.MistypedCodeError, match=words):
        codes.parse(typed)


def test_a_code_is_safe_in_an_address() -> None:
    assert codes.SYMBOLS.isalnum()
    assert codes.SYMBOLS.isascii()
    assert not set("ILOU") & set(codes.SYMBOLS)
