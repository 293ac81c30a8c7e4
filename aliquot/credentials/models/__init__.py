"""Credentials held with their cycles, declarations, stored verdicts, reminders, and plans."""

from aliquot.credentials.models.declarations import Declaration
from aliquot.credentials.models.held import Cycle, CyclePin, HeldCredential, OpeningBalance
from aliquot.credentials.models.planning import OutsideOffer
from aliquot.credentials.models.reminders import CalendarFeed, Reminder, ReminderSettings
from aliquot.credentials.models.standing import CycleVerdict, PackRevision, RuleChange

__all__ = [
    "CalendarFeed",
    "Cycle",
    "CyclePin",
    "CycleVerdict",
    "Declaration",
    "HeldCredential",
    "OpeningBalance",
    "OutsideOffer",
    "PackRevision",
    "Reminder",
    "ReminderSettings",
    "RuleChange",
]
