"""Which reminder of a last sensible day comes next, and when. docs/rules/reminders.md.

A reminder is planned for 9 am of its day, where the holder lives. Within quiet hours it waits for
their end. One whose moment has passed (the credential was added late, no worker ran) goes at once,
and of several only the nearest to the last day; the others never.
"""

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from aliquot.credentials.facts import EvidenceWindow, NextReminder, Pack, ReminderWishes
from aliquot.lib.dates import day_in_zone

HOUR = time(9)


def next_reminder(
    *,
    finish_by: date | None,
    zone: str,
    wishes: ReminderWishes,
    sent: Collection[int],
    now: datetime,
) -> NextReminder | None:
    """The reminder to send next; it is due once ``goes_at`` has come. None: there is none left.

    ``sent`` holds the days of those already sent for this last day. None is sent after that day.
    """
    if finish_by is None or day_in_zone(now, zone) > finish_by:
        return None
    following: NextReminder | None = None
    for days in sorted(wishes.days):
        if any(each <= days for each in sent):
            break
        planned = _planned(finish_by - timedelta(days=days), zone, wishes)
        if planned > now:
            following = NextReminder(days, planned)
            continue
        goes_at = out_of_quiet_hours(now, zone, wishes)
        if following is not None and following.goes_at <= goes_at:
            break
        late = day_in_zone(goes_at, zone) > finish_by
        return None if late else NextReminder(days, goes_at)
    return following


def out_of_quiet_hours(moment: datetime, zone: str, wishes: ReminderWishes) -> datetime:
    """The moment itself, or the end of the quiet hours that it falls into, in UTC.

    An end that clocks skip that night counts an hour later, and one that they show twice the first
    time, as clocks do.
    """
    start, end = wishes.quiet_from, wishes.quiet_until
    local = moment.astimezone(ZoneInfo(zone))
    if start is None or end is None or not _is_within(local.time(), start, end):
        return moment
    day = local.date() if local.time() < end else local.date() + timedelta(days=1)
    freed = _instant(day, end, zone)
    return freed if freed > moment else _instant(day, end, zone, fold=1)


def days_finished_before_end(pack: Pack) -> int | None:
    """How many days before the cycle's end its last sensible day lies; None: it varies.

    It narrows a search in the database; ``cycles.dates_of`` decides.
    """
    if pack.declaration is not None:
        return pack.declaration.closes_days_before_end
    if pack.finish_days_before_end is not None:
        return pack.finish_days_before_end
    return 0 if pack.evidence_window is EvidenceWindow.CYCLE else None


def _planned(day: date, zone: str, wishes: ReminderWishes) -> datetime:
    return out_of_quiet_hours(_instant(day, HOUR, zone), zone, wishes)


def _is_within(clock: time, start: time, end: time) -> bool:
    if start <= end:
        return start <= clock < end
    return clock >= start or clock < end


def _instant(day: date, clock: time, zone: str, *, fold: int = 0) -> datetime:
    there = datetime.combine(day, clock.replace(fold=fold), tzinfo=ZoneInfo(zone))
    return there.astimezone(UTC)
