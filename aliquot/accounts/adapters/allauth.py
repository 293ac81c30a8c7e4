"""Hooks into the sign-in library: its deeds leave audit rows, its changes end other sessions."""

import logging
from typing import Any

from allauth.account import signals as account_signals
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.userkit import filter_users_by_email
from allauth.mfa import signals as mfa_signals
from allauth.usersessions.models import UserSession
from django.contrib.auth.hashers import make_password
from django.contrib.auth.signals import user_logged_out
from django.db import transaction
from django.http import HttpRequest

from aliquot.accounts.models import User
from aliquot.accounts.services import end_all_tokens
from aliquot.infra import audit, clock

logger = logging.getLogger("aliquot.accounts")


class AccountAdapter(DefaultAccountAdapter):
    """Our choices where the library asks."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": (
            "The e-mail address or the password is not right. Check both; if you do not know the "
            "password any more, choose a new one under “Forgot your password?”."
        ),
        "incorrect_code": "That is not the code we sent. Type the one in our newest mail.",
        "incorrect_password": "The password is not right.",
        "rate_limited": "That was asked for a moment ago. Wait half a minute, then ask again.",
    }

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """After signing in: where the person was going, else their learning."""
        return str(super().get_login_redirect_url(request))

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """One counter of failures for an account: the library would count addresses, passwords and
        codes apart, and each path would give an attacker five more tries.

        The key is the one that ``allauth.mfa`` counts wrong codes by; a test watches it.
        """
        person = _person_of(credentials)
        if person is not None:
            return f"mfa-auth-user-{person.pk}"
        return str(super()._get_login_attempts_cache_key(request, **credentials))

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """A line in the log for each wrong password: whose account, never what was typed."""
        person = _person_of(credentials)
        whose = f"person {person.pk}" if person else "an address that is nobody's"
        logger.warning("wrong password for %s", whose)

    def send_account_already_exists_mail(self, email: str) -> None:
        """Signing up again takes as long as the first time did: a password is hashed here too."""
        make_password("as long as a real one takes")
        super().send_account_already_exists_mail(email)


def _person_of(credentials: dict[str, Any]) -> User | None:
    """Whose address was typed to sign in, as the library finds it."""
    address = str(credentials.get("email") or "")
    found = filter_users_by_email(address, prefer_verified=True, for_login=True)
    return found[0] if len(found) == 1 else None


def end_other_sessions(*, person: User, request: HttpRequest) -> int:
    """End every session of the person but this one; returns how many others were alive."""
    others = UserSession.objects.filter(user_id=person.pk).exclude(
        session_key=request.session.session_key
    )
    ended = 0
    for session in others:
        # The list may still name this very session by the key it had until a moment ago.
        ended += session.exists()
        session.end()
    return ended


def record_deed(action: str, *, credential: bool = False, tokens: bool = False) -> Any:
    """A receiver that writes the audit row ``action``; a changed credential ends other sessions.

    ``tokens``: it ends the API tokens, too. Who resets a password may have lost the account.
    """

    def receiver(sender: Any, request: HttpRequest, user: User, **_: Any) -> None:
        with transaction.atomic():
            details = {}
            if credential:
                details["sessions_ended"] = end_other_sessions(person=user, request=request)
            if tokens:
                details["tokens_ended"] = end_all_tokens(person=user, now=clock.now())
            audit.record(action=action, actor_id=user.pk, subject=user, details=details)

    return receiver


def note_wrong_code(sender: Any, user: User, **_: Any) -> None:
    """A line in the log for each wrong code of a second factor."""
    logger.warning("wrong code for person %d", user.pk)


def record_sign_out(sender: Any, request: HttpRequest, user: User | None, **_: Any) -> None:
    """Signing out without a session is no deed."""
    if user is None:
        return
    with transaction.atomic():
        audit.record(action="person.signed_out", actor_id=user.pk, subject=user)


RECEIVERS = [
    (account_signals.user_signed_up, record_deed("person.signed_up")),
    (account_signals.user_logged_in, record_deed("person.signed_in")),
    (account_signals.password_set, record_deed("person.password_set", credential=True)),
    (account_signals.password_changed, record_deed("person.password_changed", credential=True)),
    (
        account_signals.password_reset,
        record_deed("person.password_reset", credential=True, tokens=True),
    ),
    (account_signals.email_changed, record_deed("person.email_changed", credential=True)),
    (mfa_signals.authenticator_added, record_deed("person.factor_added", credential=True)),
    (mfa_signals.authenticator_removed, record_deed("person.factor_removed", credential=True)),
    (mfa_signals.authenticator_reset, record_deed("person.factor_reset", credential=True)),
    (mfa_signals.authentication_failed, note_wrong_code),
    (user_logged_out, record_sign_out),
]


def connect() -> None:
    """Listen to the library; called once when the app is ready."""
    for signal, receiver in RECEIVERS:
        signal.connect(receiver, weak=False)
