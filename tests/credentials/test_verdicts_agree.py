"""Thousands of random transcripts, judged by the engine and by a second reading of the contract.

``PROPERTY_DEPTH=20`` judges twenty times as many. A failure names the seed of its transcript.
"""

import json
import random
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from aliquot.catalog import data as catalog
from aliquot.credentials import data
from aliquot.credentials.facts import KINDS
from aliquot.credentials.rules import judge
from aliquot.interop.transcript.reader import read_transcript
from aliquot.interop.transcript.writer import verdict_document
from aliquot.lib import canonical
from aliquot.lib.packaged import read_yaml
from tests.credentials.depth import DEPTH
from tests.credentials.oracle import Answer, Oracle

LIBRARY = data.shipped()
PACKS: dict[str, Any] = {
    path.stem: canonical.plain(read_yaml(path))
    for path in (Path(data.__file__).parent / "packs").glob("*.yaml")
}
AREAS = read_yaml(Path(catalog.__file__).parent / "areas.yaml")["areas"]
ORACLE = Oracle(PACKS, {row["id"]: row["parent"] for row in AREAS if "parent" in row})
AREA_IDS = [row["id"] for row in AREAS]
CHUNKS, EACH = 8, 250
ODD_ENDS = ("2027-02-28", "2028-02-28", "2028-02-29", "2031-02-28", "2022-12-31", "2023-01-01",
            "2023-12-31", "2024-01-01", "2021-12-31", "2022-01-01", "2010-06-30", "2005-12-31",
            "2003-12-31", "2004-01-01", "2008-02-29", "2029-12-31")  # fmt: skip
AMOUNTS = ("0.01", "0.25", "0.5", "0.99", "1", "1", "1", "1.5", "2", "2", "3", "4.75", "6", "9.9",
           "12", "18")  # fmt: skip


def an_end(chance: random.Random, pack: dict[str, Any]) -> date:
    """An end that the body allows, around a rule change or a leap day as often as not."""
    ends = pack["cycle"].get("ends") or {}
    year = chance.randint(2004, 2031)
    if ends.get("years") == "even":
        year -= year % 2
    elif ends.get("years") == "odd":
        year -= 1 - year % 2
    if "on" in ends:
        return date.fromisoformat(f"{year}-{ends['on']}")
    if not ends and chance.random() < 0.5:
        return date.fromisoformat(chance.choice(ODD_ENDS))
    return date(year, 1, 1) + timedelta(days=chance.randrange(365))


def a_transcript(chance: random.Random) -> dict[str, Any]:
    """One credential, and up to 16 activities that are near its window and its areas."""
    name = chance.choice(list(PACKS))
    pack = PACKS[name]
    end = an_end(chance, pack)
    as_of = end - timedelta(days=chance.randint(-900, 1200))
    held: dict[str, Any] = {"id": name, "cycle_ends_on": end.isoformat()}
    for flag in ("formerly_nca", "international", "expired", "first_renewal"):
        if chance.random() < 0.25:
            held[flag] = True
    if chance.random() < 0.7:
        years = chance.choice((1996, 2003, 2004, 2005, 2006, 2011, 2012, 2018))
        held["first_certified_on"] = chance.choice((f"{years}-01-01", f"{years}-12-31"))
    if name == "lic_nd":
        licensed = date(end.year - 2, 7, 1) + timedelta(days=chance.randrange(730))
        held["licensed_on"] = licensed.isoformat()
    held["specialties"] = chance.sample(list(catalog.specialties()), chance.choice((0, 0, 1, 2, 3)))
    held["roles"] = chance.sample(list(catalog.roles()), chance.choice((0, 0, 1, 2)))
    wanted = [
        area
        for rules in pack["rule_sets"]
        for line in rules["minima"] or ()
        for area in line.get("any_of", held["specialties"])
    ]
    wanted += [child for child, parent in ORACLE.parents.items() if parent in wanted]
    last = min(end, as_of)
    activities = []
    for position in range(chance.choice((0, 3, 8, 16))):
        day = last - timedelta(days=chance.randint(-60, 1150))
        activity: dict[str, Any] = {
            "id": f"a{position}",
            "completed_on": min(day, as_of).isoformat(),
        }
        activity["kind"] = chance.choice([*KINDS, *["contact_hours"] * 6, "semester_hours"])
        if chance.random() < 0.85:
            approvals = list(catalog.approvals())
            likely = pack.get("approvals_accepted") or approvals
            activity["approvals"] = chance.sample(likely, 1) if chance.random() < 0.7 else (
                chance.sample(approvals, chance.randint(0, 2))
            )  # fmt: skip
        parts = [
            {"amount": chance.choice(AMOUNTS), "areas": some_areas(chance, wanted)}
            for _ in range(chance.choice((1, 1, 1, 2, 3)))
        ]
        activity |= {"parts": parts} if len(parts) > 1 else parts[0]
        activities.append(activity)
    return {"as_of": as_of.isoformat(), "credentials": [held], "activities": activities}


def some_areas(chance: random.Random, wanted: list[str]) -> list[str]:
    pool = wanted if wanted and chance.random() < 0.6 else AREA_IDS
    return chance.sample(sorted(set(pool)), min(len(set(pool)), chance.choice((1, 1, 2, 3))))


def figure(value: str | None) -> Fraction | None:
    return None if value is None else Fraction(value)


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_a_second_reading_of_the_contract_finds_the_same(chunk: int) -> None:
    for seed in range(chunk * EACH * DEPTH, (chunk + 1) * EACH * DEPTH):
        transcript = a_transcript(random.Random(seed))
        facts = read_transcript(json.dumps(transcript).encode(), library=LIBRARY)
        verdict = verdict_document(facts.as_of, judge(facts))["credentials"][0]
        expected = ORACLE.answer(transcript, 0)
        assert said(verdict, expected) == expected_of(expected), (seed, transcript, verdict)


def said(verdict: dict[str, Any], expected: Answer) -> dict[str, Any]:
    """What the engine said of what the second reading speaks of."""
    window = verdict["window"]
    return {
        "required": verdict["participation"]["required"],
        "window": (window["starts_on"], window["ends_on"]),
        "needed": figure(verdict["needed"]),
        "met": verdict["met"],
        "counted": {row["id"]: figure(row["counted"]) for row in verdict["requirements"]},
        "refused": {
            (row["activity"], row["reason"]): Fraction(row["amount"])
            for row in verdict["not_counted"]
            if any(row["activity"] == activity for activity, _ in expected.refused)
        },
    }


def expected_of(answer: Answer) -> dict[str, Any]:
    return {
        "required": answer.required,
        "window": tuple(day.isoformat() for day in answer.window),
        "needed": answer.needed,
        "met": answer.met,
        "counted": answer.counted,
        "refused": answer.refused,
    }
