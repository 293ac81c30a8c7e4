"""The profile and the license numbers."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from aliquot.accounts import access, queries, services
from aliquot.accounts.errors import InvalidProfileError
from aliquot.accounts.facts import COMMON_TIME_ZONES, STATES, time_zones
from aliquot.accounts.models import User


def zone_choices() -> list[Any]:
    """Time zones in two groups: the common ones first."""
    rest = [(name, words) for name, words in time_zones().items() if name not in COMMON_TIME_ZONES]
    return [("Common in the United States", list(COMMON_TIME_ZONES.items())), ("Others", rest)]


class ProfileForm(forms.Form):
    """What certificates and reports say about a person."""

    full_name = forms.CharField(
        label="Your name, as it is on your license",
        max_length=200,
        help_text="New certificates print it exactly so. Certificates you have do not change.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    time_zone = forms.ChoiceField(
        choices=zone_choices, help_text="Decides the completion date and the days you have left."
    )
    ascp_customer_id = forms.CharField(
        label="ASCP customer ID", max_length=20, required=False, help_text="Kept for your records."
    )
    ascls_member_number = forms.CharField(
        label="ASCLS member number",
        max_length=20,
        required=False,
        help_text="Kept for your records.",
    )


class LicenseNumberForm(forms.Form):
    """One state license."""

    state = forms.ChoiceField(choices=[("", "Choose a state"), *STATES.items()])
    profession = forms.CharField(
        max_length=80,
        help_text="As the license names it, such as clinical laboratory technologist.",
    )
    number = forms.CharField(label="License number", max_length=40)


@login_required
@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Show and change one's own profile."""
    person: User = request.user  # type: ignore[assignment]
    names = list(ProfileForm.base_fields)
    form = ProfileForm(
        request.POST if request.method == "POST" else None,
        initial={name: getattr(person, name) for name in names},
    )
    if form.is_bound and form.is_valid():
        try:
            services.update_profile(person=person, actor_id=person.pk, **form.cleaned_data)
        except InvalidProfileError as error:
            form.add_error(error.field, error.message)
        else:
            messages.success(request, "Your profile is saved.")
            return redirect("accounts:profile")
    context = {
        "form": form,
        "license_numbers": queries.license_numbers_of(person),
        "states": STATES,
        "is_staff": access.is_staff(person),
    }
    status = 422 if form.errors else 200
    return render(request, "web/accounts/profile.html", context, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def add_license(request: HttpRequest) -> HttpResponse:
    """Add a license number, or replace the number of the same state and profession."""
    person: User = request.user  # type: ignore[assignment]
    form = LicenseNumberForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            row = services.add_license_number(
                person=person, actor_id=person.pk, **form.cleaned_data
            )
        except InvalidProfileError as error:
            form.add_error(error.field, error.message)
        else:
            messages.success(request, f"{STATES[row.state]} license {row.number} is saved.")
            return redirect("accounts:profile")
    status = 422 if form.errors else 200
    return render(request, "web/accounts/license.html", {"form": form}, status=status)


@login_required
@require_POST
def remove_license(request: HttpRequest, number_id: int) -> HttpResponse:
    """Remove one of one's own license numbers."""
    person: User = request.user  # type: ignore[assignment]
    row = access.license_number_for(person, number_id)
    services.remove_license_number(license_number=row, actor_id=person.pk)
    messages.success(request, "The license number is removed. Certificates that print it keep it.")
    return redirect("accounts:profile")
