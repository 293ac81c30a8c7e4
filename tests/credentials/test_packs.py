"""The shipped rule packs, and the strictness of their loader."""

import copy
import csv
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from aliquot.credentials import data
from aliquot.credentials.data import Library
from aliquot.credentials.data.bodies import bodies
from aliquot.credentials.data.parsing import parse_pack
from aliquot.credentials.errors import PackError, UnknownCredentialError
from aliquot.credentials.facts import Confirmed, Pack, Source
from aliquot.lib.decimals import shortest
from aliquot.lib.packaged import read_yaml

PACKS = Path(data.__file__).parent / "packs"
SOURCES = {f"S{number}": Source(f"S{number}", "a page", "a day") for number in range(1, 99)}


def figure(value: Decimal | None) -> str:
    """A figure of the table; a question mark where it is not known."""
    return "?" if value is None else shortest(value)


def rows_of(pack: Pack) -> Iterator[dict[str, str]]:
    """The lines of figures.csv for a pack, its newest rules first."""
    for rules in pack.rule_sets:
        minima = None if rules.minima is None else [
            f"{figure(each.points)} {each.id}" for each in rules.minima
        ]  # fmt: skip
        remainder = "computed" if rules.remainder_computed else figure(rules.remainder)
        yield {
            "credential": pack.id,
            "renewals_from": str(rules.renewals_from or ""),
            "years": "?" if pack.cycle_years is None else str(pack.cycle_years),
            "total": figure(rules.total),
            "minima": "?" if minima is None else " + ".join(minima),
            "remainder": remainder,
            "confirmed": str(rules.confirmed),
        }


def test_the_packs_say_what_the_table_of_figures_says() -> None:
    with (Path(__file__).parent / "figures.csv").open(newline="") as file:
        table = list(csv.DictReader(file))
    assert [row for pack in data.all_packs() for row in rows_of(pack)] == table
    assert len(data.shipped().ids) == 52


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


def test_every_body_of_a_pack_is_described() -> None:
    assert {pack.body for pack in data.all_packs()} == bodies().keys()


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
