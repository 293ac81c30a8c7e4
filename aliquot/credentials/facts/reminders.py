"""When a holder wants to be reminded of a last sensible day."""

from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum

REMINDER_DAYS = (180, 90, 30, 7, 1)  # before the last sensible day
NIGHT_SHIFT = (time(8), time(16))  # quiet hours of "I work nights": mail comes in the evening


class MailKind(StrEnum):
    """The kinds of mail about credentials that a holder may switch off by a link in one."""

    REMINDERS = "reminders"
    RULE_CHANGES = "rule_changes"


@dataclass(frozen=True, slots=True)
class ReminderWishes:
    """Which reminders somebody wants, and the hours in which no mail may arrive.

    ``days`` are some of ``REMINDER_DAYS``. Quiet hours are read on a clock on the wall and may
    pass midnight; equal ends or None: there are none.
    """

    days: frozenset[int] = frozenset(REMINDER_DAYS)
    quiet_from: time | None = None
    quiet_until: time | None = None


@dataclass(frozen=True, slots=True)
class NextReminder:
    """The reminder of so many days, and the moment (UTC) from which it may go."""

    days: int
    goes_at: datetime
