"""The list of a person's sessions, kept by the sign-in library."""

from allauth.usersessions.models import UserSession
from django.http import HttpRequest


def note_seen(request: HttpRequest) -> None:
    """Note that the session was used now, from this address and browser."""
    UserSession.objects.create_from_request(request)
