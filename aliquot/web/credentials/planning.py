"""The plan over all my credentials, its calendar, and courses of other providers to plan with."""

from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods, require_safe

from aliquot.catalog import data as catalog
from aliquot.credentials import access, queries, services
from aliquot.credentials.errors import InvalidOfferError
from aliquot.credentials.models import OutsideOffer
from aliquot.flows.best_offer import course_prices
from aliquot.flows.plan_credentials import PersonPlan, plan_for
from aliquot.infra import clock
from aliquot.interop.calendar.plans import plan_file
from aliquot.lib.errors import NotFoundError
from aliquot.web.credentials import plan_page
from aliquot.web.credentials.plan_costs import cost_of
from aliquot.web.credentials.plan_forms import OfferForm, PlanForm, choices_for_adding
from aliquot.web.own import reader


@login_required
@require_safe
def plan(request: HttpRequest) -> HttpResponse:
    """The headline, the months, then course by course; everything asked stands in the address."""
    now = clock.now()
    form, found = _planned(request, now)
    if found is None:
        return render(request, "web/credentials/plan_empty.html", {"section": "credentials"})
    context = {
        "section": "credentials",
        "form": form,
        "plan": found,
        "page": plan_page.page_of(found, request.GET),
        "choices": choices_for_adding(found.choices),
        "best_offer": cost_of(found, reader(request), now=now),
    }
    status = 422 if form.errors else 200
    return render(request, "web/credentials/plan.html", context, status=status)


@login_required
@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    """The plan as a calendar file: a day by which to finish each course, and the last days."""
    now = clock.now()
    _, found = _planned(request, now)
    if found is None:
        raise Http404
    content = plan_file(found, now=now)
    headers = {"Content-Disposition": 'attachment; filename="plan.ics"'}
    return HttpResponse(content, content_type="text/calendar; charset=utf-8", headers=headers)


@login_required
@require_http_methods(["GET", "POST"])
def offer_add(request: HttpRequest) -> HttpResponse:
    """Add a course of another provider; ``?area=`` chooses its subject beforehand."""
    person = reader(request)
    area = request.GET.get("area", "")
    initial = {"area_1": area if area in catalog.areas() else ""}
    form = OfferForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_bound and form.is_valid():
        try:
            row = services.add_outside_offer(
                person=person, offered=form.offered(), now=clock.now(), actor_id=person.pk
            )
        except InvalidOfferError as error:
            form.refuse(error)
        else:
            messages.success(request, f"“{row.title}” is added: the plan may choose it now.")
            return redirect("credentials:plan")
    return _offer_page(request, form, None)


@login_required
@require_http_methods(["GET", "POST"])
def offer_change(request: HttpRequest, offer_id: int) -> HttpResponse:
    """Say something else about a course of another provider."""
    offer = _own_offer(request, offer_id)
    form = OfferForm(
        request.POST if request.method == "POST" else None,
        initial=OfferForm.initial_for(queries.offered(offer)),
    )
    if form.is_bound and form.is_valid():
        try:
            services.change_outside_offer(
                offer=offer, offered=form.offered(), actor_id=reader(request).pk
            )
        except InvalidOfferError as error:
            form.refuse(error)
        else:
            messages.success(request, "Your changes are saved.")
            return redirect("credentials:plan")
    return _offer_page(request, form, offer)


@login_required
@require_http_methods(["GET", "POST"])
def offer_remove(request: HttpRequest, offer_id: int) -> HttpResponse:
    """Take a course of another provider out of all plans, after asking."""
    offer = _own_offer(request, offer_id)
    if request.method == "POST":
        services.remove_outside_offer(offer=offer, now=clock.now(), actor_id=reader(request).pk)
        messages.success(request, f"“{offer.title}” is removed.")
        return redirect("credentials:plan")
    context = {"section": "credentials", "offer": offer}
    return render(request, "web/credentials/plan_offer_remove.html", context)


def _planned(request: HttpRequest, now: datetime) -> tuple[PlanForm, PersonPlan | None]:
    """The form, and the plan that it asks for; None if the person holds nothing."""
    person = reader(request)
    standings = queries.standings_of(person, now=now)
    form = PlanForm(request.GET, standings=standings)
    if not standings:
        return form, None
    return form, plan_for(person, standings, form.wish(), now=now, prices=course_prices(now=now))


def _offer_page(request: HttpRequest, form: OfferForm, offer: OutsideOffer | None) -> HttpResponse:
    context = {"section": "credentials", "form": form, "offer": offer}
    status = 422 if form.errors else 200
    return render(request, "web/credentials/plan_offer.html", context, status=status)


def _own_offer(request: HttpRequest, offer_id: int) -> OutsideOffer:
    try:
        return access.outside_offer_for(reader(request), offer_id)
    except NotFoundError:
        raise Http404 from None


urlpatterns = [
    path("plan/", plan, name="plan"),
    path("plan/calendar.ics", calendar, name="plan_calendar"),
    path("plan/courses/add/", offer_add, name="offer_add"),
    path("plan/courses/<int:offer_id>/", offer_change, name="offer_change"),
    path("plan/courses/<int:offer_id>/remove/", offer_remove, name="offer_remove"),
]
