"""A thousand orders whose events come twice, shuffled, late, or not at all (2 %), folded purely.

Whatever arrives, the books end as the provider's: each order captured once, each refund and each
chargeback once, second payments marked to go back.
"""

import random
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from aliquot.commerce.facts import Charged, Movement, Owed, PaidBack
from aliquot.commerce.rules.folding import fold
from aliquot.lib.money import Money

START = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
ORDERS, DROPPED, DOUBLED, OLD_NEWS = 1_000, 0.02, 0.3, 0.05
TOTAL = Money(95_00, "USD")


@dataclass
class Story:
    """What becomes of one payment at the provider: its state after each thing that happened."""

    order: str
    states: list[Charged]

    @property
    def end(self) -> Charged:
        return self.states[-1]


@dataclass
class Row:
    """Our books for one payment."""

    state: str = "open"
    entries: dict[tuple[str, str], Money] = field(default_factory=dict)


def story_of(order: str, number: int, dice: random.Random) -> Story:
    """A payment that is paid or not, given back in parts or not, disputed or not."""
    moment = START + timedelta(minutes=number)
    opened = Charged(f"cs_{number}", "", "open", order, TOTAL, is_live=True)
    if dice.random() < 0.15:
        end = dice.choice(("failed", "abandoned"))
        return Story(order, [opened, replace(opened, state=end)])
    paid = replace(opened, state="captured", charge_id=f"ch_{number}", occurred_at=moment)
    states = [opened, paid]
    left = TOTAL.cents
    for part in range(dice.choice((0, 0, 0, 1, 2))):
        cents = dice.randint(1, left // 2)
        left -= cents
        back = PaidBack(f"re_{number}_{part}", Money(cents, "USD"), "pending", moment)
        before = states[-1]
        for state in ("pending", "succeeded"):
            refunds = (*before.refunds, replace(back, state=state))
            states.append(replace(before, refunds=refunds))
    if dice.random() < 0.05:
        states.append(replace(states[-1], disputed=TOTAL, disputed_at=moment))
    return Story(order, states)


class Books:
    """What settling does, without a database: fetch, fold, enter."""

    def __init__(self) -> None:
        self.rows: dict[str, Row] = {}
        self.paid: dict[str, str] = {}
        self.grants: list[str] = []
        self.doubles: list[str] = []

    def settle(self, charged: Charged) -> tuple[Movement, ...]:
        row = self.rows.setdefault(charged.provider_id, Row())
        owed = Owed(
            charged.order_number, TOTAL, is_live=True, is_paid=charged.order_number in self.paid
        )
        folded = fold(owed, charged, state=row.state, entered=row.entries)
        assert not folded.mismatch
        for each in folded.movements:
            assert (each.kind, each.object_id) not in row.entries
            row.entries[each.kind, each.object_id] = each.amount
        row.state = folded.state
        if folded.is_new_capture:
            self.paid[charged.order_number] = charged.provider_id
            self.grants.append(charged.order_number)
        if folded.is_double:
            self.doubles.append(charged.provider_id)
        return folded.movements


def stories_of(dice: random.Random) -> list[Story]:
    """A thousand orders; every twentieth is paid in two windows."""
    stories = []
    for number in range(ORDERS):
        stories.append(story_of(f"O-{number}", number, dice))
        if number % 20 == 0:
            stories.append(story_of(f"O-{number}", ORDERS + number, dice))
    return stories


def stormed(seed: int) -> tuple[Books, list[Story]]:
    """Books after all events that arrived, before anybody looked by the hour."""
    dice = random.Random(seed)
    stories = stories_of(dice)
    postings = []
    for story in stories:
        for happened in range(1, len(story.states)):
            if dice.random() < DROPPED:
                continue
            for _ in range(2 if dice.random() < DOUBLED else 1):
                late = dice.choice((0, 0, 1, 50, 100_000))
                postings.append((dice.random() + late, story, happened))
    postings.sort(key=lambda posting: posting[0])
    books = Books()
    for _, story, happened in postings:
        # The fetch gives at least what the event told of, now and then from an old replica.
        newest = len(story.states) - 1
        seen = happened - 1 if dice.random() < OLD_NEWS else dice.randint(happened, newest)
        books.settle(story.states[seen])
    return books, stories


@pytest.mark.parametrize("seed", range(3))
def test_a_thousand_orders_end_as_the_provider_has_them(seed: int) -> None:
    books, stories = stormed(seed)
    for story in stories:
        books.settle(story.end)
    check(books, stories)
    assert [books.settle(story.end) for story in stories] == [()] * len(stories)


def test_without_the_hourly_look_dropped_events_would_be_missed() -> None:
    """The control: the same storm, and nobody looks."""
    books, stories = stormed(0)
    with pytest.raises((AssertionError, KeyError)):
        check(books, stories)


def test_a_fold_that_forgets_what_it_entered_would_be_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The control: every look enters everything again."""
    monkeypatch.setitem(globals(), "fold", partial(forgetful, fold))
    with pytest.raises(AssertionError):
        stormed(0)


def forgetful(real: Any, owed: Owed, charged: Charged, *, state: str, entered: object) -> Any:
    return real(owed, charged, state=state, entered=[])


def check(books: Books, stories: list[Story]) -> None:
    for story in stories:
        end, row = story.end, books.rows[story.end.provider_id]
        wanted = {}
        if end.state == "captured":
            wanted["capture", end.charge_id] = end.captured
            wanted |= {("refund", each.provider_id): -each.amount for each in end.refunds}
            if end.disputed:
                wanted["chargeback", end.charge_id] = -end.disputed
        assert row.entries == wanted
        if end.state != "captured":
            assert row.state == end.state
    captured = [story for story in stories if story.end.state == "captured"]
    orders = {story.order for story in captured}
    assert sorted(books.grants) == sorted(orders)
    assert len(books.doubles) == len(set(books.doubles)) == len(captured) - len(orders)
    firsts = {books.paid[order] for order in orders}
    assert {story.end.provider_id for story in captured} - firsts == set(books.doubles)
