"""A certificate by which an institution pays no tax: sent by its buyer, and taken back."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST

from aliquot.accounts.facts import STATES
from aliquot.commerce import access, queries, services
from aliquot.commerce.errors import ExemptionRefusedError
from aliquot.infra import clock
from aliquot.infra.idempotency import idempotent
from aliquot.lib.dates import day_in_zone
from aliquot.lib.papers import OpenedPaper
from aliquot.web.own import reader

HOME = "US"


class ExemptionForm(forms.Form):
    """Which institution, where, until when, and the paper."""

    institution = forms.CharField(
        label="Institution",
        max_length=200,
        help_text="As you write it under “Organization” at the checkout.",
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
        error_messages={"required": "Enter the name of the institution."},
    )
    region = forms.ChoiceField(
        label="State",
        choices=[("", "Choose a state"), *STATES.items()],
        error_messages={"required": "Choose the state whose tax it is about."},
    )
    number = forms.CharField(label="Number of the certificate", max_length=80, required=False)
    valid_through = forms.DateField(
        label="Last day it is valid",
        required=False,
        help_text="Empty if the certificate names none.",
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    file = forms.FileField(
        label="The certificate",
        help_text="PDF, JPEG or PNG, at most 20 MB. Only you and the office see it.",
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
        error_messages={
            "required": "Choose the file.",
            "empty": "This file is empty. Choose another.",
        },
        max_length=200,
    )

    def clean_file(self) -> OpenedPaper:
        """The paper, opened."""
        file = self.cleaned_data["file"]
        try:
            return services.opened_certificate(file.read(services.MOST_READ))
        except ExemptionRefusedError as refusal:
            raise forms.ValidationError(refusal.message) from refusal
        finally:
            file.seek(0)


@login_required
@require_http_methods(["GET", "POST"])
def tax_exemption(request: HttpRequest) -> HttpResponse:
    """What was sent and how it stands, and the form to send another.

    The paper is opened here, before the transaction of the deed begins.
    """
    is_post = request.method == "POST"
    form = ExemptionForm(request.POST if is_post else None, request.FILES if is_post else None)
    form.is_valid()
    return _tax_exemption(request, form=form)


@idempotent
def _tax_exemption(request: HttpRequest, *, form: ExemptionForm) -> HttpResponse:
    person, now = reader(request), clock.now()
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        try:
            services.send_exemption(
                person=person,
                institution=said["institution"],
                jurisdiction=f"{HOME}-{said['region']}",
                number=said["number"],
                valid_through=said["valid_through"],
                paper=said["file"],
                now=now,
            )
        except ExemptionRefusedError as refusal:
            form.add_error("file", refusal.message)
        else:
            messages.success(request, "We have your certificate. It counts once we approved it.")
            return redirect("shop:tax_exemption")
    context: dict[str, Any] = {
        "form": form,
        "exemptions": list(queries.exemptions_of(person)),
        "today": day_in_zone(now, person.time_zone),
    }
    status = 422 if form.errors else 200
    return render(request, "web/shop/tax_exemption.html", context, status=status)


@login_required
@require_POST
@idempotent
def tax_exemption_withdraw(request: HttpRequest, exemption_id: int) -> HttpResponse:
    """Take a certificate back; orders placed with it stay as they are."""
    person = reader(request)
    exemption = access.exemption_for(person, exemption_id)
    services.withdraw_exemption(exemption=exemption, actor_id=person.pk, now=clock.now())
    messages.success(request, f"The certificate of {exemption.institution} no longer counts.")
    return redirect("shop:tax_exemption")


urlpatterns = [
    path("tax-exemption/", tax_exemption, name="tax_exemption"),
    path(
        "tax-exemption/<int:exemption_id>/withdraw/",
        tax_exemption_withdraw,
        name="tax_exemption_withdraw",
    ),
]
