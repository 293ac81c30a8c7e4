"""Failures of the ledger that a person can cause."""

from collections.abc import Mapping

from aliquot.lib.errors import AliquotError, ConflictError, NotAllowedError, NotFoundError


class AlreadyReversedError(ConflictError):
    """The entry was reversed before; a correction is made once."""

    code = "already_reversed"


class ActivityNotFoundError(NotFoundError):
    """No such activity or proof, or not this person's: both answer alike."""

    def __init__(self) -> None:
        super().__init__("This is not among your activities.")


class InvalidActivityError(AliquotError):
    """What a holder says about an activity cannot be kept; lists every field and why.

    Fields of the provider's split are ``parts.0.amount`` and ``parts.0.areas``, counted from 0.
    """

    code = "invalid_activity"

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = dict(problems)


class NotSelfReportedError(NotAllowedError):
    """Credit of a course completed here is not its holder's to change."""

    code = "not_self_reported"

    def __init__(self) -> None:
        super().__init__("You finished this course here. Its credit cannot be changed by hand.")


class AlreadyCorrectedError(ConflictError):
    """The activity was corrected or withdrawn before; the newest one holds."""

    code = "already_corrected"


class ProofRefusedError(AliquotError):
    """A file that is not kept as a proof; the message says what would be."""

    code = "proof_refused"


class ImportNotCleanError(ConflictError):
    """Rows of the table have problems, and its holder did not say to leave them out."""

    code = "import_not_clean"


class NothingToImportError(ConflictError):
    """Every row of the table has a problem, or was left out."""

    code = "nothing_to_import"
