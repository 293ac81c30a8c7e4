"""The memory of the embedded test gateway: writing down what its pretended card network did."""

import secrets
from datetime import datetime

from django.db import transaction

from aliquot.commerce.facts import Wanted
from aliquot.commerce.models import FakeCharge
from aliquot.commerce.services.own_tables import write_refund
from aliquot.lib.money import Money


@transaction.atomic
def open_charge(wanted: Wanted, *, now: datetime) -> FakeCharge:
    """A payment that waits for its buyer; the same key gives the same one."""
    return FakeCharge.objects.get_or_create(
        key=wanted.key,
        defaults={
            "provider_id": f"test_{secrets.token_hex(12)}",
            "order_number": wanted.order_number,
            "buyer_email": wanted.buyer_email,
            "items": [{"title": each.title, "amount": each.amount.cents} for each in wanted.items],
            "amount": wanted.total.cents,
            "currency": wanted.total.currency,
            "return_address": wanted.return_address,
            "cancel_address": wanted.cancel_address,
            "method_reference": f"card_{secrets.token_hex(6)}" if wanted.saves_method else "",
            "opened_at": now,
            "changed_at": now,
        },
    )[0]


@transaction.atomic
def end_charge(provider_id: str, *, state: str, now: datetime) -> FakeCharge:
    """Pay, decline or give up an open payment; one that has ended stays as it is."""
    charge = FakeCharge.objects.select_for_update().get(provider_id=provider_id)
    if charge.state == FakeCharge.State.OPEN:
        charge.state, charge.changed_at = state, now
        if state == FakeCharge.State.CAPTURED:
            charge.charge_id, charge.captured_at = f"charge_{secrets.token_hex(12)}", now
        charge.save(update_fields=["state", "charge_id", "captured_at", "changed_at"])
    return charge


def give_back(provider_id: str, *, amount: Money, key: str, now: datetime) -> dict[str, object]:
    """A refund; the same key gives the same one. It does not look at sums: our side must."""
    return write_refund(FakeCharge, provider_id, amount=amount, key=key, names="refund_", now=now)
