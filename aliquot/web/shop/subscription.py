"""My access: what there is, until when, what waits; renewal with its switch."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aliquot.accounts.models import User
from aliquot.commerce import queries, services
from aliquot.commerce.errors import GatewayDownError, PriceChangedError, RenewalRefusedError
from aliquot.flows.switch_renewal import RenewalTerms, renewal_terms, saved_method, switch_on
from aliquot.infra import clock
from aliquot.learning.queries import entitlements_of
from aliquot.lib.dates import day_in_zone, last_day, long_date
from aliquot.lib.money import Money
from aliquot.web.own import reader, render_in_zone

_BEFORE = timedelta(days=1)


class ConsentForm(forms.Form):
    """The consent to a renewal; not ticked beforehand."""

    agree = forms.BooleanField(
        error_messages={"required": "Tick the box if you want renewal, or go back."}
    )

    def __init__(self, *args: Any, label: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["agree"].label = label


@login_required
@require_safe
def subscription(request: HttpRequest) -> HttpResponse:
    """What a person may open now, and what waits."""
    person, now = reader(request), clock.now()
    renewal = queries.renewal_of(person)
    context = {
        "section": "learning",
        "rows": _rows(person, now),
        "renewal": renewal,
        "charged_on": renewal and long_date(_day(renewal.due_at - _BEFORE, person)),
        "noticed": renewal
        and renewal.noticed_amount is not None
        and Money(renewal.noticed_amount, renewal.order.currency),
        "has_bought": queries.bought_subscription(person) is not None,
    }
    return render_in_zone(request, "web/shop/subscription.html", context)


def _rows(person: User, now: datetime) -> list[dict[str, Any]]:
    """Access that runs or waits, the one that ends first on top."""
    rows = []
    for entitlement, right in entitlements_of(person):
        if right.withdrawn_at is not None or (right.ends_at and right.ends_at <= now):
            continue
        course = entitlement.course
        version = course.current_version if course else None
        rows.append(
            {
                "title": version.title if version else _title(entitlement.hours_limit is not None),
                "waits": right.starts_at > now,
                "from": long_date(_day(right.starts_at, person)),
                "until": right.ends_at and long_date(last_day(right.ends_at, person.time_zone)),
                "hours": right.hours_limit,
                "hours_left": right.hours_left,
                "is_gift": right.source == "gift",
            }
        )
    return rows


def _title(has_limit: bool) -> str:
    return "Hour pack" if has_limit else "All courses"


def _day(moment: datetime, person: User) -> Any:
    return day_in_zone(moment, person.time_zone)


@login_required
@require_http_methods(["GET", "POST"])
def renewal_on(request: HttpRequest) -> HttpResponse:
    """What would be charged and when, then the consent."""
    person, now = reader(request), clock.now()
    if queries.renewal_of(person) is not None:
        return redirect("shop:subscription")
    problem = changed = ""
    terms: RenewalTerms | None = None
    form: ConsentForm | None = None
    try:
        terms = renewal_terms(person, now=now)
        if request.method != "POST" and not saved_method(person, terms.grant.line.order):
            problem = NO_CARD
        form = ConsentForm(request.POST or None, label=_consent(terms, person))
        if request.method == "POST" and form.is_valid():
            switch_on(person, agreed_total=_agreed(request, terms), now=now)
            messages.success(request, "Renewal is on. You get a mail before anything is charged.")
            return redirect("shop:subscription")
    except PriceChangedError as news:
        changed = news.message
    except RenewalRefusedError as refused:
        problem = refused.message
    except GatewayDownError:
        problem = "The payment provider does not answer. Nothing was changed: try again later."
    context = {
        "section": "learning",
        "terms": terms,
        "form": form,
        "problem": problem,
        "changed": changed,
        "charged_on": terms and long_date(_day(terms.charged_at, person)),
        "notice_days": max(7, queries.shop_settings().renewal_notice_days),
    }
    status = 409 if changed else 422 if request.method == "POST" else 200
    return render_in_zone(request, "web/shop/renewal.html", context, status=status)


NO_CARD = (
    "Your card was not kept when you paid, so there is nothing to charge. You can buy another year "
    "at any time: it begins when this one ends."
)


def _consent(terms: RenewalTerms, person: User) -> str:
    day = long_date(_day(terms.charged_at, person))
    return (
        f"Charge my saved card {terms.total} on {day}, and the price of each term after it that a "
        "mail has named before, until I switch renewal off."
    )


def _agreed(request: HttpRequest, terms: RenewalTerms) -> Money:
    text = request.POST.get("agreed_total", "")
    cents = int(text) if text.isascii() and text.isdigit() and len(text) < 12 else -1
    return Money(cents, terms.total.currency)


@login_required
@require_POST
def renewal_off(request: HttpRequest) -> HttpResponse:
    """Off at once: nothing is asked, and access runs to its end."""
    person = reader(request)
    renewal = queries.renewal_of(person)
    if renewal is not None:
        services.switch_off_renewal(renewal=renewal, actor_id=person.pk, now=clock.now())
    messages.success(request, "Renewal is off. Nothing will be charged; your access stays.")
    return redirect("shop:subscription")


urlpatterns = [
    path("subscription/", subscription, name="subscription"),
    path("subscription/renewal/", renewal_on, name="renewal_on"),
    path("subscription/renewal/off/", renewal_off, name="renewal_off"),
]
