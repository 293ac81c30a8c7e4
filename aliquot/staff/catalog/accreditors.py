"""Accreditors: who may approve courses here, and what their approval is called."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from aliquot.accounts import access
from aliquot.catalog import data, services
from aliquot.catalog.models import Accreditor
from aliquot.infra.idempotency import idempotent
from aliquot.lib.errors import NotFoundError
from aliquot.staff.frame import FormPage, posted, run_form, show, staff_of
from aliquot.staff.gate import staff_page

SECTION = "staff:accreditors"
TRAIL = "Accreditors"


class AccreditorForm(forms.Form):
    """A body that approves courses."""

    short_name = forms.SlugField(
        max_length=40,
        help_text="Letters, digits and hyphens. Course files name the accreditor by it, "
        "so it cannot be changed later.",
    )
    name = forms.CharField(max_length=200)
    approval_kind = forms.ChoiceField(
        label="Kind of approval",
        choices=lambda: list(data.approvals().items()),
        help_text="Decides where credit earned under it counts.",
    )
    provider_number = forms.CharField(
        label="Your provider number there", max_length=40, required=False
    )
    statement = forms.CharField(
        max_length=1000,
        required=False,
        widget=forms.Textarea,
        help_text="Certificates print it. Write {number} and {hours} where they belong. "
        "Take the wording from your accreditor.",
    )
    is_demonstration = forms.BooleanField(label="Fictional, for the demonstration", required=False)

    def __init__(self, *args: Any, present: Accreditor | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.present = present
        if present is not None:
            del self.fields["short_name"]
        if not settings.IS_DEMO:
            del self.fields["is_demonstration"]

    def clean_short_name(self) -> str:
        """A name that no accreditor has yet: adding must never change another one."""
        code = str(self.cleaned_data["short_name"])
        if Accreditor.objects.filter(code=code).exists():
            raise forms.ValidationError("Another accreditor has this short name.")
        return code


@staff_page(access.can_administer)
@require_safe
def accreditors(request: HttpRequest) -> HttpResponse:
    """Every accreditor, by name."""
    kinds = data.approvals()
    rows = [
        {"accreditor": each, "kind": kinds.get(each.approval_kind, each.approval_kind)}
        for each in Accreditor.objects.order_by("name", "pk")
    ]
    return show(request, "catalog/accreditors.html", {"rows": rows}, section=SECTION)


@staff_page(access.can_administer)
@require_http_methods(["GET", "POST"])
@idempotent
def accreditor_add(request: HttpRequest) -> HttpResponse:
    """Enter an accreditor."""
    return _save(request, present=None)


@staff_page(access.can_administer)
@require_http_methods(["GET", "POST"])
@idempotent
def accreditor(request: HttpRequest, code: str) -> HttpResponse:
    """Change an accreditor. What certificates froze does not change."""
    present = Accreditor.objects.filter(code=code).first()
    if present is None:
        raise NotFoundError("There is no such accreditor.")
    return _save(request, present=present)


def _save(request: HttpRequest, *, present: Accreditor | None) -> HttpResponse:
    names = ("name", "approval_kind", "provider_number", "statement", "is_demonstration")
    kept = {name: getattr(present, name) for name in names} if present else {}

    def do(answers: dict[str, Any]) -> str:
        code = present.code if present else answers["short_name"]
        fields = kept | {name: answers[name] for name in names if name in answers}
        saved = services.save_accreditor(code=code, actor_id=staff_of(request).pk, **fields)
        messages.success(request, f"{saved.name} is saved.")
        return reverse(SECTION)

    title = present.name if present else "Enter an accreditor"
    page = FormPage(
        title=title,
        submit="Save accreditor",
        back=reverse(SECTION),
        section=SECTION,
        trail=[{"label": TRAIL, "url": reverse(SECTION)}, {"label": title}],
    )
    form = AccreditorForm(posted(request), present=present, initial=kept)
    return run_form(request, page=page, form=form, do=do)
