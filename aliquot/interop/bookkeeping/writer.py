"""The books as CSV: plain decimals, ISO dates, no cell that a spreadsheet reads as a formula."""

from collections.abc import Iterable
from datetime import UTC
from decimal import Decimal

from aliquot.commerce.queries import BookRow
from aliquot.lib.money import Money
from aliquot.lib.spreadsheets import csv_of

COLUMNS = (
    "row",
    "date",
    "time_utc",
    "kind",
    "order",
    "document",
    "corrects",
    "line",
    "title",
    "quantity",
    "net",
    "tax",
    "tax_percent",
    "tax_name",
    "buyer_place",
    "exemption",
    "total",
    "currency",
    "gateway",
    "gateway_payment",
    "gateway_object",
    "live",
    "buyer",
)


def books_csv(rows: Iterable[BookRow]) -> bytes:
    """The table; a text that looks like a formula has an apostrophe before it, a number never."""
    return csv_of(COLUMNS, map(_cells, rows))


def _cells(row: BookRow) -> tuple[str | Decimal, ...]:
    return (
        row.row,
        row.on.isoformat(),
        row.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        row.kind,
        row.order,
        row.document,
        row.corrects,
        "" if row.position is None else str(row.position),
        row.title,
        "" if row.quantity is None else str(row.quantity),
        _amount(row.net),
        _amount(row.tax),
        row.tax_percent,
        row.tax_name,
        row.place,
        row.exemption,
        _amount(row.total),
        row.currency,
        row.gateway,
        row.payment_id,
        row.object_id,
        "yes" if row.is_live else "no",
        row.buyer,
    )


def _amount(amount: Money | None) -> str | Decimal:
    return "" if amount is None else amount.decimal
