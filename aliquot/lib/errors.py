"""The base of every failure that a person can cause and that is fit to show them."""


class AliquotError(Exception):
    """A refusal with a stable ``code`` and a message that says what, and what would be accepted."""

    code = "refused"
    is_passing = False  # a job that meets it is tried again: it may go well later

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        if code is not None:
            self.code = code


class NotFoundError(AliquotError):
    """The thing is absent, or not this person's to see: both answer alike."""

    code = "not_found"


class NotAllowedError(AliquotError):
    """The person may see the thing, but may not do this with it."""

    code = "not_allowed"


class ConflictError(AliquotError):
    """The deed does not fit the present state; nothing was changed."""

    code = "conflict"


def in_one_line(error: BaseException) -> str:
    """What an error says, without the line breaks that drivers and parsers put into it."""
    return " ".join(str(error).split())
