"""Telling the source of an order's taxes of the sale once it is paid, and of what was given back.

The source is asked outside of our transactions, with a reference that it records once: the order's
number for the sale, number and refund for a refund. What it refuses is kept with its reason, for
staff; what it did not answer is asked again by its job, and by the clock.
"""

from datetime import datetime

from aliquot.commerce import queries, services
from aliquot.commerce.adapters.taxes import source_called
from aliquot.commerce.errors import TaxFilingRefusedError, TaxUnknownError
from aliquot.commerce.facts import Returned
from aliquot.commerce.models import Order, OrderLine, Refund, TaxFiling
from aliquot.commerce.rules.taxes import given_back
from aliquot.lib.money import Money


def file_sale(order: Order, *, now: datetime) -> TaxFiling | None:
    """Have a paid order recorded; safe to repeat. None: there is nobody to tell.

    Raises TaxUnknownError.
    """
    order.refresh_from_db()
    if not order.tax_calculation or order.state != Order.State.PAID:
        return None
    done = queries.sale_filed(order)
    if done is not None:
        return done
    source = source_called(order.tax_source)
    try:
        made = source.record_sale(order.tax_calculation, reference=order.number)
    except TaxFilingRefusedError as refused:
        return services.note_tax_refused(order=order, problem=refused.message, now=now)
    return services.note_tax_filed(order=order, transaction_id=made, now=now)


def file_refund(refund: Refund, *, now: datetime) -> TaxFiling | None:
    """Have a refund that was paid back recorded, its sale before it; safe to repeat.

    None: there is nobody to tell, or the sale itself was refused. Raises TaxUnknownError.
    """
    refund.refresh_from_db()
    order = refund.order
    if refund.state != Refund.State.SUCCEEDED:
        return None
    done = queries.refund_filed(refund)
    if done is not None:
        return done
    sale = file_sale(order, now=now)
    if sale is None or not sale.transaction:
        return None
    try:
        made = source_called(order.tax_source).record_refund(
            sale.transaction, _parts(refund), reference=f"{order.number}-refund-{refund.pk}"
        )
    except TaxFilingRefusedError as refused:
        problem = refused.message
        return services.note_tax_refused(order=order, refund=refund, problem=problem, now=now)
    return services.note_tax_filed(order=order, refund=refund, transaction_id=made, now=now)


def file_taxes(*, now: datetime) -> int:
    """File all that is not filed yet, one after the other; returns how many were looked at.

    Raises TaxUnknownError at the end if a source did not answer.
    """
    count, trouble = 0, None
    for order in queries.sales_to_file(now=now):
        try:
            file_sale(order, now=now)
        except TaxUnknownError as unknown:
            trouble = unknown
        count += 1
    for refund in queries.refunds_to_file():
        try:
            file_refund(refund, now=now)
        except TaxUnknownError as unknown:
            trouble = unknown
        count += 1
    if trouble is not None:
        raise trouble
    return count


def _parts(refund: Refund) -> list[Returned]:
    """What goes back of each line, after the refunds before it; empty: the whole order.

    Lines that cost nothing are not at the source.
    """
    order = refund.order
    if refund.amount == order.total:
        return []
    lines = {line.position: line for line in order.lines.all()}
    before: dict[int, Returned] = {}
    earlier = order.refunds.filter(state=Refund.State.SUCCEEDED, pk__lt=refund.pk).order_by("pk")
    for each in earlier:
        for part in _split(each, lines, before):
            known = before.get(part.position)
            before[part.position] = (
                Returned(part.position, known.net + part.net, known.tax + part.tax)
                if known
                else part
            )
    return _split(refund, lines, before)


def _split(
    refund: Refund, lines: dict[int, OrderLine], before: dict[int, Returned]
) -> list[Returned]:
    parts = []
    for each in refund.lines:
        line, currency = lines[int(each["line"])], refund.currency
        back = Money(int(each["amount"]), currency)
        if back:
            parts.append(
                given_back(
                    line.position,
                    back,
                    net=Money(line.net, currency),
                    tax=Money(line.tax, currency),
                    before=before.get(line.position),
                )
            )
    return parts
