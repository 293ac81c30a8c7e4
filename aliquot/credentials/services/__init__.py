"""Deeds about credentials held: the only writers of this room's rows."""

from aliquot.credentials.services.held import (
    add_credential,
    correct_credential,
    record_opening_balances,
    remove_credential,
    start_next_cycle,
)
from aliquot.credentials.services.pins import PinOutcome, pin_activity, unpin_activity

__all__ = [
    "PinOutcome",
    "add_credential",
    "correct_credential",
    "pin_activity",
    "record_opening_balances",
    "remove_credential",
    "start_next_cycle",
    "unpin_activity",
]
