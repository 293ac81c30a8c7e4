"""A refund in a table of ours: the test gateway's pretended one, the offline one's by hand."""

import secrets
from datetime import datetime

from django.db import transaction

from aliquot.commerce.models import FakeCharge, OfflinePayment
from aliquot.lib.money import Money


@transaction.atomic
def write_refund(
    table: type[FakeCharge] | type[OfflinePayment],
    provider_id: str,
    *,
    amount: Money,
    key: str,
    names: str,
    now: datetime,
) -> dict[str, object]:
    """A refund whose name begins with ``names``; the same key gives the same one.

    It does not look at sums, as a careless provider would not: our side must.
    """
    row = table.objects.select_for_update().get(provider_id=provider_id)
    for known in row.refunds:
        if known["key"] == key:
            return dict(known)
    made = {
        "id": f"{names}{secrets.token_hex(12)}",
        "key": key,
        "amount": amount.cents,
        "at": now.isoformat(),
    }
    row.refunds, row.changed_at = [*row.refunds, made], now
    row.save(update_fields=["refunds", "changed_at"])
    return made
