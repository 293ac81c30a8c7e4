"""Deeds of the ledger: it only ever grows."""

from aliquot.ledger.services.activities import correct_activity, log_activity, withdraw_activity
from aliquot.ledger.services.credit import record_completion_credit, reverse_credit
from aliquot.ledger.services.proofs import add_proof, describe_proof, withdraw_proof

__all__ = [
    "add_proof",
    "correct_activity",
    "describe_proof",
    "log_activity",
    "record_completion_credit",
    "reverse_credit",
    "withdraw_activity",
    "withdraw_proof",
]
