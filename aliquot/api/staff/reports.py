"""Reports on money: our books beside the gateways', and the rows for bookkeeping."""

from datetime import date

from django.http import HttpResponse
from ninja import Query

from aliquot.accounts import access
from aliquot.api.frame import (
    ApiRequest,
    Area,
    InvalidFieldError,
    Limit,
    Listed,
    Price,
    Shape,
    Start,
    Taken,
    paged,
)
from aliquot.api.frame.shapes import DayQuery
from aliquot.commerce import queries
from aliquot.commerce.models import Reconciliation
from aliquot.interop.bookkeeping.writer import books_csv
from aliquot.lib.money import Money

READ = "staff-reports:read"
MOST_DAYS = 366
area = Area("Back office: reports", may=access.can_handle_money)


class ReconciliationShape(Shape):
    """One day at one gateway: what we entered, what the gateway says."""

    day: date
    gateway: str
    ours_in: Price
    ours_out: Price
    theirs_in: Price
    theirs_out: Price
    differences: list[str]


class Days(Taken):
    """The first and the last day (UTC), both included."""

    first: DayQuery
    last: DayQuery


@area.read("/staff/reports/reconciliations", scope=READ, gives=Listed[ReconciliationShape])
def list_reconciliations(
    request: ApiRequest, cursor: Start = "", limit: Limit = 25
) -> Listed[ReconciliationShape]:
    """Our books beside the gateways', day by day, the newest first."""
    rows, following = paged(queries.reconciliations(), cursor, limit)
    return Listed(items=[_shape(row) for row in rows], next=following)


@area.read("/staff/reports/books", scope=READ, gives=None, media="text/csv")
def get_books(request: ApiRequest, days: Query[Days]) -> HttpResponse:
    """The books of up to a year as CSV: every movement of money, every line of a paper."""
    if days.last < days.first or (days.last - days.first).days > MOST_DAYS:
        raise InvalidFieldError("last", f"Accepted: the first day, up to {MOST_DAYS} days later.")
    table = books_csv(queries.book_rows(days.first, days.last, zone="UTC"))
    response = HttpResponse(table, content_type="text/csv; charset=utf-8")
    response["Cache-Control"] = "no-store"
    return response


def _shape(row: Reconciliation) -> ReconciliationShape:
    amounts = {
        name: Price.of(Money(getattr(row, name), row.currency))
        for name in ("ours_in", "ours_out", "theirs_in", "theirs_out")
    }
    return ReconciliationShape(
        day=row.day,
        gateway=row.gateway,
        differences=[str(each) for each in row.differences],
        **amounts,
    )
