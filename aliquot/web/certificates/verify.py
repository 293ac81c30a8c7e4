"""The public page that says what a certificate is worth.

No account, no script, and no more than what is printed on the paper in the reader's hand.
"""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from aliquot.certificates import queries
from aliquot.certificates.facts import VERIFY_PERIOD, VERIFY_TRIES
from aliquot.infra import clock, limits
from aliquot.infra.http.requests import client_network
from aliquot.lib import codes
from aliquot.web.certificates.forms import CodeForm


@require_safe
def verify_form(request: HttpRequest) -> HttpResponse:
    """One field; a whole code leads to its page."""
    form = CodeForm(request.GET if "code" in request.GET else None)
    if form.is_bound and form.is_valid():
        code = codes.grouped(form.cleaned_data["code"])
        return HttpResponseRedirect(reverse("certificates:verify", args=[code]))
    return render(request, "web/certificates/verify_form.html", {"form": form})


@require_safe
def verify(request: HttpRequest, code: str) -> HttpResponse:
    """Status first. An unknown code takes the same way as a known one and answers 404.

    What the check character shows to be mistyped is no secret, so it is explained at once.
    """
    limits.check(
        scope="verify",
        key=client_network(request),
        limit=VERIFY_TRIES,
        period=VERIFY_PERIOD,
        now=clock.now(),
    )
    form = CodeForm({"code": code})
    if not form.is_valid():
        response = render(
            request,
            "web/certificates/verify_form.html",
            {"form": form},
            status=HTTPStatus.NOT_FOUND,
        )
    else:
        found = queries.verification(form.cleaned_data["code"])
        response = render(
            request,
            "web/certificates/verify.html",
            {"found": found, "code": codes.grouped(form.cleaned_data["code"])},
            status=HTTPStatus.OK if found else HTTPStatus.NOT_FOUND,
        )
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Cache-Control"] = "no-store"
    return response
