"""Deeds about people: who they are, their roles, secrets of second factors, programs' tokens."""

from aliquot.accounts.services.closing import (
    close_account,
    erase_person,
    record_export,
    reopen_account,
)
from aliquot.accounts.services.factors import remove_factors
from aliquot.accounts.services.people import (
    add_license_number,
    create_person,
    grant_staff_role,
    record_viewing,
    remove_license_number,
    update_profile,
    withdraw_staff_role,
)
from aliquot.accounts.services.secrets import (
    encrypt_anew,
    forget_unreadable,
    refuse_unreadable,
)
from aliquot.accounts.services.sessions import end_sessions
from aliquot.accounts.services.tokens import (
    end_all_tokens,
    make_token,
    note_token_used,
    revoke_token,
)

__all__ = [
    "add_license_number",
    "close_account",
    "create_person",
    "encrypt_anew",
    "end_all_tokens",
    "end_sessions",
    "erase_person",
    "forget_unreadable",
    "grant_staff_role",
    "make_token",
    "note_token_used",
    "record_export",
    "record_viewing",
    "refuse_unreadable",
    "remove_factors",
    "remove_license_number",
    "reopen_account",
    "revoke_token",
    "update_profile",
    "withdraw_staff_role",
]
