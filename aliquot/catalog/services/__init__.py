"""Deeds of the catalog: the only place that writes its rows."""

from aliquot.catalog.services.office import (
    add_approval,
    save_accreditor,
    save_provider,
    set_availability,
    set_free,
    set_review_by,
    withdraw_approval,
)
from aliquot.catalog.services.publishing import publish_version

__all__ = [
    "add_approval",
    "publish_version",
    "save_accreditor",
    "save_provider",
    "set_availability",
    "set_free",
    "set_review_by",
    "withdraw_approval",
]
