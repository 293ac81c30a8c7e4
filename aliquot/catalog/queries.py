"""Reads of the catalog."""

from aliquot.catalog.models import Provider


def current_provider() -> Provider | None:
    """The provider of this site, or None before it was set up."""
    return Provider.objects.order_by("pk").first()
