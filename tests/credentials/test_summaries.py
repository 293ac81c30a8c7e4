"""One line about each credential: from the stored verdict while it holds, judged anew otherwise."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aliquot.accounts.models import User
from aliquot.credentials import services
from aliquot.credentials.facts import Situation
from aliquot.credentials.models import CycleVerdict
from aliquot.credentials.queries import standings_of, summaries_of
from tests.factories.credentials import credit, declared, holding

pytestmark = pytest.mark.django_db
MARK = Decimal("33.33")  # no judgment gives it: who reads it reads the stored verdict


def marked(person: User, now: datetime) -> None:
    """The verdicts of a person stored, and marked as such."""
    services.refresh_verdicts([person.pk], now=now)
    CycleVerdict.objects.filter(cycle__held__person=person).update(counted=MARK)


def counted(person: User, now: datetime) -> list[Decimal]:
    return [each.counted for each in summaries_of(person, now=now)]


def test_a_stored_verdict_is_read_in_one_statement_and_a_stale_one_is_judged_in_five(
    rosa: User, stella: User, now: datetime
) -> None:
    holding(stella)
    marked(stella, now)
    holding(rosa, "ascp_mlt")
    found = []
    for credential in ("ascp_mls", "amt_mt"):
        holding(rosa, credential)
        with CaptureQueriesContext(connection) as stale:
            assert Decimal(0) in counted(rosa, now)
        marked(rosa, now)
        with CaptureQueriesContext(connection) as good:
            assert set(counted(rosa, now)) == {MARK}
        found.append((len(stale), len(good)))
    assert found == [(5, 1), (5, 1)]


def test_what_rosa_learns_shows_at_once_and_in_her_line_only(
    rosa: User, stella: User, now: datetime
) -> None:
    for person in (rosa, stella):
        holding(person)
        marked(person, now)
    credit(rosa, hematology="1.5")
    assert (counted(rosa, now), counted(stella, now)) == ([Decimal("1.5")], [MARK])


@pytest.mark.parametrize(
    "change",
    [
        lambda row, _: row.filter(cycle_revision=1).update(cycle_revision=9),
        lambda row, _: row.update(pack_digest="of other rules"),
        lambda row, now: row.update(good_through=(now - timedelta(days=2)).date()),
        lambda row, _: row.delete(),
    ],
    ids=["cycle", "rules", "day", "never judged"],
)
def test_whatever_makes_a_verdict_stale_has_the_line_judged_anew(
    rosa: User, now: datetime, change: Callable[..., object]
) -> None:
    holding(rosa)
    marked(rosa, now)
    change(CycleVerdict.objects.all(), now)
    assert counted(rosa, now) == [Decimal(0)]


def test_a_removed_credential_has_no_line(rosa: User, now: datetime) -> None:
    held = holding(rosa)
    marked(rosa, now)
    services.remove_credential(held=held, now=now, actor_id=rosa.pk)
    assert summaries_of(rosa, now=now) == []


def test_a_declared_cycle_says_so_by_either_way(rosa: User, now: datetime) -> None:
    held = holding(rosa)
    declared(held, now)
    [expected] = [each.declared for each in standings_of(rosa, now=now)]
    assert [each.declared for each in summaries_of(rosa, now=now)] == [expected]
    marked(rosa, now)
    [line] = summaries_of(rosa, now=now)
    assert (line.declared, line.counted) == (expected, MARK)
    assert (line.held_id, line.pack.letters, line.situation) == (
        held.pk,
        "MLS(ASCP)",
        Situation.SHORT,
    )
