"""The list of a person's sessions, kept by the sign-in library."""

from datetime import datetime

from allauth.account import app_settings
from allauth.account.authentication import get_authentication_records
from allauth.usersessions.models import UserSession
from django.http import HttpRequest

from aliquot.accounts.models import User


def note_seen(request: HttpRequest) -> None:
    """Note that the session was used now, from this address and browser."""
    UserSession.objects.create_from_request(request)


def has_just_used_factor(request: HttpRequest, *, now: datetime) -> bool:
    """Whether this session was given a second factor in the last minutes; a password is none."""
    since = now.timestamp() - app_settings.REAUTHENTICATION_TIMEOUT
    records = get_authentication_records(request, request.user)
    return any(each["method"] == "mfa" and each["at"] > since for each in records)


def end_all_sessions(person: User) -> int:
    """End every session of a person, on all devices; returns how many there were."""
    ended = 0
    for session in UserSession.objects.filter(user_id=person.pk):
        session.end()
        ended += 1
    return ended
