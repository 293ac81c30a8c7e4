"""What a name or number must look like to be printed on a certificate, and a token to be made."""

import secrets
import unicodedata
from collections.abc import Collection
from datetime import datetime, timedelta

from aliquot.accounts.errors import InvalidProfileError, InvalidTokenError
from aliquot.accounts.facts import STAFF_SCOPES, STAFF_TOKEN_DAYS, STATES, time_zones

_MARK = "alq_"  # so that a token lying about is known for one
_SHOWN = 10  # of the secret: the mark and 36 of its 256 bits


def clean_line(*, field: str, value: str, longest: int, required: bool = False) -> str:
    """One line of text in NFC without control characters, its spaces folded.

    Raises InvalidProfileError, naming the field, when it is too long, empty though required, or
    holds a character that no name has: a control or bidirectional override could make a
    certificate show another name than the one stored.
    """
    joiners = {"\u200c", "\u200d"}  # written in Persian and Indic names
    line = " ".join(unicodedata.normalize("NFC", value).split())
    refused = {"Cc", "Cf", "Co", "Cs", "Cn"}
    if any(unicodedata.category(char) in refused for char in line if char not in joiners):
        raise InvalidProfileError(field, "Use letters, marks, digits and punctuation only.")
    if len(line) > longest:
        raise InvalidProfileError(field, f"Use at most {longest} characters.")
    if required and not line:
        raise InvalidProfileError(field, "Enter your name as it is on your license.")
    return line


def checked_zone(name: str) -> str:
    """A time zone of the closed list."""
    if name not in time_zones():
        raise InvalidProfileError("time_zone", "Choose a time zone of the list.")
    return name


def checked_state(code: str) -> str:
    """A state's two letters, as the list has them."""
    if code not in STATES:
        raise InvalidProfileError("state", "Choose a state of the list.")
    return code


def new_secret() -> str:
    """A fresh token: 256 bits from the system's random source."""
    return _MARK + secrets.token_urlsafe(32)


def shown_prefix(secret: str) -> str:
    """The beginning of a token, by which its person knows it again."""
    return secret[:_SHOWN]


def checked_token(
    *,
    name: str,
    scopes: Collection[str],
    allowed: Collection[str],
    expires_at: datetime | None,
    now: datetime,
) -> list[str]:
    """The scopes of a token in order. Raises InvalidTokenError."""
    if not name:
        raise InvalidTokenError("name", "Say what the token is for.")
    unknown = sorted(set(scopes) - set(allowed))
    if unknown:
        raise InvalidTokenError("scopes", f"Not yours to give: {', '.join(unknown)}.")
    if not scopes:
        raise InvalidTokenError("scopes", "Choose at least one thing the token may do.")
    if expires_at is not None and expires_at <= now:
        raise InvalidTokenError("expires", "The end must lie ahead.")
    longest = now + timedelta(days=STAFF_TOKEN_DAYS)
    if set(scopes) & set(STAFF_SCOPES) and (expires_at is None or expires_at > longest):
        message = f"A token for the back office ends within {STAFF_TOKEN_DAYS} days."
        raise InvalidTokenError("expires", message)
    return [scope for scope in allowed if scope in scopes]
