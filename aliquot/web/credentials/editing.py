"""Adding a credential in two minutes, and changing what was said about it."""

from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods

from aliquot.accounts.models import User
from aliquot.credentials import access, queries, services
from aliquot.credentials.errors import InvalidClaimError, UnknownCredentialError
from aliquot.credentials.models import HeldCredential
from aliquot.infra import clock
from aliquot.lib.dates import day_in_zone
from aliquot.lib.decimals import shortest
from aliquot.lib.errors import NotFoundError
from aliquot.web.credentials import words
from aliquot.web.credentials.forms import PointsForm
from aliquot.web.credentials.held_forms import AddForm, ChangeForm, ChooseForm, NextCycleForm
from aliquot.web.own import reader

_LONGEST_SEARCH = 80


@login_required
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Choose the credential; then only its own questions; then the verdict."""
    person, now = reader(request), clock.now()
    chosen = (request.POST if request.method == "POST" else request.GET).get("credential", "")
    try:
        pack = queries.pack_by_slug(chosen.replace("_", "-"))
    except UnknownCredentialError:
        return _choose(request, chosen)
    form = AddForm(
        request.POST if request.method == "POST" else None, pack=pack, today=_today(person, now)
    )
    if form.is_bound and form.is_valid() and not form.is_asking:
        try:
            held = services.add_credential(
                person=person, now=now, actor_id=person.pk, **form.claim()
            )
        except InvalidClaimError as error:
            form.refuse(error)
        else:
            messages.success(request, f"{pack.letters} is added.")
            return redirect("credentials:detail", held.pk)
    context = {
        "section": "credentials",
        "form": form,
        "pack": pack,
        "body": queries.body_of(pack),
        "facts": words.asks_for(pack),
        "public_url": reverse("credentials:for_body", args=[queries.served(pack).slug]),
    }
    status = 422 if form.errors else 200
    return render(request, "web/credentials/add.html", context, status=status)


def _choose(request: HttpRequest, chosen: str) -> HttpResponse:
    """All credentials in groups, or those with the words searched for."""
    searched = request.GET.get("q", "")[:_LONGEST_SEARCH].strip()
    form = ChooseForm(request.POST if request.method == "POST" else None)
    if request.method == "GET" and chosen:
        form = ChooseForm({"credential": chosen})
    context = {
        "section": "credentials",
        "form": form,
        "words": searched,
        "groups": queries.served_in_groups(searched),
    }
    status = 422 if form.errors else 200
    return render(request, "web/credentials/choose.html", context, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def points(request: HttpRequest, held_id: int) -> HttpResponse:
    """One box per requirement for points that the body's page shows, also to correct them."""
    person, now = reader(request), clock.now()
    held = _own(request, held_id)
    standing = queries.standing_of(held, now=now)
    form = PointsForm(
        request.POST if request.method == "POST" else None,
        requirements=standing.verdict.requirements,
        unit=standing.pack.unit,
        initial={name: shortest(amount) for name, amount in standing.balances.items() if amount},
    )
    if form.is_bound and form.is_valid():
        try:
            services.record_opening_balances(
                held=held, points=form.points(), now=now, actor_id=person.pk
            )
        except InvalidClaimError as error:
            form.refuse(error)
        else:
            messages.success(request, f"Your {standing.pack.unit} are saved.")
            return redirect("credentials:detail", held.pk)
    context = {
        "section": "credentials",
        "form": form,
        "standing": standing,
        "headline": words.headline(standing),
        "body": queries.body_of(standing.pack),
    }
    status = 422 if form.errors else 200
    return render(request, "web/credentials/points.html", context, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, held_id: int) -> HttpResponse:
    """Correct the dates, or say that it has expired."""
    person, now = reader(request), clock.now()
    held = _own(request, held_id)
    cycle = access.open_cycle_of(held)
    form = ChangeForm(
        request.POST if request.method == "POST" else None,
        pack=queries.facts_of(held, cycle).pack,
        today=_today(person, now),
        held=held,
        cycle=cycle,
    )
    if form.is_bound and form.is_valid():
        try:
            services.correct_credential(held=held, now=now, actor_id=person.pk, **form.claim())
        except InvalidClaimError as error:
            form.refuse(error)
        else:
            messages.success(request, "Your changes are saved.")
            return redirect("credentials:detail", held.pk)
    return _form_page(request, "change", held, form)


@login_required
@require_http_methods(["GET", "POST"])
def next_cycle(request: HttpRequest, held_id: int) -> HttpResponse:
    """Begin the next cycle with the end date that the body shows, or fixes for everybody."""
    person, now = reader(request), clock.now()
    held = _own(request, held_id)
    cycle = access.open_cycle_of(held)
    facts, proposal = queries.facts_of(held, cycle), queries.next_end(cycle)
    form = NextCycleForm(
        request.POST if request.method == "POST" else None,
        pack=facts.pack,
        today=_today(person, now),
        later_than=facts.cycle_ends_on,
        initial={"ends_on": proposal.ends_on} if proposal and proposal.is_fixed else {},
    )
    if form.is_bound and form.is_valid():
        try:
            services.start_next_cycle(
                held=held, ends_on=form.cleaned_data["ends_on"], now=now, actor_id=person.pk
            )
        except InvalidClaimError as error:
            form.refuse(error)
        else:
            if queries.questions_of(facts.pack, today=_today(person, now)).specialties:
                # What was left out because it was new has a line of its own from now on.
                messages.success(
                    request,
                    "Your next cycle has begun. Check your specialties: one that you left out "
                    "last time counts from now on.",
                )
                return redirect("credentials:change", held.pk)
            messages.success(request, "Your next cycle has begun.")
            return redirect("credentials:detail", held.pk)
    return _form_page(request, "next", held, form, {"proposal": proposal})


@login_required
@require_http_methods(["GET", "POST"])
def remove(request: HttpRequest, held_id: int) -> HttpResponse:
    """Stop following a credential, after asking."""
    held = _own(request, held_id)
    if request.method == "POST":
        services.remove_credential(held=held, now=clock.now(), actor_id=reader(request).pk)
        messages.success(request, "It is removed. Your courses and certificates stay.")
        return redirect("credentials:home")
    return _form_page(request, "remove", held, None)


def _form_page(
    request: HttpRequest,
    name: str,
    held: HeldCredential,
    form: ChangeForm | NextCycleForm | None,
    more: dict[str, Any] | None = None,
) -> HttpResponse:
    facts = queries.facts_of(held, access.open_cycle_of(held))
    context = {
        "section": "credentials",
        "form": form,
        "held": held,
        "facts": facts,
        "pack": facts.pack,
        "body": queries.body_of(facts.pack),
        **(more or {}),
    }
    status = 422 if form is not None and form.errors else 200
    return render(request, f"web/credentials/{name}.html", context, status=status)


def _own(request: HttpRequest, held_id: int) -> HeldCredential:
    try:
        return access.held_for(reader(request), held_id)
    except NotFoundError:
        raise Http404 from None


def _today(person: User, now: datetime) -> date:
    return day_in_zone(now, person.time_zone)


urlpatterns = [
    path("credentials/add/", add, name="add"),
    path("credentials/<int:held_id>/points/", points, name="points"),
    path("credentials/<int:held_id>/change/", change, name="change"),
    path("credentials/<int:held_id>/next/", next_cycle, name="next"),
    path("credentials/<int:held_id>/remove/", remove, name="remove"),
]
