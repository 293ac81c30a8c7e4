"""Removing the second factors of a learner who lost them; those of staff need the machine."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from aliquot.accounts import access, services
from aliquot.accounts.queries import factors_of
from aliquot.infra.idempotency import idempotent
from aliquot.lib.errors import NotFoundError
from aliquot.staff.accounts.record import SECTION, address_of, opened, trail_of
from aliquot.staff.frame import Check, FormPage, posted, run_form, staff_of
from aliquot.staff.gate import proof_to_ask, staff_page

TITLE = "Remove second factors"


class BecauseForm(forms.Form):
    """Who asked, and how that was made sure."""

    because = forms.CharField(
        label="How you made sure who asks",
        max_length=200,
        help_text="Such as: called back at the number of the order. It stays in the audit trail.",
    )


@staff_page(access.can_administer)
@require_http_methods(["GET", "POST"])
@idempotent
def person_factors(request: HttpRequest, person_id: int) -> HttpResponse:
    """Let a learner in again who lost phone and recovery codes."""
    person = opened(request, person_id, page="second factors")
    if access.is_staff(person):
        raise NotFoundError("Second factors of staff are removed on the machine.")
    if ask := proof_to_ask(request):
        return ask

    def check(answers: dict[str, Any]) -> Check:
        return Check(
            [
                {"key": "Person", "value": f"{person}, {person.email}"},
                {
                    "key": "Is removed",
                    "value": ", ".join(factors_of(person)) or "Nothing: there is none",
                },
                {"key": "At once", "value": "Signed out everywhere; told by mail"},
                {"key": "Reason", "value": answers["because"]},
            ],
            warning=(
                "From then on the password alone signs in. A mail, a call or a chat is no proof of "
                "who asks: call back at a number that you had before."
            ),
        )

    def do(answers: dict[str, Any]) -> str:
        removed = services.remove_factors(
            person=person, because=answers["because"], actor_id=staff_of(request).pk
        )
        if removed:
            messages.success(request, "The second factors are removed. A mail tells the person.")
        else:
            messages.info(request, "There was no second factor. Nothing was changed.")
        return address_of(person)

    page = FormPage(
        title=TITLE,
        submit=TITLE,
        back=address_of(person),
        lead="For somebody who lost their phone, or passkey, and the recovery codes.",
        section=SECTION,
        danger=True,
        trail=trail_of(person, TITLE),
    )
    form = BecauseForm(posted(request))
    return run_form(request, page=page, form=form, do=do, check=check)
