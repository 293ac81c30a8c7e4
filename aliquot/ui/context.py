"""What every template may say about the site."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from aliquot.catalog.queries import current_provider


def site(request: HttpRequest) -> dict[str, Any]:
    """``profile`` ("demo" or "production"), ``provider`` (or None) and ``site_url``."""
    return {
        "profile": settings.PROFILE,
        "provider": current_provider(),
        "site_url": settings.SITE_URL,
    }
