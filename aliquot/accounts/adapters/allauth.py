"""Hooks into the sign-in library."""

from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):
    """Our choices where the library asks."""
