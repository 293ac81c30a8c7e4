"""Jobs that come round by the clock: once per period, however many workers look at it."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.module_loading import import_string

from aliquot.infra.models import ScheduledRun

_seen: dict[str, datetime] = {}  # the period this process last saw begun, per name


def enqueue_due(*, now: datetime) -> list[str]:
    """Enqueue each scheduled job whose present period nobody has begun; returns their names.

    Periods missed while no worker ran are not made up for.
    """
    begun = []
    for name, (path, seconds) in settings.SCHEDULE.items():
        start = period_start(now=now, seconds=seconds)
        if _seen.get(name) == start:
            continue
        if _begin(name, path, start):
            begun.append(name)
        _seen[name] = start
    return begun


def period_start(*, now: datetime, seconds: int) -> datetime:
    """The beginning of the period that ``now`` is in; periods are counted from 1970."""
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    return now - (now - epoch) % timedelta(seconds=seconds)


def _begin(name: str, path: str, start: datetime) -> bool:
    """The unique row decides who enqueues; row and job are one transaction."""
    if ScheduledRun.objects.filter(name=name, period_start=start).exists():
        return False
    try:
        with transaction.atomic():
            ScheduledRun.objects.create(name=name, period_start=start)
            import_string(path).enqueue()
    except IntegrityError:
        return False
    return True
