"""Failures of the ledger that a person can cause."""

from aliquot.lib.errors import ConflictError


class AlreadyReversedError(ConflictError):
    """The entry was reversed before; a correction is made once."""

    code = "already_reversed"
