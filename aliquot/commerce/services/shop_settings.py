"""The seller's rules: one row, changed in the office."""

from typing import Any

from django.db import transaction

from aliquot.commerce.models import ShopSettings
from aliquot.commerce.queries.products import GENERATION
from aliquot.infra import audit, cache


@transaction.atomic
def save_shop_settings(*, actor_id: int | None, **values: Any) -> ShopSettings:
    """Set the seller's rules. What is the same already changes nothing and writes no audit row."""
    row = ShopSettings.objects.select_for_update().order_by("pk").first() or ShopSettings()
    changed = sorted(name for name, value in values.items() if getattr(row, name) != value)
    if row.pk is not None and not changed:
        return row
    for name in changed:
        setattr(row, name, values[name])
    row.save()
    cache.raise_generation(GENERATION)
    audit.record(
        action="shop_settings.saved", actor_id=actor_id, subject=row, details={"fields": changed}
    )
    return row
