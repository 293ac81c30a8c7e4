"""What the test gateway needs: nothing but a demonstration."""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


def check() -> None:
    """Refuse to play with money where money is real."""
    if not settings.IS_DEMO:
        raise ImproperlyConfigured(
            "The test gateway is for the demo profile only: it gives access without payment."
        )
