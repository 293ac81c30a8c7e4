"""When what was bought begins and ends. Prose and worked examples: docs/rules/entitlements.md."""

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from aliquot.learning.facts import Right

FOREVER = datetime.max.replace(tzinfo=UTC)


def term_end(starts_at: datetime, *, days: int, zone: str) -> datetime:
    """The midnight in the buyer's zone that ends the term: whole days, a begun one is free.

    365 days bought at 3 p.m. on November 26 run through November 26 of the next year; bought for a
    term that begins at midnight they are exactly 365 days.
    """
    begins = starts_at.astimezone(ZoneInfo(zone))
    day = begins.date() + timedelta(days=days + (begins.time() != time(0)))
    return datetime.combine(day, time(0), tzinfo=ZoneInfo(zone)).astimezone(starts_at.tzinfo)


def unlimited_until(rights: Iterable[Right], *, now: datetime) -> datetime | None:
    """When access to everything ends, following terms that join without a gap; None: none runs.

    A right without end gives ``FOREVER``.
    """
    spans = sorted(
        (right.starts_at, right.ends_at or FOREVER)
        for right in rights
        if right.course_id is None
        and right.hours_limit is None
        and right.withdrawn_at is None
        and (right.ends_at is None or right.ends_at > now)
    )
    until: datetime | None = None
    for starts_at, ends_at in spans:
        if starts_at <= (until or now):
            until = max(until or ends_at, ends_at)
    return until


def term_start(kind: str, rights: Iterable[Right], *, now: datetime) -> datetime:
    """When a term bought now begins.

    Two subscriptions extend, they do not overlap; a pack bought while subscribed waits until the
    subscription ends. A single course or a bundle begins at once.
    """
    if kind not in {"subscription", "pack"}:
        return now
    until = unlimited_until(rights, now=now)
    return now if until is None or until == FOREVER else until
