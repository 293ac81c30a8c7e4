"""The form of the checkout: who buys, where, how it is paid, and the consent."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.html import format_html

from aliquot.accounts.facts import STATES
from aliquot.commerce.adapters.gateways import gateway, names_on
from aliquot.commerce.adapters.taxes import tax_source
from aliquot.flows.place_order import Buyer
from aliquot.lib.countries import COUNTRIES, HOME, POSTAL_CODE_IN, ZIP


class CheckoutForm(forms.Form):
    """Nothing is ticked beforehand. ``terms`` may be left out to look at the tax only."""

    name = forms.CharField(
        label="Name",
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": "Enter the name for the receipt."},
    )
    email = forms.EmailField(
        label="E-mail address for the receipt",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": "Enter an e-mail address for the receipt."},
    )
    organization = forms.CharField(
        label="Organization",
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    country = forms.ChoiceField(
        label="Country",
        choices=list(COUNTRIES.items()),
        widget=forms.Select(attrs={"autocomplete": "country"}),
    )
    region = forms.ChoiceField(
        label="State",
        error_messages={"required": "Choose your state: it decides the tax."},
        choices=[("", "Choose a state"), *STATES.items()],
        widget=forms.Select(attrs={"autocomplete": "address-level1"}),
    )
    postal_code = forms.CharField(
        label="ZIP or postal code",
        max_length=12,
        required=False,
        error_messages={"required": "Enter your ZIP or postal code: it decides the tax."},
        widget=forms.TextInput(attrs={"autocomplete": "postal-code"}),
    )
    address = forms.CharField(
        label="Address",
        max_length=500,
        required=False,
        help_text="If your receipt needs one.",
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "street-address"}),
    )
    gateway = forms.ChoiceField(
        label="How do you pay?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how you pay."},
    )
    purchase_order_number = forms.CharField(
        label="Purchase order number",
        max_length=80,
        required=False,
        help_text="Printed on the invoice, if you pay by invoice.",
    )
    keep_card = forms.BooleanField(
        label="Keep my card at the payment provider, so that I can switch on renewal later.",
        required=False,
        help_text="Nothing renews by itself. Renewal is a separate switch under My access.",
    )
    terms = forms.BooleanField(
        label="I agree to the terms, and I have read the refund rule.",
        error_messages={"required": "Agree to the terms to go on."},
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        country = self.data.get("country") if self.is_bound else self.initial.get("country")
        self.fields["region"].required = country == HOME
        if tax_source().is_remote:
            self.fields["postal_code"].required = country in POSTAL_CODE_IN
        else:
            del self.fields["postal_code"]
        ways = sorted(map(gateway, names_on()), key=lambda way: not way.is_online)
        self.fields["gateway"].choices = [(way.name, way.title) for way in ways]  # type: ignore[attr-defined]
        self.fields["terms"].help_text = format_html(
            'Read <a href="{}">the terms</a> and <a href="#refund-rule">the refund rule</a>.',
            reverse("pages:page", args=["terms"]),
        )

    def clean(self) -> dict[str, Any]:
        """States are those of the United States; elsewhere none is kept."""
        said = super().clean() or {}
        if said.get("country") != HOME:
            said["region"] = ""
        elif said.get("postal_code") and not ZIP.fullmatch(said["postal_code"]):
            self.add_error("postal_code", "Enter the ZIP code as 5 digits, such as 33602.")
        return said

    def buyer(self) -> Buyer:
        """Who pays, as the order keeps it."""
        names = ("name", "email", "country", "region", "organization", "address")
        said = {name: self.cleaned_data[name] for name in names}
        return Buyer(**said, postal_code=self.cleaned_data.get("postal_code", ""))

    def typed(self, *, but: tuple[str, ...] = ()) -> dict[str, Any]:
        """What was typed so far, not judged, for the same form again."""
        return {
            name: field.widget.value_from_datadict(self.data, self.files, name)
            for name, field in self.fields.items()
            if name not in but
        }
