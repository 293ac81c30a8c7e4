"""Reads of the ledger. "As of" a moment is a plain filter: nothing is ever edited."""

from aliquot.ledger.queries.activities import (
    Chapter,
    claim_of,
    claims_of,
    history_of,
    possible_duplicates,
)
from aliquot.ledger.queries.earned import activities_of, earned, state_of
from aliquot.ledger.queries.imports import ReportRow, import_report, plain_rows
from aliquot.ledger.queries.invariants import broken_invariants, invariant_checks
from aliquot.ledger.queries.many import credit_of, newest_entries
from aliquot.ledger.queries.proofs import proof_bytes_of, proofs_of

__all__ = [
    "Chapter",
    "ReportRow",
    "activities_of",
    "broken_invariants",
    "claim_of",
    "claims_of",
    "credit_of",
    "earned",
    "history_of",
    "import_report",
    "invariant_checks",
    "newest_entries",
    "plain_rows",
    "possible_duplicates",
    "proof_bytes_of",
    "proofs_of",
    "state_of",
]
