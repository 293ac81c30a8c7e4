"""Deeds about people: who they are, their roles, the tokens their programs use."""

from aliquot.accounts.services.people import (
    add_license_number,
    create_person,
    grant_staff_role,
    record_viewing,
    remove_license_number,
    update_profile,
    withdraw_staff_role,
)
from aliquot.accounts.services.tokens import (
    end_all_tokens,
    make_token,
    note_token_used,
    revoke_token,
)

__all__ = [
    "add_license_number",
    "create_person",
    "end_all_tokens",
    "grant_staff_role",
    "make_token",
    "note_token_used",
    "record_viewing",
    "remove_license_number",
    "revoke_token",
    "update_profile",
    "withdraw_staff_role",
]
