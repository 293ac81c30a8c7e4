"""The shipped rule packs, and the strictness of their loader."""

import copy
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from aliquot.credentials import data
from aliquot.credentials.data import Library
from aliquot.credentials.data.parsing import parse_pack
from aliquot.credentials.errors import PackError, UnknownCredentialError
from aliquot.credentials.facts import Confirmed, Source
from aliquot.lib.packaged import read_yaml
from tests.credentials.rows import Rows

PACKS = Path(data.__file__).parent / "packs"
SOURCES = {f"S{number}": Source(f"S{number}", "a page", "a day") for number in range(1, 99)}


def test_exactly_these_packs_are_shipped() -> None:
    assert data.library().ids == ("ascp_mls", "ascp_mlt")


@pytest.mark.parametrize("name", ["ascp_mls", "ascp_mlt"])
def test_the_rule_sets_of_2004_and_2023_are_there(name: str) -> None:
    newer, older = data.pack(name).rule_sets
    assert (newer.renewals_from, newer.renewals_to) == (date(2023, 1, 1), None)
    assert (older.renewals_from, older.renewals_to) == (date(2004, 1, 1), date(2022, 12, 31))
    assert [minimum.id for minimum in newer.minima or ()] == [
        "safety", "ethics", "blood_bank", "chemistry", "hematology", "microbiology",
    ]  # fmt: skip
    assert (newer.total, newer.remainder) == (Decimal(36), Decimal(26))
    assert (older.total, older.remainder) == (Decimal(36), Decimal(27))
    assert {newer.confirmed, older.confirmed} == {Confirmed.YES}


def test_every_rule_set_says_where_it_was_read_and_what_changed() -> None:
    for pack in data.all_packs():
        for rule_set in pack.rule_sets:
            assert rule_set.what_changed
            assert all(source.where and source.dated for source in rule_set.sources)
            assert rule_set.sources


def test_every_kind_of_compiled_row_becomes_a_pack() -> None:
    rows = Rows()
    assert [rows.pack(name).id for name in rows.ids] == list(rows.ids)
    assert len(rows.ids) >= 20


def test_a_credential_without_rules_is_refused() -> None:
    with pytest.raises(UnknownCredentialError, match="no rules for the credential 'x'"):
        data.pack("x")


def test_a_folder_of_packs_is_a_library_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "ascp_mls.yaml").write_text((PACKS / "ascp_mls.yaml").read_text())
    library = Library(tmp_path, sources=PACKS.parent / "sources.yaml")
    assert [pack.title for pack in library.all_packs()] == ["Medical Laboratory Scientist"]


def broken(path: str, value: Any) -> dict[str, Any]:
    pack = copy.deepcopy(read_yaml(PACKS / "ascp_mls.yaml"))
    place: Any = pack
    *way, last = [int(step) if step.isdigit() else step for step in path.split("/")]
    for step in way:
        place = place[step]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return pack


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("colour", 1, "ascp_mls: unknown keys: colour"),
        ("title", ..., "ascp_mls: title is missing"),
        ("title", "", "ascp_mls.title: '': accepted: a text"),
        ("id", "other", "ascp_mls.id: 'other': accepted: ascp_mls"),
        ("schema", 2, "ascp_mls.schema: 2: accepted: 1"),
        ("unit", "credits", "ascp_mls.unit: 'credits': accepted: points, hours"),
        ("last_verified", "today", "ascp_mls.last_verified: 'today': accepted: YYYY-MM-DD"),
        ("participation", ..., "ascp_mls: participation is missing"),
        ("participation/sources", ["S99"], "ascp_mls.participation.sources: ['S99']: accepted: S1"),
        ("cycle/years", -3, "ascp_mls.cycle.years: -3: accepted: a whole number"),
        ("annual_fee", "yes", "ascp_mls.annual_fee: 'yes': accepted: true or false"),
        ("approvals_accepted", ["pace", "pace"], "accepted: each once"),
        ("caps/0/fraction_of_total", 2, "accepted: 0 to 1, such as 1/2"),
        ("rule_sets", [], "ascp_mls.rule_sets: accepted: at least one"),
        ("rule_sets/0/remainder", 25, "ascp_mls.rule_sets[0]: minima and remainder do not add up"),
        ("rule_sets/0/remainder", ..., "ascp_mls.rule_sets[0]: remainder is missing"),
        ("rule_sets/0/confirmed", "sure", "accepted: yes, partial, no"),
        ("rule_sets/0/minima/0/points", 0.125, "accepted: 0 or above, at most two decimals"),
        ("rule_sets/0/minima/0/any_of", ["safety"], "rule_sets[0].minima[0].any_of"),
        ("rule_sets/0/minima/0/id", "ethics", "accepted: each id once"),
        ("rule_sets/1/renewals_to", date(2023, 1, 1), "accepted: newest first, without overlap"),
        ("rule_sets/1/renewals_to", ..., "only the newest is open to the future"),
    ],
)
def test_a_wrong_pack_is_refused_with_its_place(path: str, value: Any, message: str) -> None:
    with pytest.raises(PackError) as failure:
        parse_pack(broken(path, value), name="ascp_mls", sources=SOURCES)
    assert message in str(failure.value)
