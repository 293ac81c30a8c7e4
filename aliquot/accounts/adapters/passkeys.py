"""Forms for passkeys that refuse a malformed credential as they refuse a wrong one.

The library's own forms fail with KeyError and the like on JSON of another shape (a page of ours
would answer 500 to whoever sends it). The forms are named in ``settings.MFA_FORMS``.
"""

from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn import forms

MALFORMED = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


class _Authenticate:
    """The check of a credential that is presented."""

    def clean_credential(self) -> Any:
        """The authenticator of a right credential."""
        try:
            return super().clean_credential()  # type: ignore[misc]
        except MALFORMED as error:
            raise get_adapter().validation_error("incorrect_code") from error


class LoginForm(_Authenticate, forms.LoginWebAuthnForm):
    """Signing in with a passkey alone."""


class AuthenticateForm(_Authenticate, forms.AuthenticateWebAuthnForm):
    """A passkey as second step."""


class ReauthenticateForm(_Authenticate, forms.ReauthenticateWebAuthnForm):
    """A passkey to prove again that it is oneself."""


class AddForm(forms.AddWebAuthnForm):
    """A new passkey."""

    def clean(self) -> dict[str, Any]:
        """The credential as the browser made it."""
        try:
            cleaned: dict[str, Any] = super().clean()
        except MALFORMED as error:
            raise get_adapter().validation_error("incorrect_code") from error
        return cleaned
