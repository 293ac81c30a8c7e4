"""Closing an account, opening it again, and erasing what may go; the flow writes the audit rows."""

from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import transaction

from aliquot.accounts.adapters.sessions import end_all_sessions
from aliquot.accounts.errors import ClosingRefusedError
from aliquot.accounts.facts import CLOSING_DAYS
from aliquot.accounts.models import AccountClosing, ApiToken, LicenseNumber, StaffRole, User
from aliquot.accounts.queries import open_closing_of
from aliquot.accounts.services.tokens import end_all_tokens
from aliquot.infra import audit

NOBODY = "closed.invalid"  # a domain that no mail can reach


@transaction.atomic
def close_account(*, person: User, now: datetime, actor_id: int) -> AccountClosing:
    """Nobody signs in any more: every session and token ends. Closed already, it stays as it is.

    Raises ClosingRefusedError for somebody with a staff role: whoever gives roles takes it first.
    """
    person = User.objects.select_for_update().get(pk=person.pk)
    closing = open_closing_of(person)
    if closing is not None:
        return closing
    if StaffRole.objects.filter(person=person).exists():
        raise ClosingRefusedError(
            "Somebody with a staff role cannot be closed. Another administrator takes the role "
            "away first."
        )
    if not person.is_active:
        raise ClosingRefusedError("This account is closed already.")
    person.is_active = False
    person.save(update_fields=["is_active"])
    closing = AccountClosing.objects.create(
        person=person,
        closed_at=now,
        closed_by_id=actor_id,
        erase_at=now + timedelta(days=CLOSING_DAYS),
    )
    ended = {
        "sessions_ended": end_all_sessions(person),
        "tokens_ended": end_all_tokens(person=person, now=now),
    }
    audit.record(action="person.closed", actor_id=actor_id, subject=person, details=ended)
    return closing


@transaction.atomic
def reopen_account(*, person: User, now: datetime, actor_id: int) -> AccountClosing:
    """The person signs in as before. Raises ClosingRefusedError when it is open, or erased."""
    person = User.objects.select_for_update().get(pk=person.pk)
    closing = open_closing_of(person)
    if closing is None:
        raise ClosingRefusedError("This account is not closed, or it is erased already.")
    closing.reopened_at = now
    closing.save(update_fields=["reopened_at"])
    person.is_active = True
    person.save(update_fields=["is_active"])
    audit.record(action="person.reopened", actor_id=actor_id, subject=person)
    return closing


@transaction.atomic
def erase_person(*, closing: AccountClosing, now: datetime) -> bool:
    """Forget who it was: names, addresses, numbers, and every way to sign in.

    The row stays, without a name, because records that are kept point at it. False when it was
    opened again or erased already.
    """
    person = User.objects.select_for_update().get(pk=closing.person_id)
    mine = AccountClosing.objects.filter(pk=closing.pk, reopened_at=None, erased_at=None)
    if not mine.update(erased_at=now):
        return False
    LicenseNumber.objects.filter(person=person).delete()
    ApiToken.objects.filter(person=person).delete()
    for model in (EmailAddress, Authenticator, UserSession):
        model.objects.filter(user_id=person.pk).delete()
    person.email = f"closed-{person.pk}@{NOBODY}"
    person.full_name = f"Closed account {person.pk}"
    person.time_zone = User._meta.get_field("time_zone").default
    person.ascp_customer_id = person.ascls_member_number = ""
    person.set_unusable_password()
    person.save()
    audit.record(action="person.erased", actor_id=None, subject=person)
    return True


@transaction.atomic
def record_export(*, person: User) -> None:
    """Note that the person took a copy of everything that is theirs."""
    audit.record(action="person.exported", actor_id=person.pk, subject=person)
