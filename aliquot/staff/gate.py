"""The door of the back office: signed in, a staff role that fits, a second factor set up."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from aliquot.accounts import access, queries
from aliquot.accounts.models import User

View = Callable[Concatenate[HttpRequest, ...], HttpResponse]


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
