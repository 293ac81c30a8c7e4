"""Tables of activities: a template; one sent, checked row by row, then entered; an export."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods, require_safe

from aliquot.catalog.data import approvals, areas
from aliquot.infra import clock
from aliquot.infra.http.downloads import attached
from aliquot.infra.idempotency import idempotent
from aliquot.interop.activities import cells, reader, writer
from aliquot.interop.activities.columns import COLUMNS, column_of
from aliquot.ledger import access, queries, services
from aliquot.ledger.errors import ImportNotCleanError, NothingToImportError
from aliquot.lib.dates import day_in_zone
from aliquot.web.ledger import words
from aliquot.web.own import reader as signed_in

PER_PAGE = 100
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class TableForm(forms.Form):
    """A table."""

    file = forms.FileField(
        label="Your table",
        help_text="A CSV file or an Excel workbook (.xlsx), at most 2 MB and 1,000 rows.",
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx,text/csv"}),
        error_messages={"required": "Choose the file.", "empty": "This file is empty."},
        max_length=200,
    )
    sent_name = ""

    def clean_file(self) -> list[cells.Row]:
        """The rows of the table."""
        file = self.cleaned_data["file"]
        self.sent_name = file.name
        try:
            return cells.rows_of(file.read(cells.MOST_BYTES + 1))
        except cells.TableError as error:
            raise forms.ValidationError(error.message) from error
        finally:
            file.seek(0)


@login_required
@require_http_methods(["GET", "POST"])
def table(request: HttpRequest) -> HttpResponse:
    """Send a table: it is checked, and nothing is entered yet.

    The file is opened here, before the transaction of the deed begins.
    """
    is_post = request.method == "POST"
    form = TableForm(request.POST if is_post else None, request.FILES if is_post else None)
    form.is_valid()
    return _table(request, form=form)


@idempotent
def _table(request: HttpRequest, *, form: TableForm) -> HttpResponse:
    person, now = signed_in(request), clock.now()
    if form.is_bound and form.is_valid():
        today = day_in_zone(now, person.time_zone)
        try:
            read = reader.read_rows(form.cleaned_data["file"], this_year=today.year)
        except cells.TableError as error:
            form.add_error("file", error.message)
        else:
            sent = services.store_import(
                person=person, file_name=form.sent_name, rows=read.rows, now=now, actor_id=person.pk
            )
            if read.ignored:
                names = ", ".join(name[:40] for name in read.ignored[:10])
                messages.info(request, f"These columns were not read: {names}.")
            return redirect("ledger:import_check", sent.pk)
    context = {
        "section": "activities",
        "form": form,
        "columns": COLUMNS,
        "areas": areas().values(),
        "approvals": approvals().items(),
    }
    return render(request, "web/ledger/import.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
@idempotent
def table_check(request: HttpRequest, import_id: int) -> HttpResponse:
    """What was read, row by row, with every problem; then all is entered, or nothing."""
    person = signed_in(request)
    sent = access.import_for(person, import_id)
    refusal = ""
    if request.method == "POST":
        try:
            entered = services.confirm_import(
                sent=sent,
                only_good=request.POST.get("only_good") == "yes",
                without_lookalikes=request.POST.get("without_lookalikes") == "yes",
                now=clock.now(),
                actor_id=person.pk,
            )
        except (ImportNotCleanError, NothingToImportError) as error:
            refusal = error.message
        else:
            if entered:
                plural = "activity is" if entered == 1 else "activities are"
                messages.success(request, f"{entered} {plural} entered and count from now on.")
            return redirect("ledger:list")
    report = queries.import_report(sent)
    good = [each for each in report if each.is_good]
    page = Paginator(report, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "section": "activities",
        "sent": sent,
        "page": page,
        "lines": [_line(each) for each in page.object_list],
        "total": len(report),
        "good": len(good),
        "wrong": len(report) - len(good),
        "alike": sum(1 for each in good if each.looks_like),
        "refusal": refusal,
    }
    status = 422 if refusal else 200
    return render(request, "web/ledger/import_check.html", context, status=status)


def _line(each: queries.ReportRow) -> dict[str, object]:
    claim = each.row.claim
    return {
        "number": each.row.number,
        "claim": claim,
        "credit": words.credit_lines(claim) if each.is_good else (),
        "problems": [
            {"column": column_of(field), "what": what} for field, what in each.row.problems.items()
        ],
        "looks_like": each.looks_like,
    }


@login_required
@require_safe
def template(request: HttpRequest, kind: str) -> HttpResponse:
    """The table to fill in, CSV or XLSX."""
    if kind == "csv":
        return attached(writer.template_csv(), "text/csv", "activities.csv")
    if kind == "xlsx":
        return attached(writer.template_xlsx(), XLSX, "activities.xlsx")
    raise Http404


@login_required
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """What the person entered, as the table that can be read again."""
    claims = queries.claims_of(signed_in(request))
    return attached(writer.activities_csv(claims), "text/csv", "activities.csv")


urlpatterns = [
    path("activities/import/", table, name="import"),
    path("activities/import/<int:import_id>/", table_check, name="import_check"),
    path("activities/import/template.<str:kind>", template, name="template"),
    path("activities/export.csv", export, name="export"),
]
