"""The tax table: a rate is entered and ended, never edited, so that every day keeps its own."""

import re
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from aliquot.accounts import access
from aliquot.commerce import queries, services
from aliquot.commerce.models import TaxRate
from aliquot.infra.idempotency import idempotent
from aliquot.lib.dates import long_date
from aliquot.lib.decimals import shortest
from aliquot.lib.errors import NotFoundError
from aliquot.staff.frame import Check, FormPage, posted, run_form, show, staff_of, today_of
from aliquot.staff.gate import staff_page

SECTION = "staff:tax_rates"
PLACE = re.compile(r"[A-Z]{2}(-[A-Z]{2})?")


class PlaceField(forms.CharField):
    """``US`` for a country, ``US-FL`` for a state of it."""

    def clean(self, value: Any) -> str:
        """In capitals, or what would be accepted."""
        place = str(super().clean(value)).strip().upper()
        if place and not PLACE.fullmatch(place):
            raise forms.ValidationError("Enter a place such as US-FL, or US for the whole country.")
        return place


class RateForm(forms.Form):
    """A rate that holds in a place from a day on."""

    jurisdiction = PlaceField(
        label="Place", max_length=10, help_text="A state such as US-FL, or US for the country."
    )
    name = forms.CharField(max_length=80, help_text="As receipts print it: Florida sales tax.")
    percent = forms.DecimalField(
        label="Rate in percent", min_value=0, max_digits=6, decimal_places=4
    )
    tax_code = forms.CharField(
        label="Tax code of products",
        max_length=40,
        required=False,
        help_text="Empty: products of every code.",
    )
    valid_from = forms.DateField(label="First day", widget=forms.DateInput(attrs={"type": "date"}))


class EndForm(forms.Form):
    """When a rate ends."""

    last_day = forms.DateField(
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="Orders of this day still have the rate.",
    )


@staff_page(access.can_administer)
@require_safe
def tax_rates(request: HttpRequest) -> HttpResponse:
    """The whole table, past rates too."""
    context = {"rates": list(queries.tax_rates()), "today": today_of(request)}
    return show(request, "shop/tax_rates.html", context, section=SECTION)


@staff_page(access.can_administer)
@require_http_methods(["GET", "POST"])
@idempotent
def tax_rate_add(request: HttpRequest) -> HttpResponse:
    """Enter a rate."""

    def check(answers: dict[str, Any]) -> Check:
        return Check(
            [
                {"key": "Place", "value": answers["jurisdiction"]},
                {"key": "Name", "value": answers["name"]},
                {"key": "Rate", "value": f"{shortest(answers['percent'])}%"},
                {"key": "Tax code", "value": answers["tax_code"] or "Products of every code"},
                {"key": "First day", "value": long_date(answers["valid_from"])},
            ],
            warning="A rate cannot be edited later, only ended and followed by another.",
        )

    def do(answers: dict[str, Any]) -> str:
        rate = services.add_tax_rate(actor_id=staff_of(request).pk, **answers)
        messages.success(request, f"{rate.name} is entered.")
        return reverse(SECTION)

    page = _page("Enter a tax rate", "Enter rate")
    return run_form(request, page=page, form=RateForm(posted(request)), do=do, check=check)


@staff_page(access.can_administer)
@require_http_methods(["GET", "POST"])
@idempotent
def tax_rate_end(request: HttpRequest, rate_id: int) -> HttpResponse:
    """Let a rate end on a day."""
    rate = TaxRate.objects.filter(pk=rate_id).first()
    if rate is None:
        raise NotFoundError("There is no such rate.")

    def check(answers: dict[str, Any]) -> Check:
        return Check(
            [
                {"key": "Rate", "value": f"{rate.name}, {shortest(rate.percent)}%"},
                {"key": "Place", "value": rate.jurisdiction},
                {"key": "First day", "value": long_date(rate.valid_from)},
                {"key": "Last day", "value": long_date(answers["last_day"])},
            ],
            warning="From the next day on no tax is added there, unless another rate is entered.",
        )

    def do(answers: dict[str, Any]) -> str:
        services.end_tax_rate(rate=rate, actor_id=staff_of(request).pk, **answers)
        messages.success(request, f"{rate.name} ends on {long_date(answers['last_day'])}.")
        return reverse(SECTION)

    page = _page("End a tax rate", "End rate", lead=f"{rate.name}, {rate.jurisdiction}")
    return run_form(request, page=page, form=EndForm(posted(request)), do=do, check=check)


def _page(title: str, submit: str, lead: str = "") -> FormPage:
    trail = [{"label": "Tax", "url": reverse(SECTION)}, {"label": title}]
    return FormPage(
        title=title, submit=submit, back=reverse(SECTION), lead=lead, section=SECTION, trail=trail
    )
