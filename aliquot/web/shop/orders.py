"""One's orders: the list, the page of each, paying and canceling what is unpaid."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from aliquot.commerce import queries
from aliquot.commerce.adapters.gateways import gateway
from aliquot.commerce.errors import GatewayDownError
from aliquot.commerce.models import LineGrant, Order
from aliquot.commerce.queries import money_of
from aliquot.flows.give_up_order import give_up_order
from aliquot.infra import clock
from aliquot.learning.queries import rights_of
from aliquot.lib.countries import COUNTRIES
from aliquot.lib.dates import day_in_zone, last_day, long_date
from aliquot.lib.money import Money
from aliquot.web.own import reader, render_in_zone
from aliquot.web.shop.checkout import pay
from aliquot.web.shop.own import own_order
from aliquot.web.shop.refund_meter import meter_of

PER_PAGE = 20
STATES = {
    "placed": ("Waiting for payment", "warning"),
    "paid": ("Paid", "success"),
    "part_back": ("Partly paid back", "neutral"),
    "back": ("Paid back", "neutral"),
    "canceled": ("Canceled", "neutral"),
    "lapsed": ("Not paid in time", "neutral"),
}


@dataclass(frozen=True, slots=True)
class Opened:
    """What a paid line opened, as the holder reads it."""

    title: str
    course_slug: str
    state: str
    hours_left: Decimal | None
    hours: Decimal | None


@login_required
@require_safe
def orders(request: HttpRequest) -> HttpResponse:
    """All of them, the newest first."""
    found = queries.orders_of(reader(request)).prefetch_related("lines")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    states = queries.money_states(list(page))
    rows = [
        {
            "order": order,
            "title": _titles(order),
            "total": Money(order.total, order.currency),
            "state": STATES[states[order.pk]],
        }
        for order in page
    ]
    return render_in_zone(request, "web/shop/orders.html", {"page": page, "rows": rows})


def _titles(order: Order) -> str:
    first, *rest = [line.title for line in order.lines.all()]
    return f"{first}, and {len(rest)} more" if rest else first


@require_safe
@own_order
def order(request: HttpRequest, found: Order) -> HttpResponse:
    """What was bought, what was paid, what it opened, and what can still be done."""
    documents = {each.kind: each for each in found.documents.order_by("pk")}
    way = gateway_title(found)
    context = {
        "order": found,
        "lines": list(found.lines.all()),
        "state": STATES[queries.money_states([found])[found.pk]],
        "money": money_of(found),
        "total": Money(found.total, found.currency),
        "country": COUNTRIES.get(found.buyer.get("country", ""), ""),
        "way": way,
        "is_waiting": found.state == Order.State.PLACED,
        "is_invoiced": found.gateway == "offline",
        "receipt": documents.get("receipt"),
        "invoice": documents.get("invoice"),
        "papers": list(queries.documents_of(found)),
        "events": _events(found),
        "opened": _opened(found),
        "gifts": list(queries.gifts_of(found)),
        "meter": meter_of(found, now=clock.now()) if found.state == Order.State.PAID else None,
    }
    return render_in_zone(request, "web/shop/order.html", context)


def gateway_title(order: Order) -> str:
    """How it is paid, in words; a gateway that is no more keeps its name."""
    try:
        return gateway(order.gateway).title
    except Exception:  # noqa: BLE001 (it may refuse to start now; the order stays readable)
        return order.gateway


def _opened(order: Order) -> list[Opened]:
    grants = LineGrant.objects.filter(line__order=order).order_by("line__position", "pk")
    rights = {right.id: right for right in rights_of(order.person)} if grants else {}
    opened = []
    for grant in grants.select_related("line", "course", "entitlement__course"):
        course, right = grant.entitlement.course, rights.get(grant.entitlement_id)
        opened.append(
            Opened(
                title=grant.line.title,
                course_slug=course.slug if course else "",
                state=_running(grant, order.time_zone),
                hours_left=right.hours_left if right else None,
                hours=grant.entitlement.hours_limit,
            )
        )
    return opened


def _running(grant: LineGrant, zone: str) -> str:
    """From which day to which it opens, or that it has ended."""
    entitlement = grant.entitlement
    first = long_date(day_in_zone(entitlement.starts_at, zone))
    if entitlement.withdrawn_at is not None:
        return f"Ended on {long_date(day_in_zone(entitlement.withdrawn_at, zone))}"
    if entitlement.ends_at is None:
        return f"Since {first}"
    last = long_date(last_day(entitlement.ends_at, zone))
    ended = entitlement.ends_at <= clock.now()
    return f"Ended after {last}" if ended else f"From {first} through {last}"


def _events(order: Order) -> list[dict[str, str]]:
    """What happened to the order and its money, the newest first."""

    def words(moment: datetime) -> str:
        return f"{moment.astimezone(ZoneInfo(order.time_zone)):%B %-d, %Y, %-I:%M %p}"

    events: list[tuple[datetime, str, str]] = [(order.placed_at, "Order placed", "")]
    events += [
        (payment.settled_at, "Payment declined", "Nothing was charged.")
        for payment in order.payments.all()
        if payment.state == "failed" and payment.settled_at
    ]
    for entry in order.money.all():
        amount = Money(abs(entry.amount), entry.currency)
        events.append((entry.occurred_at, f"{entry.get_kind_display().capitalize()}: {amount}", ""))
    for document in order.documents.all():
        kind = document.get_kind_display().capitalize()
        events.append((document.issued_at, f"{kind} {document.number}", ""))
    if order.ended_at is not None:
        # The card of a renewal may have been charged without an answer: nothing is said of it here.
        charged = "" if order.renews_id else "Nothing was charged."
        events.append((order.ended_at, STATES[order.state][0], charged))
    events.reverse()  # of what happened at the same moment, the later step on top
    events.sort(key=lambda event: event[0], reverse=True)
    return [{"when": words(when), "title": title, "text": text} for when, title, text in events]


@require_POST
@own_order
def order_pay(request: HttpRequest, found: Order) -> HttpResponse:
    """To the payment page of an unpaid order; a payment that failed is followed by another."""
    return pay(request, found)


@require_POST
@own_order
def order_cancel(request: HttpRequest, found: Order) -> HttpResponse:
    """Cancel an unpaid order; one that turns out to be paid stays, and the page says so."""
    person = reader(request)
    try:
        ended = give_up_order(
            found, state=Order.State.CANCELED, actor_id=person.pk, now=clock.now()
        )
    except GatewayDownError:
        messages.error(
            request, "The payment page does not answer, so we cannot close it. Try later."
        )
        return redirect("shop:order", found.number)
    if ended.state == Order.State.CANCELED:
        messages.success(request, "The order is canceled. Nothing was charged.")
    elif ended.state == Order.State.PAID:
        messages.info(request, "This order is paid already. You can ask for a refund instead.")
    else:
        messages.info(request, "This order cannot be canceled now: a payment is on its way.")
    return redirect("shop:order", found.number)


urlpatterns = [
    path("orders/", orders, name="orders"),
    path("orders/<slug:number>/", order, name="order"),
    path("orders/<slug:number>/pay/", order_pay, name="order_pay"),
    path("orders/<slug:number>/cancel/", order_cancel, name="order_cancel"),
]
