"""Approvals of a course: entering one, withdrawing one. Both are checked before they are done."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from aliquot.accounts import access
from aliquot.catalog import services
from aliquot.catalog.models import Accreditor, Approval, Course
from aliquot.catalog.queries import has_reviewer
from aliquot.infra import clock
from aliquot.infra.idempotency import idempotent
from aliquot.lib.dates import long_date
from aliquot.lib.decimals import shortest
from aliquot.lib.errors import NotFoundError
from aliquot.staff.catalog.courses import SECTION, course_of, title_of, trail_of
from aliquot.staff.frame import Check, FormPage, posted, run_form, staff_of
from aliquot.staff.gate import staff_page

NO_REVIEWER = (
    "The current version names no reviewer, so no accreditor's approval can be entered. "
    "Publish a version whose course.yaml names one."
)


class ApprovalForm(forms.Form):
    """An accreditor's number for a course."""

    accreditor = forms.ModelChoiceField(
        Accreditor.objects.order_by("name"),
        empty_label="Choose an accreditor",
        to_field_name="code",
    )
    number = forms.CharField(
        label="Approval number", max_length=60, help_text="As the accreditor writes it."
    )
    hours = forms.DecimalField(
        label="Contact hours",
        min_value=Decimal("0.01"),
        max_digits=6,
        decimal_places=2,
        error_messages={"min_value": "Enter an amount above zero."},
    )
    valid_from = forms.DateField(
        label="First day", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    valid_through = forms.DateField(
        label="Last day",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="A course finished on this day still carries the approval.",
    )

    def clean(self) -> dict[str, Any]:
        """The days in order."""
        answers: dict[str, Any] = super().clean() or {}
        first, last = answers.get("valid_from"), answers.get("valid_through")
        if first and last and last < first:
            self.add_error("valid_through", f"Choose {long_date(first)} or a later day.")
        return answers


@staff_page(access.can_administer)
@require_http_methods(["GET", "POST"])
@idempotent
def approval_add(request: HttpRequest, code: str) -> HttpResponse:
    """Enter an approval of a course."""
    found = course_of(code)
    back = reverse("staff:course", args=[code])
    is_reviewed = has_reviewer(found.current_version)
    version = found.current_version

    def check(answers: dict[str, Any]) -> Check:
        return Check(
            [
                {"key": "Course", "value": f"{found.code}, {title_of(found)}"},
                {"key": "Accreditor", "value": answers["accreditor"].name},
                {"key": "Approval number", "value": answers["number"]},
                {"key": "Contact hours", "value": shortest(answers["hours"])},
                {"key": "First day", "value": long_date(answers["valid_from"])},
                {"key": "Last day", "value": long_date(answers["valid_through"])},
            ],
            warning=_mismatch(found, answers),
        )

    def do(answers: dict[str, Any]) -> str:
        services.add_approval(
            course=found, actor_id=staff_of(request).pk, now=clock.now(), **answers
        )
        messages.success(request, f"Approval {answers['number']} is entered.")
        return back

    page = FormPage(
        title="Enter an approval",
        submit="Enter approval",
        back=back,
        lead=title_of(found),
        section=SECTION,
        trail=trail_of(found, "Enter an approval"),
        extra={"notice": "" if is_reviewed else NO_REVIEWER},
    )
    form = ApprovalForm(
        posted(request), initial={"hours": version.contact_hours if version else None}
    )
    return run_form(request, page=page, form=form, do=do, check=check)


def _mismatch(course: Course, answers: dict[str, Any]) -> str:
    version = course.current_version
    if version is None or version.contact_hours == answers["hours"]:
        return ""
    return (
        f"Version {version.number} awards {shortest(version.contact_hours)} contact hours, "
        "not the hours of this approval."
    )


@staff_page(access.can_administer)
@require_http_methods(["GET", "POST"])
@idempotent
def approval_withdraw(request: HttpRequest, code: str, approval_id: int) -> HttpResponse:
    """Withdraw an approval from now on."""
    found = course_of(code)
    approval = _approval_of(found, approval_id)
    back = reverse("staff:course", args=[code])

    def check(_: dict[str, Any]) -> Check:
        return Check(
            [
                {"key": "Course", "value": f"{found.code}, {title_of(found)}"},
                {"key": "Accreditor", "value": approval.accreditor.name},
                {"key": "Approval number", "value": approval.number},
                {"key": "Last day", "value": long_date(approval.valid_through)},
            ],
            warning=(
                "From now on, nobody who finishes the course earns credit by this approval. "
                "Certificates issued before keep it. It cannot be put back, only entered anew."
            ),
        )

    def do(_: dict[str, Any]) -> str:
        services.withdraw_approval(
            approval=approval, actor_id=staff_of(request).pk, now=clock.now()
        )
        messages.success(request, f"Approval {approval.number} is withdrawn.")
        return back

    page = FormPage(
        title="Withdraw an approval",
        submit="Withdraw approval",
        back=back,
        section=SECTION,
        danger=True,
        trail=trail_of(found, "Withdraw an approval"),
    )
    form = forms.Form(posted(request))
    return run_form(request, page=page, form=form, do=do, check=check)


def _approval_of(course: Course, approval_id: int) -> Approval:
    found = (
        Approval.objects.filter(pk=approval_id, course=course, withdrawn_at=None)
        .select_related("accreditor", "course")
        .first()
    )
    if found is None:
        raise NotFoundError("There is no such approval in force.")
    return found
