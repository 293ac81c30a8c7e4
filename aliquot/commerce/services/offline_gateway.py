"""The books of the offline gateway: an invoice is opened, staff record its payment."""

from datetime import datetime

from django.db import transaction

from aliquot.commerce.errors import OrderEndedError, PaymentMismatchError
from aliquot.commerce.facts import Wanted
from aliquot.commerce.models import OfflinePayment
from aliquot.commerce.services.own_tables import write_refund
from aliquot.infra import audit
from aliquot.lib.money import Money


@transaction.atomic
def open_invoice(wanted: Wanted, *, is_live: bool, now: datetime) -> OfflinePayment:
    """An invoice that waits for its money; the same key gives the same one."""
    return OfflinePayment.objects.get_or_create(
        provider_id=f"invoice-{wanted.key}",
        defaults={
            "order_number": wanted.order_number,
            "amount": wanted.total.cents,
            "currency": wanted.total.currency,
            "is_live": is_live,
            "opened_at": now,
            "changed_at": now,
        },
    )[0]


@transaction.atomic
def record_offline_payment(
    provider_id: str, *, amount: Money, reference: str, actor_id: int, now: datetime
) -> OfflinePayment:
    """Staff saw the money arrive, with the number of the check or transfer.

    The same payment again changes nothing. Raises PaymentMismatchError for another amount and
    OrderEndedError when the invoice was given up.
    """
    row = OfflinePayment.objects.select_for_update().get(provider_id=provider_id)
    expected = Money(row.amount, row.currency)
    if row.received_at is not None:
        return row
    if row.given_up_at is not None:
        raise OrderEndedError("This invoice was given up.")
    if amount != expected:
        raise PaymentMismatchError(f"The invoice is {expected}; {amount} would not settle it.")
    row.received_at, row.received_amount, row.changed_at = now, amount.cents, now
    row.reference, row.recorded_by_id = reference, actor_id
    row.save()
    audit.record(
        action="payment.recorded",
        actor_id=actor_id,
        subject=row,
        details={"order": row.order_number, "amount": str(amount), "reference": reference},
    )
    return row


@transaction.atomic
def give_up_invoice(provider_id: str, *, now: datetime) -> None:
    """Nobody will pay this any more; nothing happens if it was paid."""
    OfflinePayment.objects.filter(
        provider_id=provider_id, received_at=None, given_up_at=None
    ).update(given_up_at=now, changed_at=now)


def note_refund(provider_id: str, *, amount: Money, key: str, now: datetime) -> dict[str, object]:
    """Staff send the money back by hand; the same key is one refund."""
    return write_refund(OfflinePayment, provider_id, amount=amount, key=key, names="back-", now=now)
