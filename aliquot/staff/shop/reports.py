"""Our books beside the gateways', day by day, and the export for bookkeeping."""

import csv
import io
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from aliquot.accounts import access
from aliquot.commerce import queries
from aliquot.commerce.models import MoneyEntry, Reconciliation
from aliquot.commerce.queries import office
from aliquot.lib.dates import long_date
from aliquot.lib.money import Money
from aliquot.staff.frame import PAGE_LENGTH, show, today_of
from aliquot.staff.gate import staff_page

SECTION = "staff:books"
HEADER = ("day", "time_utc", "order", "kind", "amount", "currency", "gateway", "object", "money")
_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class DaysForm(forms.Form):
    """The first and the last day of an export."""

    first = forms.DateField(label="First day (UTC)", widget=_DAY)
    last = forms.DateField(label="Last day (UTC)", widget=_DAY, help_text="It is in the export.")

    def clean(self) -> dict[str, Any]:
        """The days in order."""
        answers: dict[str, Any] = super().clean() or {}
        first, last = answers.get("first"), answers.get("last")
        if first and last and last < first:
            self.add_error("last", f"Choose {long_date(first)} or a later day.")
        return answers


@staff_page(access.can_handle_money)
@require_safe
def books(request: HttpRequest) -> HttpResponse:
    """Each day: what we entered, what the gateway says, and every difference in a sentence."""
    page = Paginator(queries.reconciliations(), PAGE_LENGTH).get_page(request.GET.get("page"))
    today = today_of(request)
    context = {
        "page": page,
        "rows": [_row(each) for each in page],
        "form": DaysForm(initial={"first": today.replace(day=1), "last": today}),
    }
    return show(request, "shop/books.html", context, section=SECTION)


def _row(row: Reconciliation) -> dict[str, Any]:
    amounts = ("ours_in", "ours_out", "theirs_in", "theirs_out")
    return {
        "row": row,
        "day": long_date(row.day),
        **{name: Money(getattr(row, name), row.currency) for name in amounts},
    }


@staff_page(access.can_handle_money)
@require_safe
def books_export(request: HttpRequest) -> HttpResponse:
    """Every movement of money of some days (UTC) as CSV: captures above zero, the rest below."""
    form = DaysForm(request.GET)
    if not form.is_valid():
        page = Paginator(queries.reconciliations(), PAGE_LENGTH).get_page(1)
        context = {"page": page, "rows": [_row(each) for each in page], "form": form}
        return show(request, "shop/books.html", context, section=SECTION, status=422)
    first, last = form.cleaned_data["first"], form.cleaned_data["last"]
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\r\n")
    table.writerow(HEADER)
    for entry in office.money_between(_midnight(first), _midnight(last + timedelta(days=1))):
        table.writerow(_cells(entry))
    name = f"money-{first:%Y-%m-%d}-{last:%Y-%m-%d}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8", headers=headers)


def _cells(entry: MoneyEntry) -> list[str]:
    moment = entry.occurred_at.astimezone(UTC)
    amount = (
        f"{'-' if entry.amount < 0 else ''}{abs(entry.amount) // 100}.{abs(entry.amount) % 100:02d}"
    )
    return [
        f"{moment:%Y-%m-%d}",
        f"{moment:%H:%M:%S}",
        entry.order.number,
        entry.kind,
        amount,
        entry.currency,
        entry.payment.gateway,
        _safe(entry.object_id),
        "real" if entry.order.is_live else "test",
    ]


def _safe(text: str) -> str:
    """A spreadsheet shall not take the gateway's words for a formula."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(0), tzinfo=UTC)
