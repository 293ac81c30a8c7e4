"""The worked conversions of docs/rules/activities.md are what the engine counts."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from aliquot.credentials import rules
from aliquot.credentials.data import pack
from aliquot.credentials.facts import KINDS, Activity, CredentialHeld, Part
from aliquot.interop.activities.columns import COLUMNS

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = (DOCS / "rules" / "activities.md").read_text()
LINES = re.findall(r"^\| `(\w+)` \| ([0-9.]+) \| ([0-9.]+) \|", PAGE, re.MULTILINE)


@pytest.mark.parametrize(("kind", "amount", "worth"), LINES)
def test_the_conversion_on_the_page_is_true(kind: str, amount: str, worth: str) -> None:
    activity = Activity(
        id="a",
        completed_on=date(2026, 3, 12),
        kind=kind,
        parts=(Part(Decimal(amount), ("other_lab",)),),
        approvals=frozenset({"pace"}),
    )
    held = CredentialHeld(pack("ascp_mls"), date(2027, 6, 30), date(2011, 5, 14))
    verdict = rules.judge_credential(held, activities=[activity], as_of=date(2026, 11, 23))
    assert verdict.counted == Decimal(worth)


def test_every_kind_is_on_the_page() -> None:
    assert {kind for kind, _, _ in LINES} | {"covid_work"} == set(KINDS)


def test_every_column_of_the_table_is_described() -> None:
    text = (DOCS / "activities-import.md").read_text()
    described = re.findall(r"^\| `([a-z ]+)` \|", text, re.MULTILINE)
    assert described == [column.heading for column in COLUMNS]
