"""What was declared: the frozen pack, its files, the audit of it, and taking it back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods, require_safe

from aliquot.credentials import access, queries, services
from aliquot.credentials.models import Declaration
from aliquot.flows.audit_pack import declared_pack
from aliquot.flows.close_cycle import drill_of_declaration
from aliquot.infra import clock
from aliquot.infra.http.downloads import attached, paper_of
from aliquot.interop.auditpack.tables import sheet_csv, sheet_name
from aliquot.web.credentials import audits, downloads, sheets
from aliquot.web.credentials.closing import audit_context
from aliquot.web.own import reader


@login_required
@require_safe
def declaration(request: HttpRequest, held_id: int, declaration_id: int) -> HttpResponse:
    """What was declared, as it was that day, and what comes next."""
    found = _own(request, held_id, declaration_id)
    sheet, held = queries.sheet_of(found.snapshot), found.cycle.held
    about = queries.pack_of(held.credential)
    keys = [held.pk, found.pk]
    context = {
        "section": "credentials",
        "held": held,
        "declaration": found,
        "sheet": sheet,
        "words": sheets.sheet_words(sheet),
        "pack": about,
        "body": queries.body_of(about),
        "drill": audits.drill_words(drill_of_declaration(found), sheet, held_id=held.pk),
        "next": queries.next_end(found.cycle),
        "is_open": found.cycle.closed_at is None,
        "urls": {
            "pdf": reverse("credentials:declaration_pdf", args=keys),
            "csv": reverse("credentials:declaration_csv", args=keys),
            "zip": reverse("credentials:declaration_zip", args=keys),
            "audit": reverse("credentials:declaration_audit", args=keys),
        },
    }
    return render(request, "web/credentials/declaration.html", context)


@login_required
@require_safe
def declaration_pdf(request: HttpRequest, held_id: int, declaration_id: int) -> HttpResponse:
    """The declared pack as a PDF: the same bytes every time."""
    found = _own(request, held_id, declaration_id)
    sheet, paper = queries.sheet_of(found.snapshot), paper_of(request)
    content = queries.sheet_pdf(sheet, paper=paper, at=found.recorded_at)
    return attached(content, "application/pdf", sheet_name(sheet, "pdf"))


@login_required
@require_safe
def declaration_csv(request: HttpRequest, held_id: int, declaration_id: int) -> HttpResponse:
    """The declared pack as a table."""
    sheet = queries.sheet_of(_own(request, held_id, declaration_id).snapshot)
    return attached(sheet_csv(sheet), "text/csv", sheet_name(sheet, "csv"))


@login_required
@require_safe
def declaration_zip(request: HttpRequest, held_id: int, declaration_id: int) -> HttpResponseBase:
    """The audit pack of what was declared."""
    return downloads.archive(declared_pack(_own(request, held_id, declaration_id)))


@login_required
@require_safe
def declaration_audit(request: HttpRequest, held_id: int, declaration_id: int) -> HttpResponse:
    """The audit drill of what was declared, with the papers there are today."""
    found = _own(request, held_id, declaration_id)
    sheet, keys = queries.sheet_of(found.snapshot), [held_id, declaration_id]
    context = audit_context(sheet, drill_of_declaration(found), found.cycle.held) | {
        "back_url": reverse("credentials:declaration", args=keys),
        "zip_url": reverse("credentials:declaration_zip", args=keys),
    }
    return render(request, "web/credentials/audit.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, held_id: int, declaration_id: int) -> HttpResponse:
    """Say that it was noted by mistake, after asking."""
    found = _own(request, held_id, declaration_id)
    sheet = queries.sheet_of(found.snapshot)
    if request.method == "POST":
        services.withdraw_declaration(
            declaration=found, now=clock.now(), actor_id=reader(request).pk
        )
        messages.success(request, "It is taken back. What was noted stays in your records.")
        return redirect("credentials:detail", held_id)
    context = {
        "section": "credentials",
        "declaration": found,
        "held": found.cycle.held,
        "sheet": sheet,
        "words": sheets.sheet_words(sheet),
    }
    return render(request, "web/credentials/declaration_withdraw.html", context)


def _own(request: HttpRequest, held_id: int, declaration_id: int) -> Declaration:
    return access.declaration_for(reader(request), held_id, declaration_id)


_ONE = "credentials/<int:held_id>/declarations/<int:declaration_id>"
urlpatterns = [
    path(f"{_ONE}/", declaration, name="declaration"),
    path(f"{_ONE}/pack.pdf", declaration_pdf, name="declaration_pdf"),
    path(f"{_ONE}/pack.csv", declaration_csv, name="declaration_csv"),
    path(f"{_ONE}/audit.zip", declaration_zip, name="declaration_zip"),
    path(f"{_ONE}/audit/", declaration_audit, name="declaration_audit"),
    path(f"{_ONE}/withdraw/", withdraw, name="declaration_withdraw"),
]
