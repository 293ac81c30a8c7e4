"""Does the pace suffice? Every row of docs/rules/forecast.md, and what must always hold."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aliquot.credentials.data import pack
from aliquot.credentials.facts import Activity, CredentialHeld, Part, Verdict
from aliquot.credentials.rules import judge_credential
from aliquot.credentials.rules.forecast import forecast
from aliquot.lib.decimals import shortest

PAGE = Path(__file__).resolve().parents[2] / "docs/rules/forecast.md"
MLS = CredentialHeld(pack("ascp_mls"), date(2027, 6, 30), first_certified_on=date(2011, 5, 14))
LINES = {"safety_lab": 1, "ethics": 1, "blood_bank": 2, "chemistry": 2, "hematology": 2,
         "microbiology": 2, "education": 26}  # fmt: skip


def verdict_of(counted: Decimal, today: date, held: CredentialHeld = MLS) -> Verdict:
    """A verdict in which so much counts, the last lines filled first."""
    activities, left = [], counted
    for area, most in reversed(LINES.items()):
        amount = min(left, Decimal(most))
        left -= amount
        if amount:
            on = min(today, date(2024, 7, 1))
            activities.append(Activity(area, on, "points", (Part(amount, (area,)),)))
    return judge_credential(held, activities=activities, as_of=today)


def rows() -> list[list[str]]:
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("| today |"))
    return [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in lines[start + 2 :]
        if line.startswith("|")
    ]


@pytest.mark.parametrize(("today", "counts", "will_have", "short", "full_on", "enough"), rows())
def test_every_row_of_the_page(
    today: str, counts: str, will_have: str, short: str, full_on: str, enough: str
) -> None:
    verdict = verdict_of(Decimal(counts), date.fromisoformat(today))
    assert verdict.counted == Decimal(counts)
    found = forecast(verdict)
    if will_have == "says nothing":
        assert found is None
        return
    assert found is not None
    assert (shortest(found.will_have), shortest(found.short)) == (will_have, short)
    assert (found.reached_on.isoformat() if found.reached_on else "no") == full_on
    assert (found.enough, found.by) == (Decimal(enough), date(2027, 5, 31))


@pytest.mark.parametrize(
    "held",
    [
        replace(MLS, expired=True),
        replace(MLS, first_certified_on=date(2001, 5, 14)),
        CredentialHeld(pack("lic_pr"), date(2027, 6, 30)),
        CredentialHeld(pack("aab_abor"), date(2026, 12, 31)),
    ],
    ids=["expired", "voluntary", "unknown", "nothing asked"],
)
def test_it_keeps_silent_where_a_pace_says_nothing(held: CredentialHeld) -> None:
    assert forecast(verdict_of(Decimal(10), date(2026, 11, 23), held)) is None


@given(st.integers(1, 143), st.dates(date(2024, 9, 28), date(2027, 5, 30)))
def test_it_never_sounds_better_than_it_is(quarters: int, today: date) -> None:
    counted = Decimal(quarters) / 4
    found = forecast(verdict_of(counted, today))
    assert found is not None
    assert counted - Decimal("0.1") < found.will_have <= found.needed
    assert found.short == found.needed - found.will_have
    left = (found.by - today).days
    assert found.enough * left / 30 >= found.needed - counted
    if found.reached_on is not None:
        assert today < found.reached_on <= found.by
        assert found.short == 0
    earlier = forecast(verdict_of(counted, today - timedelta(days=1)))
    assert earlier is None or earlier.will_have >= found.will_have
