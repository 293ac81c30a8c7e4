"""Signatures as Standard Webhooks has them: ``v1,`` and HMAC-SHA256 over id, moment and body.

The secret of an endpoint is derived from the site's secret key and the endpoint's salt: a copy of
the database alone signs nothing. While a key is being rotated, a message carries one signature for
each key, so receivers go on with the old secret until they fetch the new one.
"""

import base64
import hashlib
import hmac
import secrets

from django.conf import settings

from aliquot.infra.models import WebhookEndpoint


def new_salt() -> str:
    """What makes an endpoint's secret its own: 256 random bits."""
    return secrets.token_urlsafe(32)


def secret_of(endpoint: WebhookEndpoint) -> str:
    """The secret to give to the receiver: ``whsec_`` and base64."""
    return "whsec_" + base64.b64encode(_key(settings.SECRET_KEY, endpoint.salt)).decode()


def headers_for(
    endpoint: WebhookEndpoint, *, message_id: str, moment: int, body: str
) -> dict[str, str]:
    """The three headers of a message sent at ``moment`` (seconds since 1970)."""
    signed = f"{message_id}.{moment}.{body}".encode()
    signatures = [
        "v1," + base64.b64encode(hmac.digest(_key(key, endpoint.salt), signed, "sha256")).decode()
        for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    ]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(moment),
        "webhook-signature": " ".join(signatures),
    }


def _key(site_key: str, salt: str) -> bytes:
    return hmac.new(site_key.encode(), f"aliquot.webhooks {salt}".encode(), hashlib.sha256).digest()
