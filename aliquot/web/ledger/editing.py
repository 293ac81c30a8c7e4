"""Logging an activity, correcting it, withdrawing it. Everything is checked before it is done."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods

from aliquot.accounts.models import User
from aliquot.credentials.queries import proof_wants, standings_of
from aliquot.flows.activity_effects import effects_of, effects_of_claim
from aliquot.infra import clock
from aliquot.infra.idempotency import idempotent
from aliquot.ledger import access, queries, services
from aliquot.ledger.errors import InvalidActivityError
from aliquot.ledger.facts import ActivityClaim
from aliquot.ledger.models import Activity
from aliquot.lib.dates import day_in_zone
from aliquot.web.ledger import effects, words
from aliquot.web.ledger.forms import ActivityForm, WithdrawForm, initial_of
from aliquot.web.own import reader

type Deed = Callable[[ActivityClaim], HttpResponse]


@dataclass(frozen=True, slots=True)
class Page:
    """What the two forms differ in."""

    title: str
    lead: str
    submit: str
    back: str
    old: Activity | None = None
    initial: dict[str, Any] = field(default_factory=dict)
    lines: int = 1


@dataclass(frozen=True, slots=True)
class Visit:
    """Who sends which of the forms, and when."""

    request: HttpRequest
    person: User
    now: datetime
    page: Page

    @property
    def today(self) -> date:
        """The holder's day."""
        return day_in_zone(self.now, self.person.time_zone)


@login_required
@require_http_methods(["GET", "POST"])
@idempotent
def log(request: HttpRequest) -> HttpResponse:
    """Log an activity: the form, the answers to check with where they would count, then done."""
    person, now = reader(request), clock.now()

    def do(claim: ActivityClaim) -> HttpResponse:
        activity = services.log_activity(person=person, claim=claim, now=now, actor_id=person.pk)
        messages.success(request, "Your activity is logged and counts from now on.")
        return redirect(f"{reverse('ledger:proof_add', args=[activity.pk])}?new=1")

    page = Page(
        title="Log an activity",
        lead="Credit from another provider, a college or your employer. Courses you finish here "
        "appear by themselves.",
        submit="Log this activity",
        back=reverse("ledger:list"),
        initial={"kind": "contact_hours"},
    )
    return _run(Visit(request, person, now, page), do)


@login_required
@require_http_methods(["GET", "POST"])
@idempotent
def correct(request: HttpRequest, activity_id: int) -> HttpResponse:
    """Say anew what should have been said; the old state stays in the history."""
    person, now = reader(request), clock.now()
    old = access.own_activity_for(person, activity_id)
    claim = queries.claim_of(old)

    def do(claim: ActivityClaim) -> HttpResponse:
        new = services.correct_activity(activity=old, claim=claim, now=now, actor_id=person.pk)
        messages.success(request, "Your correction is saved. The old state is in the history.")
        return redirect("ledger:detail", new.pk)

    page = Page(
        title="Correct this activity",
        lead="The old state stays in the history, with its date. Its proofs come along.",
        submit="Save the correction",
        back=reverse("ledger:detail", args=[old.pk]),
        old=old,
        initial=initial_of(claim),
        lines=len(claim.parts),
    )
    return _run(Visit(request, person, now, page), do)


@login_required
@require_http_methods(["GET", "POST"])
@idempotent
def withdraw(request: HttpRequest, activity_id: int) -> HttpResponse:
    """Take an activity back, after reading what that means."""
    person, now = reader(request), clock.now()
    old = access.own_activity_for(person, activity_id)
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        services.withdraw_activity(activity=old, now=now, actor_id=person.pk, **form.cleaned_data)
        messages.success(request, "The activity is withdrawn. It counts no more.")
        return redirect("ledger:list")
    context = {
        "section": "activities",
        "form": form,
        "activity": old,
        "effects": effects.shown(effects_of(person, activity_id=old.pk, now=now)),
    }
    status = 422 if form.errors else 200
    return render(request, "web/ledger/withdraw.html", context, status=status)


def _run(visit: Visit, do: Deed) -> HttpResponse:
    """Show the form; show the answers before anything is done; do the deed."""
    request, page, today = visit.request, visit.page, visit.today
    if request.method != "POST":
        form = ActivityForm(today=today, initial=page.initial, lines=page.lines)
        return _form_page(visit, form)
    form = ActivityForm(request.POST, today=today, initial=page.initial)
    step = request.POST.get("step", "")
    if step == "change" or "-line" in step:
        return _form_page(visit, form.changed(today=today))
    if form.is_valid():
        try:
            claim = services.checked_claim(person=visit.person, claim=form.claim(), now=visit.now)
        except InvalidActivityError as error:
            form.refuse(error)
        else:
            return do(claim) if step == "do" else _check_page(visit, form, claim)
    return _form_page(visit, form, status=422)


def _form_page(visit: Visit, form: ActivityForm, status: int = 200) -> HttpResponse:
    held = [standing.pack for standing in standings_of(visit.person, now=visit.now)]
    context = {
        "section": "activities",
        "page": visit.page,
        "form": form,
        "kinds": words.kind_helps(),
        "caps": words.cap_notes("semester_hours", {pack.id for pack in held}),
        "wanting": [pack.letters for pack in held if "agency_number" in proof_wants(pack).wants],
    }
    return render(visit.request, "web/ledger/form.html", context, status=status)


def _check_page(visit: Visit, form: ActivityForm, claim: ActivityClaim) -> HttpResponse:
    person, old = visit.person, visit.page.old
    found = effects_of_claim(
        person, claim, now=visit.now, instead_of=None if old is None else old.pk
    )
    context = {
        "section": "activities",
        "page": visit.page,
        "answers": form,
        "rows": words.rows_of(claim),
        "effects": effects.shown(found),
        "duplicates": queries.possible_duplicates(person, claim, instead_of=old),
    }
    return render(visit.request, "web/ledger/check.html", context)


urlpatterns = [
    path("activities/log/", log, name="log"),
    path("activities/<int:activity_id>/correct/", correct, name="correct"),
    path("activities/<int:activity_id>/withdraw/", withdraw, name="withdraw"),
]
