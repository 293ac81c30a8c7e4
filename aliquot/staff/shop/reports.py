"""Our books beside the gateways', day by day, and the export for bookkeeping."""

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from aliquot.accounts import access
from aliquot.commerce import queries
from aliquot.commerce.models import Reconciliation
from aliquot.interop.bookkeeping.writer import books_csv
from aliquot.lib.dates import long_date, short_date
from aliquot.lib.money import Money
from aliquot.staff import words
from aliquot.staff.frame import PAGE_LENGTH, show, today_of
from aliquot.staff.gate import staff_page

SECTION = "staff:books"
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
        "day": short_date(row.day),
        "way": words.way_to_pay(row.gateway),
        **{name: Money(getattr(row, name), row.currency) for name in amounts},
    }


@staff_page(access.can_handle_money)
@require_safe
def books_export(request: HttpRequest) -> HttpResponse:
    """The books of some days (UTC) as CSV: every movement of money, every line of a paper."""
    form = DaysForm(request.GET)
    if not form.is_valid():
        page = Paginator(queries.reconciliations(), PAGE_LENGTH).get_page(1)
        context = {"page": page, "rows": [_row(each) for each in page], "form": form}
        return show(request, "shop/books.html", context, section=SECTION, status=422)
    first, last = form.cleaned_data["first"], form.cleaned_data["last"]
    table = books_csv(queries.book_rows(first, last, zone="UTC"))
    name = f"books-{first:%Y-%m-%d}-{last:%Y-%m-%d}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(table, content_type="text/csv; charset=utf-8", headers=headers)
