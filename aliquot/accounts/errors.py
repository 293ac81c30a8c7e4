"""Failures a person can cause while editing who they are."""

from aliquot.lib.errors import AliquotError, ConflictError, NotAllowedError


class InvalidProfileError(AliquotError):
    """A field of the profile cannot be kept as given; ``field`` names it."""

    code = "invalid_profile"

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class OwnRoleError(NotAllowedError):
    """Nobody gives or takes their own rights."""

    code = "own_role"

    def __init__(self) -> None:
        super().__init__("Your own roles are changed by another program administrator.")


class LastAdministratorError(ConflictError):
    """Without an administrator nobody could give the role back."""

    code = "last_administrator"

    def __init__(self) -> None:
        super().__init__(
            "This is the last program administrator. Give the role to somebody else first."
        )


class InvalidTokenError(AliquotError):
    """A token cannot be made as asked for; ``field`` names what is wrong."""

    code = "invalid_token"

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class TooManyTokensError(ConflictError):
    """The person has as many tokens as one may have."""

    code = "too_many_tokens"

    def __init__(self) -> None:
        super().__init__("You have as many tokens as one person may have. Revoke one first.")


class StaffFactorsError(NotAllowedError):
    """Whoever could remove the second factors of staff could become any of them."""

    code = "staff_factors"

    def __init__(self) -> None:
        super().__init__(
            "Second factors of somebody with a staff role are removed by whoever runs the machine."
        )


class ClosingRefusedError(ConflictError):
    """The account cannot be closed now, or cannot be opened again."""

    code = "closing_refused"
