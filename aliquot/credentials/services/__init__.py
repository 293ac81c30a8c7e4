"""Deeds about credentials held: the only writers of this room's rows."""

from aliquot.credentials.services.calendar import (
    FeedChangedError,
    renew_calendar_feed,
    switch_off_calendar_feed,
)
from aliquot.credentials.services.held import (
    add_credential,
    correct_credential,
    record_opening_balances,
    remove_credential,
    start_next_cycle,
)
from aliquot.credentials.services.pins import PinOutcome, pin_activity, unpin_activity
from aliquot.credentials.services.reminders import (
    save_reminder_settings,
    send_due_reminders,
    send_reminder,
    stop_mail,
)
from aliquot.credentials.services.verdicts import (
    Refreshed,
    forget_closed_cycles,
    refresh_some,
    refresh_verdicts,
)

__all__ = [
    "FeedChangedError",
    "PinOutcome",
    "Refreshed",
    "add_credential",
    "correct_credential",
    "forget_closed_cycles",
    "pin_activity",
    "record_opening_balances",
    "refresh_some",
    "refresh_verdicts",
    "remove_credential",
    "renew_calendar_feed",
    "save_reminder_settings",
    "send_due_reminders",
    "send_reminder",
    "start_next_cycle",
    "stop_mail",
    "switch_off_calendar_feed",
    "unpin_activity",
]
