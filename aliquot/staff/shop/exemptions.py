"""Certificates of institutions that pay no tax: looked at, approved, withdrawn."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from aliquot.accounts import access
from aliquot.commerce import queries, services
from aliquot.commerce.models import TaxExemption
from aliquot.infra import clock, storage
from aliquot.infra.idempotency import idempotent
from aliquot.lib.dates import long_date
from aliquot.lib.errors import NotFoundError
from aliquot.lib.papers import EXTENSIONS
from aliquot.staff.frame import (
    PAGE_LENGTH,
    Check,
    FormPage,
    posted,
    run_form,
    show,
    staff_of,
    today_of,
)
from aliquot.staff.gate import staff_page
from aliquot.staff.shop.taxes import SECTION

type Deed = Callable[..., TaxExemption]


@staff_page(access.can_administer)
@require_safe
def tax_exemptions(request: HttpRequest) -> HttpResponse:
    """What waits for a decision first."""
    page = Paginator(queries.exemptions_to_see(), PAGE_LENGTH).get_page(request.GET.get("page"))
    context = {"page": page, "today": today_of(request)}
    return show(request, "shop/tax_exemptions.html", context, section=SECTION)


@staff_page(access.can_administer)
@require_safe
def tax_exemption_file(request: HttpRequest, exemption_id: int) -> HttpResponse:
    """The paper as it was sent, as a download under a name of ours, never inline."""
    file = _exemption(exemption_id).file
    response = HttpResponse(storage.read(file), content_type=file.media_type)
    name = f"tax-exemption-{exemption_id}.{EXTENSIONS.get(file.media_type, 'bin')}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    return response


@staff_page(access.can_administer)
@require_http_methods(["GET", "POST"])
@idempotent
def tax_exemption_approve(request: HttpRequest, exemption_id: int) -> HttpResponse:
    """From now on the buyer pays no tax there."""
    warning = "Open the paper before you approve: from now on this buyer pays no tax there."
    return _decide(request, exemption_id, "Approve", warning, services.approve_exemption)


@staff_page(access.can_administer)
@require_http_methods(["GET", "POST"])
@idempotent
def tax_exemption_withdraw(request: HttpRequest, exemption_id: int) -> HttpResponse:
    """It no longer counts."""
    warning = "From now on this buyer pays tax there again. Orders placed before stay as they are."
    return _decide(request, exemption_id, "Withdraw", warning, services.withdraw_exemption)


def _decide(
    request: HttpRequest, exemption_id: int, verb: str, warning: str, deed: Deed
) -> HttpResponse:
    exemption = _exemption(exemption_id)
    back = reverse("staff:tax_exemptions")

    def check(_: dict[str, Any]) -> Check:
        last = exemption.valid_through
        return Check(
            [
                {"key": "Institution", "value": exemption.institution},
                {"key": "Place", "value": exemption.jurisdiction},
                {"key": "Number", "value": exemption.number or "None given"},
                {"key": "Valid through", "value": long_date(last) if last else "No end given"},
                {"key": "Sent by", "value": f"{exemption.person}"},
            ],
            warning=warning,
        )

    def do(_: dict[str, Any]) -> str:
        deed(exemption=exemption, actor_id=staff_of(request).pk, now=clock.now())
        messages.success(request, f"{exemption.institution}: done.")
        return back

    title = f"{verb} a tax exemption"
    trail = [{"label": "Tax exemptions", "url": back}, {"label": title}]
    page = FormPage(title=title, submit=verb, back=back, section=SECTION, trail=trail)
    return run_form(request, page=page, form=forms.Form(posted(request)), do=do, check=check)


def _exemption(exemption_id: int) -> TaxExemption:
    rows = TaxExemption.objects.select_related("file", "person")
    found = rows.filter(pk=exemption_id).first()
    if found is None:
        raise NotFoundError("There is no such exemption.")
    return found
