"""Hooks into the sign-in library: its deeds leave audit rows, its changes end other sessions."""

from typing import Any

from allauth.account import signals as account_signals
from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa import signals as mfa_signals
from allauth.usersessions.models import UserSession
from django.contrib.auth.signals import user_logged_out
from django.db import transaction
from django.http import HttpRequest

from aliquot.accounts.models import User
from aliquot.infra import audit


class AccountAdapter(DefaultAccountAdapter):
    """Our choices where the library asks."""

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """After signing in: where the person was going, else their learning."""
        return str(super().get_login_redirect_url(request))


def end_other_sessions(*, person: User, request: HttpRequest) -> int:
    """End every session of the person but this one; returns how many ended."""
    others = UserSession.objects.filter(user_id=person.pk).exclude(
        session_key=request.session.session_key
    )
    ended = 0
    for session in others:
        session.end()
        ended += 1
    return ended


def record_deed(action: str, *, credential: bool = False) -> Any:
    """A receiver that writes the audit row ``action``; a changed credential ends other sessions."""

    def receiver(sender: Any, request: HttpRequest, user: User, **_: Any) -> None:
        with transaction.atomic():
            details = {}
            if credential:
                details["sessions_ended"] = end_other_sessions(person=user, request=request)
            audit.record(action=action, actor_id=user.pk, subject=user, details=details)

    return receiver


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
    (account_signals.password_reset, record_deed("person.password_reset", credential=True)),
    (account_signals.email_changed, record_deed("person.email_changed", credential=True)),
    (mfa_signals.authenticator_added, record_deed("person.factor_added", credential=True)),
    (mfa_signals.authenticator_removed, record_deed("person.factor_removed", credential=True)),
    (mfa_signals.authenticator_reset, record_deed("person.factor_reset", credential=True)),
    (user_logged_out, record_sign_out),
]


def connect() -> None:
    """Listen to the library; called once when the app is ready."""
    for signal, receiver in RECEIVERS:
        signal.connect(receiver, weak=False)
