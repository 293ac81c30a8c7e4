"""Password limits beyond the framework's."""

from django.core.exceptions import ValidationError

from aliquot.accounts.models import User


class MaximumLengthValidator:
    """At most 128 characters: longer input only burns the hasher."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Refuse a password of more than 128 characters."""
        if len(password) > 128:
            raise ValidationError("This password is too long. Use at most 128 characters.")

    def get_help_text(self) -> str:
        """One sentence for the form."""
        return "It may have up to 128 characters, spaces too."
