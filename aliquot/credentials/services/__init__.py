"""Deeds about credentials held: the only writers of this room's rows."""

from aliquot.credentials.services.held import (
    add_credential,
    correct_credential,
    record_opening_balances,
    remove_credential,
    start_next_cycle,
)

__all__ = [
    "add_credential",
    "correct_credential",
    "record_opening_balances",
    "remove_credential",
    "start_next_cycle",
]
