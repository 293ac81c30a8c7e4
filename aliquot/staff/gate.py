"""The door of the back office: signed in, a staff role that fits, a second factor set up."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from aliquot.accounts import access, queries
from aliquot.accounts.adapters import sessions
from aliquot.accounts.models import User
from aliquot.infra import clock

View = Callable[Concatenate[HttpRequest, ...], HttpResponse]


def proof_to_ask(request: HttpRequest) -> HttpResponse | None:
    """The way to a second factor and back, unless one was used in this session just now.

    For what gives power over somebody's account: a session left open is not enough for that.
    """
    if sessions.has_just_used_factor(request, now=clock.now()):
        return None
    messages.info(
        request, "This needs your second factor once more; the password alone is not enough."
    )
    person: User = request.user  # type: ignore[assignment]
    asks = "mfa_reauthenticate" if queries.has_codes(person) else "mfa_reauthenticate_webauthn"
    return redirect(f"{reverse(asks)}?{urlencode({'next': request.path})}")


def staff_page(may: Callable[[User], bool] = access.is_staff) -> Callable[[View], View]:
    """Let in whom ``may`` allows. Others get what a missing page gives: nothing to learn here."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            person: User = request.user  # type: ignore[assignment]
            if not may(person):
                raise Http404
            if not queries.has_second_factor(person):
                messages.warning(
                    request, "The back office needs a second factor. Set up a passkey or codes."
                )
                return redirect("mfa_index")
            return view(request, *args, **kwargs)

        return login_required(guarded)

    return decorate
