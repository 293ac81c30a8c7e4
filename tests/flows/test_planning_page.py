"""The worked examples of docs/rules/planning.md are true: each YAML block is a plan."""

import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from aliquot.credentials.data import shipped
from aliquot.flows.plan_courses import plan_courses
from aliquot.interop.catalog.reader import read_catalog
from aliquot.interop.catalog.writer import plan_document
from aliquot.interop.transcript.reader import read_transcript
from tests.credentials.test_cases import activity_of, plain

PAGE = Path(__file__).resolve().parents[2] / "docs" / "rules" / "planning.md"
BLOCK = re.compile(r"^```yaml\n(.*?)^```$", re.DOTALL | re.MULTILINE)
EXAMPLES = [
    pytest.param(example, id=example["case"])
    for block in BLOCK.findall(PAGE.read_text())
    for example in [YAML(typ="safe", pure=True).load(block)]
]


def planned(example: dict[str, Any]) -> dict[str, Any]:
    """The plan in the words of an example."""
    document = {
        "as_of": "2026-11-23",
        "credentials": [
            {"first_certified_on": "2011-05-14", "id": held["id"], "cycle_ends_on": held["ends"]}
            for held in example["credentials"]
        ],
        "activities": [activity_of(*entry) for entry in example["activities"].items()],
    }
    courses = [
        {"id": name, "approvals": ["pace"], **given} for name, given in example["courses"].items()
    ]
    transcript = read_transcript(json.dumps(document, default=str).encode(), library=shipped())
    offers = read_catalog(
        json.dumps({"courses": courses}).encode(), as_of=transcript.as_of, taken={}
    )
    plan = plan_courses(
        transcript,
        offers,
        by=example.get("by", "hours"),
        margin=int(Decimal(str(example.get("margin", 0))) * 100),
    )
    assert plan.is_proven
    found = plan_document(transcript.as_of, plan)
    found["unmet"] = [
        f"{row['credential']} {row['requirement']} {row['missing']}" for row in found["unmet"]
    ]
    return found


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_example_on_the_page_is_true(example: dict[str, Any]) -> None:
    expected = plain(example["expect"])
    answer = planned(example)
    assert {key: answer[key] for key in expected} == expected


def test_the_page_has_examples() -> None:
    assert len(EXAMPLES) >= 5
