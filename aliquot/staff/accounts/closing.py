"""Closing somebody's account for them, and opening it again while that is possible."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from aliquot.accounts import access
from aliquot.accounts.facts import CLOSING_DAYS
from aliquot.flows import close_account as flow
from aliquot.infra import clock
from aliquot.infra.idempotency import idempotent
from aliquot.staff.accounts.record import SECTION, address_of, opened, trail_of
from aliquot.staff.frame import Check, FormPage, posted, run_form, staff_of
from aliquot.staff.gate import staff_page

ERASED = "Profile, ways to sign in, credentials, uploads, places in courses, cart and saved card"
KEPT = "Certificates, completions, credit, tests, orders with their papers, the audit trail"


@staff_page(access.can_support)
@require_http_methods(["GET", "POST"])
@idempotent
def person_close(request: HttpRequest, person_id: int) -> HttpResponse:
    """Close an account because its holder asked for it."""
    person = opened(request, person_id, page="closing")

    def check(_: dict[str, Any]) -> Check:
        return Check(
            [
                {"key": "Person", "value": f"{person}, {person.email}"},
                {
                    "key": "At once",
                    "value": "Signed out everywhere; nothing renews; told by mail",
                },
                {"key": f"Deleted after {CLOSING_DAYS} days", "value": ERASED},
                {"key": "Stays", "value": KEPT},
            ],
            warning=(
                "Do this only if the person asked for it, and you know that it was them. It can be "
                f"opened again for {CLOSING_DAYS} days."
            ),
        )

    def do(_: dict[str, Any]) -> str:
        flow.close_account(person, actor_id=staff_of(request).pk, now=clock.now())
        messages.success(request, "The account is closed. Its holder was told by mail.")
        return address_of(person)

    page = FormPage(
        title="Close this account",
        submit="Close account",
        back=address_of(person),
        section=SECTION,
        danger=True,
        trail=trail_of(person, "Close this account"),
    )
    return run_form(request, page=page, form=forms.Form(posted(request)), do=do, check=check)


@staff_page(access.can_support)
@require_http_methods(["GET", "POST"])
@idempotent
def person_reopen(request: HttpRequest, person_id: int) -> HttpResponse:
    """Open a closed account again."""
    person = opened(request, person_id, page="closing")

    def check(_: dict[str, Any]) -> Check:
        return Check(
            [{"key": "Person", "value": f"{person}, {person.email}"}],
            warning=(
                "The person can sign in again and is told by mail. Sessions, tokens and renewal "
                "stay ended."
            ),
        )

    def do(_: dict[str, Any]) -> str:
        flow.reopen_account(person, actor_id=staff_of(request).pk, now=clock.now())
        messages.success(request, "The account is open again. Its holder was told by mail.")
        return address_of(person)

    page = FormPage(
        title="Open this account again",
        submit="Open account",
        back=address_of(person),
        section=SECTION,
        trail=trail_of(person, "Open this account again"),
    )
    return run_form(request, page=page, form=forms.Form(posted(request)), do=do, check=check)
