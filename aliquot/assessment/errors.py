"""Failures of answering and testing that a person can cause."""

from aliquot.lib.errors import AliquotError, ConflictError, NotFoundError


class AnswerError(AliquotError):
    """What was sent is no answer to this question; the message says what is accepted."""

    code = "answer"


class SubmittedError(ConflictError):
    """The attempt is submitted; its answers can no longer change."""

    code = "submitted"


class AttemptRefusedError(ConflictError):
    """No further attempt may start now; the message says when or why."""

    code = "attempt_refused"


class NoResultsError(NotFoundError):
    """Results exist only after submission."""

    code = "no_results"
