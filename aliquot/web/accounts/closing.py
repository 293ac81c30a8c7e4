"""A copy of everything that is one's own, and closing the account."""

from typing import Any

from allauth.account.decorators import reauthentication_required
from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from aliquot.accounts import access, services
from aliquot.accounts.errors import ClosingRefusedError
from aliquot.accounts.facts import CLOSING_DAYS, COPIES_PERIOD, MOST_COPIES
from aliquot.accounts.models import User
from aliquot.commerce.queries import renewal_of
from aliquot.flows.close_account import ERASED, KEPT, close_account, has_running_access
from aliquot.infra import clock, limits
from aliquot.infra.http.downloads import private
from aliquot.interop import ownrecords


class CloseForm(forms.Form):
    """The last word."""

    understood = forms.BooleanField(
        label="I have read what is deleted and what stays",
        error_messages={"required": "Tick this once you have read what is deleted and what stays."},
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required  # type: ignore[untyped-decorator]
def close(request: HttpRequest) -> HttpResponse:
    """What closing means, and the button; afterwards the page that says the account is closed.

    Who comes here proves first that it is them, so that neither button leads away to do so.
    """
    person: User = request.user  # type: ignore[assignment]
    form = CloseForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            close_account(person, actor_id=person.pk, now=clock.now())
        except ClosingRefusedError as error:
            form.add_error(None, error.message)
        else:
            request.session.flush()  # the row is gone; the cookie goes too
            return redirect("account_inactive")
    status = 422 if form.errors else 200
    return render(request, "web/accounts/close.html", _context(person, form), status=status)


@login_required
@require_http_methods(["GET", "POST"])
@reauthentication_required(allow_get=True)  # type: ignore[untyped-decorator]
def export(request: HttpRequest) -> HttpResponseBase:
    """An archive of everything that is one's own, sent while it is being made.

    A GET comes from who had to prove once more that it is them: back to the page with the button.
    """
    if request.method != "POST":
        return redirect("accounts:close")
    person: User = request.user  # type: ignore[assignment]
    now = clock.now()
    limits.check(
        scope="own_records", key=str(person.pk), limit=MOST_COPIES, period=COPIES_PERIOD, now=now
    )
    services.record_export(person=person)
    response = StreamingHttpResponse(
        ownrecords.stream(person, now=now), content_type="application/zip"
    )
    return private(response, f"{ownrecords.archive_name(now)}.zip")


def _context(person: User, form: CloseForm) -> dict[str, Any]:
    return {
        "form": form,
        "erased": ERASED,
        "kept": KEPT,
        "days": CLOSING_DAYS,
        "is_staff": access.is_staff(person),
        "has_access": has_running_access(person, now=clock.now()),
        "renews": renewal_of(person) is not None,
    }
