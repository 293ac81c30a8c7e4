"""Keeping what the source of taxes made of a sale or a refund."""

from datetime import datetime

from django.db import transaction

from aliquot.commerce.models import Order, Refund, TaxFiling
from aliquot.commerce.services.orders import lock_order
from aliquot.infra import audit


@transaction.atomic
def note_tax_filed(
    *, order: Order, refund: Refund | None = None, transaction_id: str, now: datetime
) -> TaxFiling:
    """The source recorded a sale, or a refund of it. The same again changes nothing."""
    lock_order(order)
    filing = TaxFiling.objects.filter(order=order, refund=refund).first()
    if filing is not None and filing.transaction:
        return filing
    filing = filing or TaxFiling(order=order, refund=refund)
    filing.transaction, filing.problem, filing.at = transaction_id, "", now
    filing.save()
    audit.record(
        action="tax_filing.refund" if refund else "tax_filing.sale",
        actor_id=None,
        subject=order,
        details={"source": order.tax_source, "transaction": transaction_id},
    )
    return filing


@transaction.atomic
def note_tax_refused(
    *, order: Order, refund: Refund | None = None, problem: str, now: datetime
) -> TaxFiling:
    """The source refused to record it; the same reason again changes nothing."""
    lock_order(order)
    filing = TaxFiling.objects.filter(order=order, refund=refund).first()
    if filing is not None and (filing.transaction or filing.problem == problem):
        return filing
    filing = filing or TaxFiling(order=order, refund=refund)
    filing.problem, filing.at = problem, now
    filing.save()
    audit.record(
        action="tax_filing.refused",
        actor_id=None,
        subject=order,
        details={"source": order.tax_source, "problem": problem},
    )
    return filing
