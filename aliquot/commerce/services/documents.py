"""Receipts, invoices and credit notes: numbers without gaps, content frozen with its hash."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from aliquot.commerce.models import Document, NumberSeries, Order, Refund
from aliquot.infra import audit, outbox
from aliquot.lib import canonical
from aliquot.lib.dates import day_in_zone
from aliquot.lib.money import Money

SERIES = {
    Document.Kind.RECEIPT: "R",
    Document.Kind.INVOICE: "I",
    Document.Kind.CREDIT_NOTE: "C",
}

DESIGN = 1  # of the drawing: what was issued with one is drawn with it for ever


@transaction.atomic
def issue_document(
    *,
    kind: str,
    order: Order,
    total: Money,
    content: Mapping[str, Any],
    actor_id: int | None,
    now: datetime,
    refund: Refund | None = None,
    corrects: Document | None = None,
) -> Document:
    """Give the next number of the series and year (UTC) to a document and keep what it prints.

    An order has one receipt and one invoice, a refund one credit note: asked again, the first is
    returned. The row of the series is the lock, and a rollback gives the number back, so there is
    no gap.
    """
    existing = _existing(kind, order, refund)
    if existing is not None:
        return existing
    number_in_series = _next_number(SERIES[Document.Kind(kind)], now.year)
    series = SERIES[Document.Kind(kind)]
    number = f"{series}-{now.year}-{number_in_series:06d}"
    full = canonical.plain(
        {
            **content,
            "kind": str(kind),
            "design": DESIGN,
            "number": number,
            "issued_at": now,
            "issued_on": day_in_zone(now, order.time_zone),
        }
    )
    document = Document.objects.create(
        kind=kind,
        series=series,
        year=now.year,
        sequence=number_in_series,
        number=number,
        order=order,
        refund=refund,
        corrects=corrects,
        total=total.cents,
        currency=total.currency,
        content=full,
        content_hash=canonical.digest(full),
        issued_at=now,
    )
    audit.record(
        action="document.issued",
        actor_id=actor_id,
        subject=document,
        details={"number": number, "total": str(total)},
    )
    return document


@transaction.atomic
def send_document(*, document: Document, actor_id: int) -> None:
    """Send the link to a paper once more, to the address on the order."""
    order = document.order
    outbox.send_template(
        to=order.buyer["email"],
        template="commerce/mail/paper",
        context={
            "name": order.buyer["name"],
            "order": order,
            "document": document,
            "title": document.get_kind_display(),
            "total": Money(document.total, document.currency),
        },
    )
    audit.record(
        action="document.sent",
        actor_id=actor_id,
        subject=document,
        details={"number": document.number},
    )


def _existing(kind: str, order: Order, refund: Refund | None) -> Document | None:
    rows = Document.objects.filter(kind=kind, order=order)
    if kind == Document.Kind.CREDIT_NOTE:
        rows = rows.filter(refund=refund)
    return rows.first()


def _next_number(series: str, year: int) -> int:
    NumberSeries.objects.get_or_create(series=series, year=year)
    row = NumberSeries.objects.select_for_update().get(series=series, year=year)
    row.last += 1
    row.save(update_fields=["last"])
    return row.last
