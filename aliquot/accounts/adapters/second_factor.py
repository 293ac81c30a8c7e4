"""One-time codes of the demo's staff: set up without a phone, read without one.

Only the demo profile may call these: a code that somebody else can print is no second factor.
"""

from datetime import datetime

from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
)
from allauth.mfa.utils import decrypt
from django.conf import settings

from aliquot.accounts.models import User
from aliquot.lib.errors import NotAllowedError, NotFoundError


def _demo_only() -> None:
    if not settings.IS_DEMO:
        raise NotAllowedError("One-time codes can be printed in the demo profile only.")


def set_up_codes(*, person: User) -> None:
    """Give the person one-time codes with a secret of their own, unless they have them."""
    _demo_only()
    if not Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).exists():
        TOTP.activate(person, generate_totp_secret())


def current_code(*, person: User, now: datetime) -> str:
    """The six digits that are valid at ``now``.

    Raises NotFoundError when the person has no one-time codes.
    """
    _demo_only()
    found = Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).first()
    if found is None:
        raise NotFoundError("This person has no one-time codes; sign in with the password alone.")
    counter = int(now.timestamp()) // app_settings.TOTP_PERIOD
    return str(format_hotp_value(hotp_value(decrypt(found.data["secret"]), counter)))
