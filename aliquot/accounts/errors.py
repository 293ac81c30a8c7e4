"""Failures a person can cause while editing who they are."""

from aliquot.lib.errors import AliquotError


class InvalidProfileError(AliquotError):
    """A field of the profile cannot be kept as given; ``field`` names it."""

    code = "invalid_profile"

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
