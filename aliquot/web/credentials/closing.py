"""Closing the open cycle: the pack to type from, what was typed, the audit drill, "I declared"."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aliquot.credentials import access, queries, services
from aliquot.credentials.errors import InvalidClaimError
from aliquot.credentials.models import HeldCredential
from aliquot.credentials.queries import CycleStanding
from aliquot.credentials.queries.wording import in_units
from aliquot.flows.audit_pack import open_pack
from aliquot.flows.close_cycle import Closing, closing_of, closing_on, declare, drill_of
from aliquot.infra import clock
from aliquot.infra.http.downloads import attached, paper_of
from aliquot.interop.auditpack.tables import sheet_csv, sheet_name
from aliquot.lib.dates import day_in_zone
from aliquot.web.credentials import audits, downloads, sheets
from aliquot.web.credentials.forms import DeclareForm, PinForm
from aliquot.web.own import reader


@login_required
@require_safe
def pack(request: HttpRequest, held_id: int) -> HttpResponse:
    """The lines to type at the body, in its order; once declared, what was declared."""
    return _pack_page(request, _own(request, held_id), None)


@login_required
@require_POST
def typed(request: HttpRequest, held_id: int) -> HttpResponse:
    """A line was typed at the body: pin it there."""
    held, form = _own(request, held_id), PinForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        try:
            outcome = services.pin_activity(
                held=held,
                activity_id=said["activity"],
                requirement=said["requirement"],
                amount=said["amount"] if said["amount"] is not None else Decimal(0),
                now=clock.now(),
                actor_id=reader(request).pk,
            )
        except InvalidClaimError as error:
            form.refuse(error)
        else:
            if outcome.cost:
                cost = in_units(
                    outcome.cost, queries.facts_of(held, access.open_cycle_of(held)).pack.unit
                )
                messages.warning(
                    request, f"Noted as typed. It costs {cost}: that much more is missing now."
                )
            return redirect(_row_address(held, said["activity"], said["requirement"]))
    return _pack_page(request, held, form)


@login_required
@require_POST
def untyped(request: HttpRequest, held_id: int) -> HttpResponse:
    """A line was not typed after all: take the pin back."""
    held, form = _own(request, held_id), PinForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        try:
            services.unpin_activity(
                held=held,
                activity_id=said["activity"],
                requirement=said["requirement"],
                now=clock.now(),
                actor_id=reader(request).pk,
            )
        except InvalidClaimError as error:
            form.refuse(error)
        else:
            return redirect(_row_address(held, said["activity"], said["requirement"]))
    return _pack_page(request, held, form)


@login_required
@require_safe
def pack_pdf(request: HttpRequest, held_id: int) -> HttpResponse:
    """The pack as a PDF, Letter or A4."""
    found, now = closing_of(_own(request, held_id), now=clock.now()), clock.now()
    content = queries.sheet_pdf(found.sheet, paper=paper_of(request), at=now)
    return attached(content, "application/pdf", sheet_name(found.sheet, "pdf"))


@login_required
@require_safe
def pack_csv(request: HttpRequest, held_id: int) -> HttpResponse:
    """The pack as a table."""
    sheet = closing_of(_own(request, held_id), now=clock.now()).sheet
    return attached(sheet_csv(sheet), "text/csv", sheet_name(sheet, "csv"))


@login_required
@require_safe
def audit_pack(request: HttpRequest, held_id: int) -> HttpResponseBase:
    """Every proof with an index, as a ZIP archive."""
    now = clock.now()
    return downloads.archive(open_pack(closing_of(_own(request, held_id), now=now), now=now))


@login_required
@require_safe
def audit(request: HttpRequest, held_id: int) -> HttpResponse:
    """Which records would fail an audit today, and how to mend each."""
    held = _own(request, held_id)
    found = closing_of(held, now=clock.now())
    if found.standing.declared is not None:
        return redirect("credentials:declaration_audit", held.pk, found.standing.declared.id)
    context = audit_context(found.sheet, drill_of(found), held) | {
        "back_url": reverse("credentials:pack", args=[held.pk]),
        "zip_url": reverse("credentials:audit_pack", args=[held.pk]),
    }
    return render(request, "web/credentials/audit.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def declare_cycle(request: HttpRequest, held_id: int) -> HttpResponse:
    """Note "I declared": the day and the number, then everything to check, then it is kept."""
    held, now = _own(request, held_id), clock.now()
    standing = queries.standing_of(held, now=now)
    if standing.declared is not None:
        return redirect("credentials:declaration", held.pk, standing.declared.id)
    today = _today(held, now)
    is_changing = "change" in request.POST
    initial = request.POST.dict() if is_changing else {"declared_on": today}
    data = request.POST if request.method == "POST" and not is_changing else None
    form = DeclareForm(data, today=today, initial=initial)
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        if said["declared_on"] > today:
            form.add_error("declared_on", "Check the date: it is in the future.")
        elif "checked" not in request.POST:
            return _check_page(request, held, form)
        else:
            try:
                declaration = declare(held=held, now=now, actor_id=reader(request).pk, **said)
            except InvalidClaimError as error:
                form.refuse(error)
            else:
                return redirect("credentials:declaration", held.pk, declaration.pk)
    context = {
        "section": "credentials",
        "form": form,
        "held": held,
        "pack": standing.pack,
        "body": queries.body_of(standing.pack),
        "words": sheets.deed_words(queries.body_of(standing.pack).files),
    }
    status = 422 if form.errors else 200
    return render(request, "web/credentials/declare.html", context, status=status)


def audit_context(sheet: Any, drill: Any, held: HeldCredential) -> dict[str, Any]:
    """What the page of the drill shows, of an open cycle or of a declaration."""
    about = queries.pack_of(held.credential)
    return {
        "section": "credentials",
        "held": held,
        "sheet": sheet,
        "words": sheets.sheet_words(sheet),
        "drill": audits.drill_words(drill, sheet, held_id=held.pk),
        "wants": queries.proof_wants(about),
        "kept": audits.kept_for(sheet, about.retain_years),
        "body": queries.body_of(about),
        "pack": about,
    }


def _check_page(request: HttpRequest, held: HeldCredential, form: DeclareForm) -> HttpResponse:
    """Everything that would be kept, before it is."""
    said = form.cleaned_data
    found = closing_on(held, day=said["declared_on"])
    context = {
        "section": "credentials",
        "held": held,
        "pack": found.standing.pack,
        "sheet": found.sheet,
        "words": sheets.sheet_words(found.sheet),
        "said": said,
        "too_early": _too_early(found.standing, said["declared_on"]),
        "drill": audits.drill_words(drill_of(found), found.sheet, held_id=held.pk),
    }
    return render(request, "web/credentials/declare_check.html", context)


def _too_early(standing: CycleStanding, day: date) -> date | None:
    """The first day on which the body takes declarations, where the day said is before it."""
    window = standing.verdict.declaration
    return window.opens_on if window is not None and day < window.opens_on else None


def _pack_page(request: HttpRequest, held: HeldCredential, form: PinForm | None) -> HttpResponse:
    found = closing_of(held, now=clock.now())
    declared = found.standing.declared
    if declared is not None and form is None:
        return redirect("credentials:declaration", held.pk, declared.id)
    context = {
        "section": "credentials",
        "form": form,
        "held": held,
        "earlier": _earlier(held),
        **_pack_context(found, held),
    }
    status = 422 if form is not None and form.errors else 200
    return render(request, "web/credentials/pack.html", context, status=status)


def _pack_context(found: Closing, held: HeldCredential) -> dict[str, Any]:
    drill = drill_of(found)
    return {
        "standing": found.standing,
        "verdict": found.standing.verdict,
        "pack": found.standing.pack,
        "body": queries.body_of(found.standing.pack),
        "sheet": found.sheet,
        "words": sheets.sheet_words(found.sheet),
        "drill": audits.drill_words(drill, found.sheet, held_id=held.pk),
        "urls": {
            "pdf": reverse("credentials:pack_pdf", args=[held.pk]),
            "csv": reverse("credentials:pack_csv", args=[held.pk]),
            "zip": reverse("credentials:audit_pack", args=[held.pk]),
            "audit": reverse("credentials:audit", args=[held.pk]),
        },
    }


def _earlier(held: HeldCredential) -> list[Any]:
    return list(queries.declarations_of(held))


def _row_address(held: HeldCredential, activity: int, requirement: str) -> str:
    return f"{reverse('credentials:pack', args=[held.pk])}#line-{activity}-{requirement}"


def _own(request: HttpRequest, held_id: int) -> HeldCredential:
    return access.held_for(reader(request), held_id)


def _today(held: HeldCredential, now: datetime) -> date:
    return day_in_zone(now, access.open_cycle_of(held).time_zone)


urlpatterns = [
    path("credentials/<int:held_id>/pack/", pack, name="pack"),
    path("credentials/<int:held_id>/pack/typed/", typed, name="typed"),
    path("credentials/<int:held_id>/pack/undo/", untyped, name="untyped"),
    path("credentials/<int:held_id>/pack.pdf", pack_pdf, name="pack_pdf"),
    path("credentials/<int:held_id>/pack.csv", pack_csv, name="pack_csv"),
    path("credentials/<int:held_id>/audit/", audit, name="audit"),
    path("credentials/<int:held_id>/audit.zip", audit_pack, name="audit_pack"),
    path("credentials/<int:held_id>/declare/", declare_cycle, name="declare"),
]
