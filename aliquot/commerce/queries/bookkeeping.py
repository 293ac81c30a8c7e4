"""The books of a period as rows: money that moved, and what was invoiced, received, credited.

Two kinds of rows, told apart by ``row``. ``money``: one for each entry, with the gateway's names.
``line``: one for each line of a receipt, invoice or credit note, with net and tax. Money rows sum
to what came in; lines of receipts and credit notes sum to what was sold: the two agree per order,
but for double payments on their way back and money that a bank holds.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from aliquot.commerce.models import Document, MoneyEntry
from aliquot.lib.money import Money


@dataclass(frozen=True, slots=True)
class BookRow:
    """One row; amounts are None where the kind of row has none. Texts as they were stored."""

    row: str  # money or line
    on: date
    at: datetime
    kind: str  # of the money entry, or of the document
    order: str
    document: str = ""
    corrects: str = ""
    position: int | None = None
    title: str = ""
    quantity: int | None = None
    net: Money | None = None
    tax: Money | None = None
    tax_percent: str = ""
    tax_name: str = ""
    place: str = ""  # of the buyer, as US-FL
    exemption: str = ""
    total: Money | None = None
    currency: str = ""
    gateway: str = ""
    payment_id: str = ""
    object_id: str = ""
    is_live: bool = False
    buyer: str = ""


def book_rows(first: date, last: date, *, zone: str) -> Iterator[BookRow]:
    """All rows from the first through the last day in the seller's zone, in order of time.

    Read twice, the same: what is in the books is never changed, only added to.
    """
    starts = datetime.combine(first, time(0), tzinfo=ZoneInfo(zone))
    ends = datetime.combine(last + timedelta(days=1), time(0), tzinfo=ZoneInfo(zone))
    rows = [*_money_rows(starts, ends, zone), *_line_rows(starts, ends, zone)]
    yield from sorted(
        rows, key=lambda row: (row.at, row.order, row.row, row.document, row.position or 0)
    )


def _money_rows(starts: datetime, ends: datetime, zone: str) -> Iterator[BookRow]:
    entries = (
        MoneyEntry.objects.filter(occurred_at__gte=starts, occurred_at__lt=ends)
        .select_related("order", "payment", "refund__note")
        .order_by("occurred_at", "pk")
    )
    for entry in entries:
        note = getattr(entry.refund, "note", None)
        yield BookRow(
            row="money",
            on=entry.occurred_at.astimezone(ZoneInfo(zone)).date(),
            at=entry.occurred_at,
            kind=entry.kind,
            order=entry.order.number,
            document=note.number if note else "",
            place=_place(entry.order.buyer),
            total=Money(entry.amount, entry.currency),
            currency=entry.currency,
            gateway=entry.payment.gateway,
            payment_id=entry.payment.charge_id or entry.payment.provider_id,
            object_id=entry.object_id,
            is_live=entry.payment.is_live,
            buyer=_buyer(entry.order.buyer),
        )


def _line_rows(starts: datetime, ends: datetime, zone: str) -> Iterator[BookRow]:
    documents = (
        Document.objects.filter(issued_at__gte=starts, issued_at__lt=ends)
        .select_related("order", "corrects")
        .order_by("issued_at", "pk")
    )
    for document in documents:
        lines = document.content["lines"] or [_whole(document)]
        for position, line in enumerate(lines, start=1):
            yield _line_row(document, position, line, zone)


def _line_row(document: Document, position: int, line: dict[str, Any], zone: str) -> BookRow:
    content, currency = document.content, document.currency
    return BookRow(
        row="line",
        on=document.issued_at.astimezone(ZoneInfo(zone)).date(),
        at=document.issued_at,
        kind=document.kind,
        order=document.order.number,
        document=document.number,
        corrects=document.corrects.number if document.corrects else "",
        position=position,
        title=line["title"],
        quantity=line["quantity"],
        net=Money(line["net"], currency),
        tax=Money(line["tax"], currency),
        tax_percent=str(line["tax_percent"]),
        tax_name=line["tax_name"],
        place=_place(content["buyer"]),
        exemption=content["buyer"].get("exemption", ""),
        total=Money(line["net"] + line["tax"], currency),
        currency=currency,
        gateway=content["gateway"],
        object_id=content["reference"],
        is_live=content["is_live"],
        buyer=_buyer(content["buyer"]),
    )


def _whole(document: Document) -> dict[str, Any]:
    """A note about money given back at the gateway names no lines: one for the whole."""
    content = document.content
    return {
        "title": "Given back without naming a line",
        "quantity": 1,
        "net": content["net"],
        "tax": content["tax"],
        "tax_percent": "",
        "tax_name": "",
    }


def _place(buyer: dict[str, Any]) -> str:
    return "-".join(each for each in (buyer.get("country", ""), buyer.get("region", "")) if each)


def _buyer(buyer: dict[str, Any]) -> str:
    return str(buyer.get("organization") or buyer.get("name", ""))
