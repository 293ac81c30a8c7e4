"""Reads about reminders: what a person wishes, what comes next, whose cycles may be due."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from django.db.models import DateField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet

from aliquot.accounts.models import User
from aliquot.credentials import data
from aliquot.credentials.facts import (
    REMINDER_DAYS,
    NextReminder,
    Pack,
    ReminderWishes,
)
from aliquot.credentials.models import CalendarFeed, Cycle, Declaration, Reminder, ReminderSettings
from aliquot.credentials.queries.brought import facts_of
from aliquot.credentials.rules.cycles import dates_of
from aliquot.credentials.rules.reminders import days_finished_before_end, next_reminder
from aliquot.lib.dates import day_in_zone

BATCH = 200  # cycles in memory at a time
_LONGEST_LEAD = 366  # days by which a last day that is no fixed distance may lie before the end
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ComingReminder:
    """The next reminder of one cycle, for the settings page; ``coming`` None: there is none."""

    cycle: Cycle
    pack: Pack
    finish_by: date | None
    coming: NextReminder | None
    is_declared: bool


def wishes_in(settings: ReminderSettings | None) -> ReminderWishes:
    """The stored settings as the rules take them; nothing stored: all reminders, no quiet hours."""
    if settings is None:
        return ReminderWishes()
    return ReminderWishes(
        days=frozenset(settings.days) & frozenset(REMINDER_DAYS),
        quiet_from=settings.quiet_from,
        quiet_until=settings.quiet_until,
    )


def wishes_of(person: User) -> ReminderWishes:
    """The wishes of a person read with ``select_related("reminder_settings")``."""
    return wishes_in(getattr(person, "reminder_settings", None))


def reminder_settings_of(person: User) -> ReminderSettings | None:
    """What the person stored; None: nothing yet."""
    return ReminderSettings.objects.filter(person=person).first()


def calendar_feed_of(person: User) -> CalendarFeed | None:
    """The secret address under which calendars read the person's dates, if there is one."""
    return CalendarFeed.objects.filter(person=person).first()


def coming_reminders(person: User, *, now: datetime) -> list[ComingReminder]:
    """The next reminder of each open cycle of a person, the one that goes first at the top.

    By the dates alone: whether points are missing is judged when the mail is written.
    """
    rows = _followed().filter(held__person=person).annotate(is_declared=Exists(_declared()))
    found = [
        ComingReminder(
            cycle=row,
            pack=data.pack(row.held.credential),
            finish_by=finish_by_of(row, now=now),
            coming=None if row.is_declared else next_reminder_of(row, now=now),
            is_declared=row.is_declared,
        )
        for row in rows
    ]
    return sorted(found, key=lambda row: row.coming.goes_at if row.coming else _never(now))


def due_cycles(*, now: datetime) -> Iterator[Cycle]:
    """The cycles whose next reminder may go now, in batches.

    The database leaves out all whose last day is out of reach, and those whose present reminder
    is noted; the rest is judged by dates alone. Not locked: the deed looks again.
    """
    candidates = remindable_cycles().filter(_may_be_due(now)).order_by("pk")
    last = 0
    is_full = True
    while is_full:
        batch = list(candidates.filter(pk__gt=last)[:BATCH])
        for cycle in batch:
            coming = next_reminder_of(cycle, now=now)
            if coming is not None and coming.goes_at <= now:
                yield cycle
            last = cycle.pk
        is_full = len(batch) == BATCH


def remindable_cycles() -> QuerySet[Cycle]:
    """Open cycles that may be reminded of: held by a person whose account is open, not declared.

    Each with its holder, the holder's settings and the reminders noted.
    """
    return _followed().filter(~Exists(_declared()), held__expired=False)


def finish_by_of(cycle: Cycle, *, now: datetime) -> date | None:
    """The last sensible day of a cycle, by its dates alone."""
    as_of = day_in_zone(now, cycle.time_zone)
    return dates_of(facts_of(cycle.held, cycle), as_of=as_of).finish_by


def next_reminder_of(cycle: Cycle, *, now: datetime) -> NextReminder | None:
    """The reminder of a cycle that comes next, by its dates and what was sent for its last day."""
    person, finish_by = cycle.held.person, finish_by_of(cycle, now=now)
    return next_reminder(
        finish_by=finish_by,
        zone=person.time_zone,
        wishes=wishes_of(person),
        sent=[row.days for row in cycle.reminders.all() if row.finish_by == finish_by],
        now=now,
    )


def _followed() -> QuerySet[Cycle]:
    return (
        Cycle.objects.filter(closed_at=None, held__removed_at=None, held__person__is_active=True)
        .select_related("held__person__reminder_settings")
        .prefetch_related("reminders")
    )


def _declared() -> QuerySet[Declaration]:
    return Declaration.objects.filter(cycle=OuterRef("pk"), withdrawn_at=None)


def _may_be_due(now: datetime) -> Q:
    """Narrows open cycles to those with a reminder that may be due and is not noted.

    Wider than the truth by a day each way, so that no zone is missed.
    """
    today = now.date()
    groups: dict[int | None, list[str]] = {}
    for pack in data.all_packs():
        groups.setdefault(days_finished_before_end(pack), []).append(pack.id)
    wanted = Q(pk__in=[])
    for lead, ids in groups.items():
        if lead is None:
            until = today + timedelta(days=REMINDER_DAYS[0] + _LONGEST_LEAD) + _DAY
            near = Q(ends_on__range=(today - _DAY, until))
        else:
            near = _unnoted(today, lead)
        wanted |= Q(held__credential__in=ids) & near
    return wanted


def _unnoted(today: date, lead: int) -> Q:
    """Cycles that end ``lead`` days after their last day and whose present reminder is not noted.

    Each reminder is present from its day to that of the next; a later one makes up for it.
    """
    last_day = ExpressionWrapper(OuterRef("ends_on") - timedelta(days=lead), DateField())
    found = Q(pk__in=[])
    for following, days in pairwise((0, *sorted(REMINDER_DAYS))):
        noted = Reminder.objects.filter(cycle=OuterRef("pk"), finish_by=last_day, days__lte=days)
        first = today + timedelta(days=lead + following) - _DAY
        until = today + timedelta(days=lead + days) + _DAY
        found |= Q(~Exists(noted), ends_on__range=(first, until))
    return found


def _never(now: datetime) -> datetime:
    return now + timedelta(days=36525)
