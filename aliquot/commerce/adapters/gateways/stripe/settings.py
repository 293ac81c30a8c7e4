"""What the Stripe gateway needs: a secret key, the webhook's secret; and what it refuses."""

import re
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

# Answers keep the shape of this version, whatever the account's default is or becomes.
API_VERSION = "2026-10-28.endive"
TOLERANCE_SECONDS = 300

_KEY = re.compile(r"(?:sk|rk)_(test|live)_[A-Za-z0-9]{10,}")
_SECRET = re.compile(r"whsec_[A-Za-z0-9+/=_-]{16,}")


def check() -> None:
    """Refuse secrets that are missing, malformed or of the other profile, in one sentence each."""
    check_key()
    if _SECRET.fullmatch(settings.STRIPE_WEBHOOK_SECRET) is None:
        raise ImproperlyConfigured(
            "ALIQUOT_STRIPE_WEBHOOK_SECRET is missing or malformed; it begins with whsec_ and "
            "stands on the webhook's page at Stripe."
        )


def check_key() -> None:
    """Refuse a secret key and an address that will not do: what each use of Stripe needs."""
    key = _KEY.fullmatch(settings.STRIPE_SECRET_KEY)
    if key is None:
        raise ImproperlyConfigured(
            "ALIQUOT_STRIPE_SECRET_KEY is missing or malformed; it begins with sk_test_, sk_live_, "
            "rk_test_ or rk_live_."
        )
    if settings.IS_DEMO and key[1] == "live":
        raise ImproperlyConfigured(
            "ALIQUOT_STRIPE_SECRET_KEY is a live key; the demo profile takes no real money."
        )
    if not settings.IS_DEMO and key[1] == "test":
        raise ImproperlyConfigured(
            "ALIQUOT_STRIPE_SECRET_KEY is a test key; in production it would give access for "
            "test money."
        )
    _check_address(settings.STRIPE_API_BASE)


def _check_address(address: str) -> None:
    if not address:
        return
    if not settings.IS_DEMO:
        raise ImproperlyConfigured("ALIQUOT_STRIPE_API_BASE is for the demo profile only.")
    if urlsplit(address).hostname not in {"127.0.0.1", "localhost"}:
        raise ImproperlyConfigured("ALIQUOT_STRIPE_API_BASE must be an address of this machine.")
