"""What every page of the back office shares: its tabs, its forms, and checking before a deed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from aliquot.accounts.models import StaffRole, User
from aliquot.accounts.queries import roles_of
from aliquot.infra import clock
from aliquot.lib.dates import day_in_zone
from aliquot.lib.errors import AliquotError, NotFoundError

_SUPPORT = {StaffRole.Role.ADMINISTRATOR.value, StaffRole.Role.SUPPORT.value}
_ADMINISTRATOR = {StaffRole.Role.ADMINISTRATOR.value}
_MONEY = {StaffRole.Role.ADMINISTRATOR.value, StaffRole.Role.FINANCE.value}
_ORDERS = _MONEY | _SUPPORT
# label, address, which roles it is for (none named: every staff role)
_TABS: tuple[tuple[str, str, set[str]], ...] = (
    ("Overview", "staff:home", set()),
    ("Courses", "staff:courses", set()),
    ("People", "staff:people", _SUPPORT),
    ("Orders", "staff:orders", _ORDERS),
    ("Refunds", "staff:refunds", _MONEY),
    ("Tax", "staff:tax_rates", _ADMINISTRATOR),
    ("Products", "staff:products", _ORDERS),
    ("Codes", "staff:vouchers", _MONEY),
    ("Books", "staff:books", _MONEY),
    ("Provider", "staff:provider", _ADMINISTRATOR),
    ("Accreditors", "staff:accreditors", _ADMINISTRATOR),
    ("Webhooks", "staff:webhooks", _ADMINISTRATOR),
    ("Upkeep", "staff:upkeep", _ADMINISTRATOR),
    ("Audit", "staff:audit", _ADMINISTRATOR),
)
PAGE_LENGTH = 25


def staff_of(request: HttpRequest) -> User:
    """Who is signed in; behind the gate that is always a person."""
    person: User = request.user  # type: ignore[assignment]
    return person


def today_of(request: HttpRequest) -> date:
    """The day it is for the member of staff who looks."""
    return day_in_zone(clock.now(), staff_of(request).time_zone)


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: the answers of a POST, however few; nothing on a GET."""
    return request.POST if request.method == "POST" else None


def show(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    *,
    section: str = "",
    status: int = 200,
) -> HttpResponse:
    """A page of the back office, with the tabs that the roles of this person open.

    ``section`` is the address whose tab is marked. Templates may ask ``may_administer``,
    ``may_support``, ``may_handle_money``.
    """
    roles = roles_of(staff_of(request))
    tabs = [
        {"label": label, "url": reverse(name), "current": name == section}
        for label, name, wanted in _TABS
        if not wanted or wanted & roles
    ]
    rights = {
        "office_tabs": tabs,
        "may_administer": bool(_ADMINISTRATOR & roles),
        "may_support": bool(_SUPPORT & roles),
        "may_handle_money": bool(_MONEY & roles),
    }
    return render(request, f"staff/{template}", {**rights, **context}, status=status)


@dataclass(frozen=True, slots=True)
class Check:
    """What is about to happen, to be read before the button is pressed."""

    rows: list[dict[str, Any]]
    warning: str = ""


@dataclass(frozen=True, slots=True)
class FormPage:
    """A page with one form. ``danger`` marks a deed that cannot be undone."""

    title: str
    submit: str
    back: str  # the address to return to
    lead: str = ""
    section: str = ""
    danger: bool = False
    trail: Sequence[dict[str, str]] = ()
    extra: dict[str, Any] = field(default_factory=dict)
    template: str = "form.html"


def run_form[Form: forms.Form](
    request: HttpRequest,
    *,
    page: FormPage,
    form: Form,
    do: Callable[[dict[str, Any]], str],
    check: Callable[[dict[str, Any]], Check] | None = None,
) -> HttpResponse:
    """Show the form; with ``check`` show the answers before anything is done; then do the deed.

    ``do`` takes the cleaned answers and returns the address to go to. What a deed refuses is shown
    at the form (at the field it names), with status 422.
    """
    step = request.POST.get("step", "")
    if form.is_bound and step != "change" and form.is_valid():
        if check is not None and step != "do":
            return _check_page(request, page, form, check(form.cleaned_data))
        try:
            return redirect(do(form.cleaned_data))
        except NotFoundError:
            raise
        except AliquotError as error:
            named = getattr(error, "field", None)
            form.add_error(named if named in form.fields else None, error.message)
    if check is not None and not form.fields:  # nothing to ask: only to confirm
        refused = 422 if form.is_bound and form.errors else 200
        return _check_page(request, page, form, check({}), status=refused)
    context = {"page": page, "form": form, "has_check": check is not None, **page.extra}
    status = 422 if form.is_bound and step != "change" and form.errors else 200
    return show(request, page.template, context, section=page.section, status=status)


def _check_page(
    request: HttpRequest, page: FormPage, form: forms.Form, check: Check, status: int = 200
) -> HttpResponse:
    context = {"page": page, "form": form, "check": check}
    return show(request, "check.html", context, section=page.section, status=status)
