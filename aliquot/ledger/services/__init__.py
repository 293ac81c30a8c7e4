"""Deeds of the ledger: it only ever grows."""

from aliquot.ledger.services.activities import (
    checked_claim,
    correct_activity,
    log_activity,
    withdraw_activity,
)
from aliquot.ledger.services.credit import record_completion_credit, reverse_credit
from aliquot.ledger.services.erasing import erase_papers
from aliquot.ledger.services.imports import confirm_import, store_import
from aliquot.ledger.services.proofs import (
    MOST_READ,
    add_proof,
    describe_proof,
    opened_proof,
    withdraw_proof,
)

__all__ = [
    "MOST_READ",
    "add_proof",
    "checked_claim",
    "confirm_import",
    "correct_activity",
    "describe_proof",
    "erase_papers",
    "log_activity",
    "opened_proof",
    "record_completion_credit",
    "reverse_credit",
    "store_import",
    "withdraw_activity",
    "withdraw_proof",
]
