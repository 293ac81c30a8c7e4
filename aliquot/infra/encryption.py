"""Secrets that must be read again, kept so that a copy of the database alone tells nothing.

The key is derived from the site's secret key, so there is no second one to set or to lose; former
keys among the fallbacks still read what they wrote. A text names its key, so what waits for
another key can be counted without reading it: ``key:<which>:<Fernet token>``.
"""

import base64
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings

from aliquot.lib.errors import AliquotError

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

MARK = "key:"
_KEY_BYTES, _NAME_BYTES = 32, 6
NAME_LENGTH = len(MARK) + 2 * _NAME_BYTES  # of ``key:<which>``, in characters
_PURPOSE = b"aliquot: secrets in the database, 1"


class UnreadableSecretError(AliquotError):
    """A secret was encrypted with a key that this site does not have."""

    code = "unreadable_secret"
    status = 503

    def __init__(self) -> None:
        super().__init__(
            "This site cannot read its record of your codes at the moment. Use a passkey if you "
            "have one, or tell the people who run it."
        )


class _Key(NamedTuple):
    name: str
    cipher: "Fernet"


def encrypt(text: str) -> str:
    """The text under the present key; different each time."""
    key = _key(settings.SECRET_KEY)
    return f"{key.name}:{key.cipher.encrypt(text.encode()).decode()}"


def decrypt(text: str) -> str:
    """The text again; one that was never encrypted comes back as it is.

    Raises UnreadableSecretError when no key of the site reads it, and when it was changed.
    """
    from cryptography.fernet import InvalidToken

    if not text.startswith(MARK):
        return text
    for key in _keys():
        if text.startswith(f"{key.name}:"):
            try:
                return key.cipher.decrypt(text[NAME_LENGTH + 1 :].encode()).decode()
            except InvalidToken:
                break
    raise UnreadableSecretError


def present_name() -> str:
    """``key:<which>`` of the present key, with which each text under it begins."""
    return _key(settings.SECRET_KEY).name


def known_names() -> list[str]:
    """The same of every key that can read, the present one first."""
    return [key.name for key in _keys()]


def _keys() -> Sequence[_Key]:
    return [_key(each) for each in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]


@lru_cache(maxsize=16)
def _key(site_key: str) -> _Key:
    from cryptography.fernet import Fernet
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    length = _KEY_BYTES + _NAME_BYTES
    made = HKDF(SHA256(), length, salt=None, info=_PURPOSE).derive(site_key.encode())
    name = f"{MARK}{made[_KEY_BYTES:].hex()}"
    return _Key(name, Fernet(base64.urlsafe_b64encode(made[:_KEY_BYTES])))
