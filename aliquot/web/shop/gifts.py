"""Gifts: making a thing in the cart one, opening one by its code, and what became of one's own."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.http import require_http_methods

from aliquot.commerce import access, services
from aliquot.commerce.errors import GiftRefusedError
from aliquot.commerce.facts.sending import GIFT_PERIOD, MOST_GIFT_MAILS
from aliquot.flows.open_gift import look_at_gift, open_gift
from aliquot.infra import clock, limits
from aliquot.lib.dates import day_in_zone
from aliquot.web.own import reader, render_in_zone


class AddressForm(forms.Form):
    """Where a gift goes."""

    gift_to = forms.EmailField(
        label="E-mail address of the person you give it to",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Enter the address that the gift is sent to."},
    )


class GiftForm(AddressForm):
    """Who gets it, with which words, and when."""

    gift_message = forms.CharField(
        label="Your words",
        max_length=500,
        required=False,
        help_text="Sent with the gift, up to 500 letters.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    gift_on = forms.DateField(
        label="Send it on",
        required=False,
        help_text=(
            "At 9 am in your time zone, or soon after paying if that has passed. Leave it empty "
            "for the day it is paid."
        ),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": "Enter a date, such as 12/24/2026."},
    )

    def __init__(self, *args: Any, today: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.today = today

    def clean_gift_on(self) -> Any:
        """Not before today, and within a year: an address may be gone by then."""
        day = self.cleaned_data["gift_on"]
        if day is not None and not self.today <= day <= self.today + timedelta(days=365):
            raise forms.ValidationError("Choose a day from today on, at most a year ahead.")
        return day


class CodeForm(forms.Form):
    """The code of a gift."""

    code = forms.CharField(
        label="Code of the gift",
        max_length=80,
        help_text="From the mail. Hyphens and small letters do not matter.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": "Enter the code from the mail."},
    )


@login_required
@require_http_methods(["GET", "POST"])
def cart_gift(request: HttpRequest, item_id: int) -> HttpResponse:
    """Make a thing in the cart a gift, or one's own again."""
    person, now = reader(request), clock.now()
    item = access.cart_item_for(person, item_id)
    today = day_in_zone(now, person.time_zone)
    initial = {name: getattr(item, name) for name in ("gift_to", "gift_message", "gift_on")}
    form = GiftForm(request.POST or None, initial=initial, today=today)
    if request.method == "POST" and ("own" in request.POST or form.is_valid()):
        said = {} if "own" in request.POST else form.cleaned_data
        try:
            services.set_cart_gift(
                item=item,
                to=said.get("gift_to", ""),
                message=said.get("gift_message", ""),
                on=said.get("gift_on"),
                now=now,
            )
        except GiftRefusedError as refused:
            form.add_error("gift_to", refused.message)
        else:
            return redirect("shop:cart")
    context = {"form": form, "item": item}
    status = 422 if request.method == "POST" else 200
    return render_in_zone(request, "web/shop/cart_gift.html", context, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def gift_open(request: HttpRequest) -> HttpResponse:
    """Type or follow a code, see what it holds, and open it by a click."""
    person, now = reader(request), clock.now()
    said = request.POST if request.method == "POST" else request.GET
    form = CodeForm(said if "code" in said else None)
    gift, status = None, 200
    if form.is_bound and form.is_valid():
        code = form.cleaned_data["code"]
        try:
            if "open" in request.POST:
                opened = open_gift(person, code, now=now)
                messages.success(request, f"The gift is yours: {opened.line.title}.")
                return redirect("learning:home")
            gift = look_at_gift(person, code, now=now)
        except GiftRefusedError as refused:
            form.add_error("code", refused.message)
    if form.errors:
        status = 422
    context = {
        "form": form,
        "gift": gift,
        "code": form.cleaned_data.get("code", "") if gift else "",
    }
    response = render_in_zone(request, "web/shop/gift_open.html", context, status=status)
    response.headers["Cache-Control"] = "no-store"
    # The code stays out of every referrer. Not "no-referrer": the form's own origin would be
    # "null" then, and the press of its button be refused as forged.
    response.headers["Referrer-Policy"] = "strict-origin"
    return response


@login_required
@require_http_methods(["GET", "POST"])
def gift(request: HttpRequest, gift_id: int) -> HttpResponse:
    """What became of a gift that one gave; while it is unopened, its address and another mail."""
    person, now = reader(request), clock.now()
    found = access.gift_for(person, gift_id)
    form = AddressForm(request.POST or None, initial={"gift_to": found.to})
    if request.method == "POST" and form.is_valid():
        key = str(found.pk)
        limits.check(scope="gift_mail", key=key, limit=MOST_GIFT_MAILS, period=GIFT_PERIOD, now=now)
        try:
            changed = services.send_gift_again(
                gift=found, to=form.cleaned_data["gift_to"], actor_id=person.pk, now=now
            )
        except GiftRefusedError as refused:
            form.add_error("gift_to", refused.message)
        else:
            what = "Sent again, with a new code" if changed.sent_at else "It will be sent"
            messages.success(request, f"{what}: to {changed.to}.")
            return redirect("shop:gift", found.pk)
    context = {"gift": found, "form": form}
    status = 422 if form.errors else 200
    return render_in_zone(request, "web/shop/gift.html", context, status=status)


urlpatterns = [
    path("cart/<int:item_id>/gift/", cart_gift, name="cart_gift"),
    path("gifts/open/", gift_open, name="gift_open"),
    path("gifts/<int:gift_id>/", gift, name="gift"),
]
