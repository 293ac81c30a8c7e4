"""What sign-up asks beside address and password."""

from django import forms
from django.http import HttpRequest

from aliquot.accounts.models import User


class SignupForm(forms.Form):
    """The name as on the license."""

    full_name = forms.CharField(label="Your name, as on your license", max_length=200)

    def signup(self, request: HttpRequest, user: User) -> None:
        """Called by the sign-in library after the account is made."""
        user.full_name = self.cleaned_data["full_name"]
        user.save(update_fields=["full_name"])
