"""Webhooks: who is told of what, the log of each, sending again."""

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aliquot.accounts import access
from aliquot.infra import clock
from aliquot.infra import webhooks as outgoing
from aliquot.infra.models import WebhookDelivery, WebhookEndpoint
from aliquot.lib.errors import NotFoundError
from aliquot.staff import words
from aliquot.staff.frame import PAGE_LENGTH, FormPage, posted, run_form, show, staff_of
from aliquot.staff.gate import staff_page

SECTION = "staff:webhooks"


class WebhookForm(forms.Form):
    """An address and what it is told of."""

    url = forms.CharField(
        label="Address",
        max_length=500,
        help_text="It begins with https:// and leads to a server on the open internet.",
        widget=forms.URLInput(attrs={"autocomplete": "off"}),
    )
    events = forms.MultipleChoiceField(
        label="Tell it of",
        choices=list(settings.WEBHOOK_EVENTS.items()),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one event."},
    )


@staff_page(access.can_administer)
@require_safe
def webhooks(request: HttpRequest) -> HttpResponse:
    """Every address that is told of events."""
    page = Paginator(outgoing.endpoints(), PAGE_LENGTH).get_page(request.GET.get("page"))
    rows = [{"endpoint": each, "events": _events(each)} for each in page]
    return show(request, "webhooks/list.html", {"rows": rows, "page": page}, section=SECTION)


@staff_page(access.can_administer)
@require_http_methods(["GET", "POST"])
def webhook_add(request: HttpRequest) -> HttpResponse:
    """Subscribe an address; its secret stands on its page."""
    person = staff_of(request)

    def do(answers: dict[str, Any]) -> str:
        made = outgoing.make_endpoint(
            contact=person.email, now=clock.now(), actor_id=person.pk, **answers
        )
        messages.success(request, "The webhook is made. Give its secret to the receiver.")
        return reverse("staff:webhook", args=[made.pk])

    page = FormPage(
        title="Make a webhook",
        submit="Make webhook",
        back=reverse(SECTION),
        section=SECTION,
        trail=[{"label": "Webhooks", "url": reverse(SECTION)}, {"label": "Make a webhook"}],
    )
    return run_form(request, page=page, form=WebhookForm(posted(request)), do=do)


@staff_page(access.can_administer)
@require_safe
def webhook(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    """One address: its secret, its state, and what was sent to it."""
    endpoint = outgoing.endpoint_by_id(endpoint_id)
    zone = staff_of(request).time_zone
    log = outgoing.deliveries_of(endpoint)
    page = Paginator(log, PAGE_LENGTH).get_page(request.GET.get("page"))
    context = {
        "endpoint": endpoint,
        "host": urlsplit(endpoint.url).hostname or endpoint.url,
        "made": words.moment(endpoint.made_at, zone),
        "events": _events(endpoint),
        "secret": outgoing.secret_of(endpoint),
        "page": page,
        "rows": [_line(each, zone) for each in page],
    }
    response = show(request, "webhooks/detail.html", context, section=SECTION)
    response.headers["Cache-Control"] = "no-store"
    return response


@staff_page(access.can_administer)
@require_POST
def webhook_deed(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    """Switch off or on, send again, remove."""
    endpoint = outgoing.endpoint_by_id(endpoint_id)
    actor, now = staff_of(request).pk, clock.now()
    deed, _, number = request.POST.get("deed", "").partition(":")
    if deed == "off":
        outgoing.switch_off(endpoint=endpoint, now=now, actor_id=actor)
        messages.success(request, "The webhook is switched off. What is owed waits.")
    elif deed == "on":
        outgoing.switch_on(endpoint=endpoint, actor_id=actor)
        messages.success(request, "The webhook is switched on.")
    elif deed == "replay" and number.isascii() and number.isdigit():
        outgoing.replay(endpoint=endpoint, delivery_id=int(number), now=now, actor_id=actor)
        messages.success(request, "The message will be sent again in a moment.")
    elif deed == "remove":
        outgoing.remove_endpoint(endpoint=endpoint, now=now, actor_id=actor)
        messages.success(request, "The webhook is removed.")
        return redirect(SECTION)
    else:
        raise NotFoundError("There is no such deed.")
    return redirect("staff:webhook", endpoint.pk)


def _events(endpoint: WebhookEndpoint) -> list[str]:
    return [settings.WEBHOOK_EVENTS.get(each, each) for each in endpoint.events]


def _line(delivery: WebhookDelivery, zone: str) -> dict[str, Any]:
    if delivery.delivered_at is not None:
        state, kind = "Delivered", "success"
    elif delivery.given_up_at is not None:
        state, kind = "Given up", "danger"
    else:
        state, kind = ("Waiting to try again", "warning") if delivery.attempts else ("Owed", "info")
    return {
        "delivery": delivery,
        "event": settings.WEBHOOK_EVENTS.get(delivery.event, delivery.event),
        "when": words.moment(delivery.created_at, zone),
        "state": state,
        "kind": kind,
    }
