"""Staff roles: giving one, taking one away. The person signs in anew after either."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from aliquot.accounts import access, services
from aliquot.accounts.models import StaffRole
from aliquot.accounts.queries import roles_of
from aliquot.infra import clock
from aliquot.infra.idempotency import idempotent
from aliquot.lib.errors import NotFoundError
from aliquot.staff.accounts.record import SECTION, address_of, opened, trail_of
from aliquot.staff.frame import Check, FormPage, posted, run_form, staff_of
from aliquot.staff.gate import staff_page

MEANINGS = {
    StaffRole.Role.ADMINISTRATOR: "changes courses, approvals, certificates and roles",
    StaffRole.Role.AUTHOR: "sees courses that are not open yet",
    StaffRole.Role.REVIEWER: "sees courses that are not open yet",
    StaffRole.Role.SUPPORT: "looks people up and gives them access",
    StaffRole.Role.FINANCE: "sees the list of courses, decides about refunds",
}


class RoleForm(forms.Form):
    """Which role to give."""

    role = forms.ChoiceField(widget=forms.RadioSelect)

    def __init__(self, *args: Any, held: set[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: forms.ChoiceField = self.fields["role"]  # type: ignore[assignment]
        field.choices = [
            (role.value, f"{role.label.capitalize()}: {MEANINGS[role]}")
            for role in StaffRole.Role
            if role.value not in held
        ]


@staff_page(access.can_administer)
@require_http_methods(["GET", "POST"])
@idempotent
def role_give(request: HttpRequest, person_id: int) -> HttpResponse:
    """Give a person a staff role."""
    person = opened(request, person_id, page="roles")

    def check(answers: dict[str, Any]) -> Check:
        role = StaffRole.Role(answers["role"])
        return Check(
            [
                {"key": "Person", "value": f"{person}, {person.email}"},
                {"key": "Role", "value": role.label.capitalize()},
                {"key": "May then", "value": MEANINGS[role].capitalize()},
            ],
            warning=(
                "The person is signed out everywhere, and needs a second factor to work in the "
                "back office."
            ),
        )

    def do(answers: dict[str, Any]) -> str:
        services.grant_staff_role(
            person=person, role=answers["role"], now=clock.now(), actor_id=staff_of(request).pk
        )
        messages.success(request, f"{person} is now {StaffRole.Role(answers['role']).label}.")
        return address_of(person)

    page = FormPage(
        title="Give a staff role",
        submit="Give role",
        back=address_of(person),
        lead=str(person),
        section=SECTION,
        trail=trail_of(person, "Give a staff role"),
    )
    form = RoleForm(posted(request), held=roles_of(person))
    return run_form(request, page=page, form=form, do=do, check=check)


@staff_page(access.can_administer)
@require_http_methods(["GET", "POST"])
@idempotent
def role_withdraw(request: HttpRequest, person_id: int, role: str) -> HttpResponse:
    """Take a staff role away."""
    person = opened(request, person_id, page="roles")
    if role not in roles_of(person):
        raise NotFoundError("The person does not hold this role.")
    label = StaffRole.Role(role).label

    def check(_: dict[str, Any]) -> Check:
        return Check(
            [
                {"key": "Person", "value": f"{person}, {person.email}"},
                {"key": "Role", "value": label.capitalize()},
            ],
            warning="The person is signed out everywhere and loses this role at once.",
        )

    def do(_: dict[str, Any]) -> str:
        services.withdraw_staff_role(person=person, role=role, actor_id=staff_of(request).pk)
        messages.success(request, f"{person} is no longer {label}.")
        return address_of(person)

    page = FormPage(
        title="Take a staff role away",
        submit="Take role away",
        back=address_of(person),
        section=SECTION,
        danger=True,
        trail=trail_of(person, "Take a staff role away"),
    )
    form = forms.Form(posted(request))
    return run_form(request, page=page, form=form, do=do, check=check)
