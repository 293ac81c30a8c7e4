"""The last backup that is whole, and the last check whatever it found."""

from datetime import datetime, timedelta

import pytest

from aliquot.infra.models import UpkeepRun
from aliquot.infra.upkeep_runs import last_backup, last_check, note_run

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def run(kind: str, ended_at: datetime, *, is_good: bool) -> UpkeepRun:
    return note_run(
        kind=kind, began_at=ended_at - HOUR, ended_at=ended_at, is_good=is_good, report={"of": kind}
    )


def test_before_the_first_there_is_none() -> None:
    assert (last_backup(), last_check()) == (None, None)


def test_a_failed_backup_is_none_and_a_check_that_found_something_is_one(now: datetime) -> None:
    whole = run("backup", now - 2 * HOUR, is_good=True)
    run("backup", now - 30 * HOUR, is_good=True)
    run("backup", now, is_good=False)
    run("check", now - 2 * HOUR, is_good=True)
    bad = run("check", now - HOUR, is_good=False)
    assert (last_backup(), last_check()) == (whole, bad)
