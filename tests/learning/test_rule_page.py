"""Every table of docs/rules/completion.md is true."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from aliquot.learning import rules
from aliquot.learning.facts import History, Offer, PageState, Progress, Right
from aliquot.lib.dates import day_in_zone

PAGE = Path(__file__).resolve().parents[2] / "docs/rules/completion.md"
NOW = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)


def rows(first_heading: str) -> list[list[str]]:
    """The rows of the table whose first column has this heading."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith(f"| {first_heading} |"))
    found = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        found.append([cell.strip() for cell in line.strip("|").split("|")])
    return found


@pytest.mark.parametrize(("hours", "pack", "drawn", "answer", "left"), rows("course hours"))
def test_packs(hours: str, pack: str, drawn: str, answer: str, left: str) -> None:
    right = Right(
        id=1,
        source="pack",
        course_id=None,
        starts_at=NOW - timedelta(days=1),
        hours_limit=Decimal(pack),
        hours_drawn=Decimal(drawn),
    )
    opening = rules.opening(
        offer=Offer(course_id=7, availability="open", is_free=False, hours=Decimal(hours)),
        rights=[right],
        history=History(),
        now=NOW,
        zone="America/New_York",
        interval_months=12,
    )
    assert opening.may is (answer == "opens")
    assert Decimal(pack) - Decimal(drawn) - opening.draws == Decimal(left)


@pytest.mark.parametrize(("stored", "known", "deed", "outcome"), rows("stored number"))
def test_saves(stored: str, known: str, deed: str, outcome: str) -> None:
    base = None if deed == "turned a page" else int(known)
    wins = int(stored) <= rules.wins_over(base)
    assert wins is (outcome == "wins")


@pytest.mark.parametrize(
    ("pages", "ticked", "minutes", "questions", "passed", "left", "done"), rows("pages")
)
def test_minutes_and_share(
    pages: str, ticked: str, minutes: str, questions: str, passed: str, left: str, done: str
) -> None:
    states = tuple(
        PageState(n, n, f"page-{n}", f"Page {n}", Decimal(minutes), True, n < int(ticked))
        for n in range(int(pages))
    )
    progress = Progress(states, Decimal(questions), passed == "yes", is_completed=False)
    assert rules.minutes_left(progress) == int(left)
    assert f"{rules.share_done(progress)}%" == done


@pytest.mark.parametrize(("moment", "zone", "day"), rows("moment (UTC)"))
def test_days_of_completion(moment: str, zone: str, day: str) -> None:
    assert day_in_zone(datetime.fromisoformat(f"{moment}+00:00"), zone).isoformat() == day


@pytest.mark.parametrize(("completed", "months", "again"), rows("completed on"))
def test_intervals(completed: str, months: str, again: str) -> None:
    later = rules.months_after(date.fromisoformat(completed), int(months))
    assert later.isoformat() == again


def test_every_table_of_the_page_is_read_here() -> None:
    separators = [line for line in PAGE.read_text().splitlines() if line.startswith("|--")]
    assert len(separators) == 5
