"""What every template may say about the site."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from aliquot.catalog.queries import current_provider

THEMES = ("light", "dark")


def site(request: HttpRequest) -> dict[str, Any]:
    """``profile`` ("demo" or "production"), ``provider`` (or None), ``site_url``, ``theme``.

    ``theme`` is what the visitor chose: "light", "dark", or "" for what the system has. What the
    frame asks of every page is there, empty: a name that is nowhere costs a template ten times one
    that is.
    """
    return {
        "form": None,
        "verify_form": None,
        "section": "",
        "theme": theme_of(request),
        "profile": settings.PROFILE,
        "provider": current_provider(),
        "site_url": settings.SITE_URL,
    }


def theme_of(request: HttpRequest) -> str:
    """What the visitor chose."""
    chosen = request.COOKIES.get(settings.THEME_COOKIE_NAME, "")
    return chosen if chosen in THEMES else ""
