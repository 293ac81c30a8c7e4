"""Rate limits counted in the database: exact over all processes, kept without addresses.

A sliding window made of two fixed ones: the last window counts in proportion to how much of it
still lies within the period. The count is one atomic statement, so parallel requests cannot slip
past it.
"""

import hashlib
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

from django.conf import settings
from django.db import connection

from aliquot.infra.database import planning_once
from aliquot.infra.models import RateCount
from aliquot.infra.statements import Given, Statement
from aliquot.lib.errors import AliquotError

COUNT = """
INSERT INTO infra_ratecount (scope, key, window_start, count) VALUES (%s, %s, %s, 1)
ON CONFLICT (scope, key, window_start) DO UPDATE SET count = infra_ratecount.count + 1
RETURNING count
"""


class TooManyRequestsError(AliquotError):
    """Somebody did something more often than allowed; ``retry_after`` is in seconds."""

    code = "too_many_requests"
    status = HTTPStatus.TOO_MANY_REQUESTS

    def __init__(self, *, retry_after: int) -> None:
        super().__init__("Too many tries in a short time. Wait a little and try again.")
        self.retry_after = retry_after


def check(*, scope: str, key: str, limit: int, period: timedelta, now: datetime) -> None:
    """Count one try of ``key`` and raise TooManyRequestsError beyond ``limit`` in ``period``.

    Refused tries count too. ``key`` is an address, an account or both; only its keyed hash is
    stored. Call it outside of the deed's transaction, or a rollback would forget the try.
    """
    start = _window(now, period)
    current = _count(scope, key, start)
    passed = (now - start) / period
    weighted = current + _before(scope, key, start - period) * (1 - passed)
    if weighted > limit:
        wait = (start + period - now).total_seconds()
        raise TooManyRequestsError(retry_after=max(1, round(wait)))


def _window(now: datetime, period: timedelta) -> datetime:
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    return now - (now - epoch) % period


def _count(scope: str, key: str, start: datetime) -> int:
    field = RateCount._meta.get_field("window_start")
    prepared = field.get_db_prep_value(start, connection)
    with planning_once() as cursor:
        cursor.execute(COUNT, [scope, _hashed(key), prepared])
        return int(cursor.fetchone()[0])


def _before(scope: str, key: str, start: datetime) -> int:
    return next(iter(_counted.rows(scope=scope, key=_hashed(key), start=start)), 0)


_counted = Statement(
    int,
    lambda: RateCount.objects.filter(
        scope=Given("scope"), key=Given("key"), window_start=Given("start")
    ).values_list("count"),
)


def _hashed(key: str) -> str:
    return hashlib.sha256(f"{settings.SECRET_KEY} {key}".encode()).hexdigest()
