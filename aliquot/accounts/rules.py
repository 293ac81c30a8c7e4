"""What a name or number must look like to be printed on a certificate. Pure."""

import unicodedata

from aliquot.accounts.errors import InvalidProfileError
from aliquot.accounts.facts import STATES, time_zones


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
