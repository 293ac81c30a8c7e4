"""Password limits beyond the framework's."""

import re
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError

from aliquot.accounts.models import User

# What somebody tries first at a site like this one.
OWN_WORDS = (
    "aliquot", "laboratory", "laboratories", "education", "continuing", "certification",
    "certificate", "credential", "license", "learning", "technologist", "technician", "scientist",
    "medical", "clinical", "administrator", "password", "ascp",
)  # fmt: skip
FEWEST_OTHERS = 6  # letters and digits that must be left without them


class MaximumLengthValidator:
    """At most 128 characters: longer input only burns the hasher."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Refuse a password of more than 128 characters."""
        if len(password) > 128:
            raise ValidationError("This password is too long. Use at most 128 characters.")

    def get_help_text(self) -> str:
        """One sentence for the form."""
        return "It may have up to 128 characters, spaces too."


class OwnWordsValidator:
    """More than the words of this site and trade: those are what others guess first."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Refuse a password that has too little beside our words, the host's and the person's."""
        host = urlsplit(settings.SITE_URL).hostname or ""
        own = [*OWN_WORDS, *re.split(r"[.-]", host)]
        if user is not None:
            own += re.split(r"[\W_]+", f"{user.email} {user.full_name}")
        left = password.casefold()
        for word in sorted({each.casefold() for each in own if len(each) > 2}, key=len)[::-1]:
            left = left.replace(word, " ")
        if sum(each.isalnum() for each in left) < FEWEST_OTHERS:
            raise ValidationError(
                "This password is made of words that others would try first here, or of your own "
                "name or address. Add words that have nothing to do with this site or you."
            )

    def get_help_text(self) -> str:
        """One sentence for the form."""
        return "It needs more than your name, your address and words of this site."
