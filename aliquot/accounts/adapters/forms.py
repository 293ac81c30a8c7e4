"""What sign-up asks beside address and password."""

from django import forms
from django.http import HttpRequest

from aliquot.accounts import rules
from aliquot.accounts.errors import InvalidProfileError
from aliquot.accounts.models import User


class SignupForm(forms.Form):
    """The name as on the license, and the browser's time zone where a script could tell it."""

    full_name = forms.CharField(
        label="Your name, as it is on your license",
        max_length=200,
        help_text="Certificates print it exactly so. You can change it later.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )

    def clean_full_name(self) -> str:
        """The name in one clean line."""
        try:
            return rules.clean_line(
                field="full_name",
                value=self.cleaned_data["full_name"],
                longest=200,
                required=True,
            )
        except InvalidProfileError as error:
            raise forms.ValidationError(error.message) from error

    def signup(self, request: HttpRequest, user: User) -> None:
        """Called by the sign-in library after the account is made."""
        user.full_name = self.cleaned_data["full_name"]
        user.save(update_fields=["full_name"])
