"""Deeds about credentials held: the only writers of this room's rows."""

from aliquot.credentials.services.calendar import (
    FeedChangedError,
    renew_calendar_feed,
    switch_off_calendar_feed,
)
from aliquot.credentials.services.declaring import declare_cycle, withdraw_declaration
from aliquot.credentials.services.erasing import erase_credentials
from aliquot.credentials.services.held import (
    add_credential,
    correct_credential,
    record_opening_balances,
    remove_credential,
    start_next_cycle,
)
from aliquot.credentials.services.offers import (
    add_outside_offer,
    change_outside_offer,
    remove_outside_offer,
)
from aliquot.credentials.services.pins import PinOutcome, pin_activity, unpin_activity
from aliquot.credentials.services.reminders import (
    save_reminder_settings,
    send_due_reminders,
    send_reminder,
    stop_mail,
)
from aliquot.credentials.services.rule_changes import (
    mark_rule_changes_seen,
    record_pack_revisions,
    tell_some_holders,
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
    "add_outside_offer",
    "change_outside_offer",
    "correct_credential",
    "declare_cycle",
    "erase_credentials",
    "forget_closed_cycles",
    "mark_rule_changes_seen",
    "pin_activity",
    "record_opening_balances",
    "record_pack_revisions",
    "refresh_some",
    "refresh_verdicts",
    "remove_credential",
    "remove_outside_offer",
    "renew_calendar_feed",
    "save_reminder_settings",
    "send_due_reminders",
    "send_reminder",
    "start_next_cycle",
    "stop_mail",
    "switch_off_calendar_feed",
    "tell_some_holders",
    "unpin_activity",
    "withdraw_declaration",
]
