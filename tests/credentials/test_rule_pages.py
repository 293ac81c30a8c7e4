"""The worked examples of docs/rules are true: each YAML block is a case like those in cases/."""

import re
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.credentials.test_cases import found, judged, plain

PAGES = Path(__file__).resolve().parents[2] / "docs" / "rules"
BLOCK = re.compile(r"^```yaml\n(.*?)^```$", re.DOTALL | re.MULTILINE)
EXAMPLES = [
    pytest.param(example, id=f"{name}: {example['case']}")
    for name in ("allocation", "cycles")
    for block in BLOCK.findall((PAGES / f"{name}.md").read_text())
    for example in [YAML(typ="safe", pure=True).load(block)]
]


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_example_on_the_page_is_true(example: dict[str, Any]) -> None:
    expected = {"not_counted": [], "warnings": [], **plain(example["expect"])}
    answer = found(judged(example))
    assert {key: answer[key] for key in expected} == expected


def test_both_pages_have_examples() -> None:
    assert len(EXAMPLES) >= 10
