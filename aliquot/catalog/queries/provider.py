"""Who publishes here."""

from aliquot.catalog.models import Provider
from aliquot.infra import cache

PROVIDER_GENERATION = "provider"  # raised by the deed that changes the provider


def current_provider() -> Provider | None:
    """The provider of this site with logo and signature, or None before it was set up."""
    return cache.remember(["provider"], [PROVIDER_GENERATION], _load)


def _load() -> Provider | None:
    return Provider.objects.select_related("logo", "signature").order_by("pk").first()
