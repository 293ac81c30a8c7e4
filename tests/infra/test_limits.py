"""Limits hold over all processes, slide, and keep no addresses."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from aliquot.infra import limits
from aliquot.infra.models import RateCount

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
START = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)


def attempt(key: str = "192.0.2.1", at: datetime = START, limit: int = 3) -> bool:
    """Whether one more try is allowed."""
    try:
        limits.check(scope="verify", key=key, limit=limit, period=MINUTE, now=at)
    except limits.TooManyRequestsError:
        return False
    return True


def test_so_many_are_allowed_and_no_more() -> None:
    assert [attempt() for _ in range(5)] == [True, True, True, False, False]


def test_others_are_not_held_up() -> None:
    for _ in range(5):
        attempt()
    assert attempt("192.0.2.2")
    limits.check(scope="sign-in", key="192.0.2.1", limit=3, period=MINUTE, now=START)


def test_the_window_slides_so_that_its_edge_is_no_loophole() -> None:
    late = START + timedelta(seconds=59)
    assert [attempt(at=late) for _ in range(3)] == [True] * 3
    assert not attempt(at=START + timedelta(seconds=61))
    assert attempt(at=START + timedelta(seconds=119))


def test_who_must_wait_is_told_until_when() -> None:
    for _ in range(3):
        attempt()
    with pytest.raises(limits.TooManyRequestsError) as caught:
        limits.check(
            scope="verify",
            key="192.0.2.1",
            limit=3,
            period=MINUTE,
            now=START + timedelta(seconds=18),
        )
    assert (caught.value.retry_after, caught.value.status) == (42, 429)


def test_the_address_is_not_kept() -> None:
    attempt()
    row = RateCount.objects.get()
    assert "192.0.2.1" not in row.key
    assert len(row.key) == 64
    assert row.window_start == START


@pytest.mark.django_db(transaction=True)
def test_parallel_tries_cannot_slip_past() -> None:
    barrier, allowed = threading.Barrier(10), []

    def work() -> None:
        barrier.wait()
        try:
            allowed.append(attempt(limit=4))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert allowed.count(True) == 4
