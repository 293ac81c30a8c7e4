"""The checkout: the summary with its tax and the consent, the way to pay, the return from it."""

import logging
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods, require_safe

from aliquot.accounts.facts import STATES
from aliquot.accounts.models import User
from aliquot.commerce import queries, services
from aliquot.commerce.errors import (
    CartEmptyError,
    GatewayDownError,
    NotForSaleError,
    OrderEndedError,
    PaymentMismatchError,
    PriceChangedError,
    TaxPlaceError,
    TaxUnknownError,
    VoucherRefusedError,
)
from aliquot.commerce.facts import Quote
from aliquot.commerce.models import Order, OrderLine, Payment, Product
from aliquot.commerce.services.orders import Chosen
from aliquot.flows.check_out import Agreed, check_out, send_invoice, wishes_of
from aliquot.flows.pay_order import begin_payment, settle_payment
from aliquot.flows.place_order import (
    CURRENCY,
    Buyer,
    Upgrade,
    Wish,
    quote_for,
    untaxed_quote,
    upgrade_for,
    with_exemption,
)
from aliquot.flows.use_voucher import code_in_cart
from aliquot.infra import clock
from aliquot.infra.idempotency import new_key
from aliquot.lib.countries import COUNTRIES, HOME
from aliquot.lib.dates import day_in_zone, long_date
from aliquot.lib.money import Money
from aliquot.web.own import reader
from aliquot.web.shop.already import already_words
from aliquot.web.shop.forms import CheckoutForm
from aliquot.web.shop.own import full_address, own_order
from aliquot.web.shop.words import refund_words

logger = logging.getLogger("aliquot.commerce")
ASK_PLACE = "Enter your state and your ZIP or postal code to see the tax."


@login_required
@require_http_methods(["GET", "POST"])
def checkout(request: HttpRequest) -> HttpResponse:
    """The summary. Sent with its consent, it places the order and leads to the payment."""
    person = reader(request)
    if request.method != "POST":
        form = CheckoutForm(initial=_initial(person))
        return _summary(request, form, key=new_key())
    form = CheckoutForm(request.POST)
    key = request.POST.get("key", "") or new_key()
    if request.POST.get("step") != "pay":
        return _summary(request, CheckoutForm(initial=form.typed()), key=key)
    if not form.is_valid():
        return _summary(request, form, key=key, status=422)
    return _agreed_to(request, person, form, key)


def _agreed_to(request: HttpRequest, person: User, form: CheckoutForm, key: str) -> HttpResponse:
    """Place the order and lead to its payment, or say why nothing was placed."""
    agreed = Agreed(
        key=key,
        buyer=form.buyer(),
        gateway=form.cleaned_data["gateway"],
        total=_agreed_total(request),
        purchase_order_number=form.cleaned_data["purchase_order_number"],
        keeps_card=form.cleaned_data["keep_card"],
    )
    try:
        order = check_out(person=person, agreed=agreed, now=clock.now())
    except (PriceChangedError, VoucherRefusedError) as changed:
        again = CheckoutForm(initial=form.typed(but=("terms",)))
        words = _why_changed(person, changed)
        return _summary(request, again, key=key, changed=words, status=409)
    except (TaxPlaceError, TaxUnknownError) as unknown:
        again = CheckoutForm(initial=form.typed(but=("terms",)))
        status = 422 if isinstance(unknown, TaxPlaceError) else 503
        return _summary(request, again, key=key, no_tax=unknown.message, status=status)
    except (CartEmptyError, NotForSaleError) as refusal:
        messages.error(request, refusal.message)
        return redirect("shop:cart")
    return pay(request, order)


def _why_changed(person: User, changed: PriceChangedError | VoucherRefusedError) -> str:
    """A code that no longer applies leaves the cart, so that the next total is without it."""
    if isinstance(changed, PriceChangedError):
        return changed.message
    services.set_cart_voucher(person=person, code="", now=clock.now())
    return f"{changed.message} This is the total without it."


def pay(request: HttpRequest, order: Order) -> HttpResponse:
    """To the page where an order is paid; to its own page if there is nothing to do there."""
    if order.state == Order.State.PAID:
        return redirect("shop:returned", order.number)
    if order.state != Order.State.PLACED:
        messages.info(request, "That checkout has ended and nothing was charged. Begin anew here.")
        return redirect("shop:checkout")
    now = clock.now()
    try:
        payment = begin_payment(
            order,
            return_address=full_address("shop:returned", order.number),
            cancel_address=f"{full_address('shop:checkout')}?stopped={order.number}",
            now=now,
        )
    except GatewayDownError:
        messages.error(
            request,
            "The payment page does not answer. Nothing was charged. Your order is kept: try again "
            "in a minute.",
        )
        return redirect("shop:order", order.number)
    except OrderEndedError:  # paid in this very moment
        return redirect("shop:returned", order.number)
    if payment.address:
        return HttpResponseRedirect(payment.address)
    send_invoice(order, now=now)
    return redirect("shop:order", order.number)


def _initial(person: User) -> dict[str, Any]:
    """What the person said last time, else their account."""
    last = queries.last_buyer(person)
    return {
        "name": last.get("name") or person.full_name,
        "email": last.get("email") or person.email,
        "organization": last.get("organization", ""),
        "address": last.get("address", ""),
        "country": last.get("country") or HOME,
        "region": last.get("region", ""),
        "postal_code": last.get("postal_code", ""),
    }


def _agreed_total(request: HttpRequest) -> Money:
    text = request.POST.get("agreed_total", "")
    return Money(
        int(text) if text.isascii() and text.isdigit() and len(text) < 12 else -1, CURRENCY
    )


def _summary(
    request: HttpRequest,
    form: CheckoutForm,
    *,
    key: str,
    changed: str = "",
    no_tax: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page; ``no_tax``: why the order was not placed, its source having said no tax."""
    person, now = reader(request), clock.now()
    said = form.typed() if form.is_bound else form.initial
    country, region = said.get("country") or HOME, said.get("region") or ""
    buyer = Buyer(
        name="",
        email="",
        country=country,
        region=region if country == HOME else "",
        organization=said.get("organization") or "",
        postal_code=said.get("postal_code") or "",
    )
    buyer = with_exemption(person, buyer, now=now)
    upgrade = upgrade_for(person, now=now)
    wishes, zone = wishes_of(person), person.time_zone
    code, discount, refusal_of_code = code_in_cart(
        person, {wish.product for wish in wishes}, now=now
    )
    try:
        quote, chosen, why_no_tax = _quoted(
            wishes, no_tax, buyer=buyer, zone=zone, now=now, discount=discount, upgrade=upgrade
        )
    except (CartEmptyError, NotForSaleError) as refusal:
        messages.error(request, refusal.message)
        return redirect("shop:cart")
    context = {
        "form": form,
        "key": key,
        "quote": quote,
        "subtotal": Money.total((line.gross for line in quote.lines), quote.currency),
        "taxes": _taxes(quote),
        "why_no_tax": why_no_tax,
        "no_tax": no_tax,
        "exemption": buyer.exemption,
        "place": _place(country, buyer.region),
        "setoff": _setoff_words(quote, upgrade, person),
        "setoff_amount": quote.discount - quote.voucher_discount,
        "has_subscription": any(
            line.item.kind == "subscription" and not wish.gift_to
            for line, wish in zip(quote.lines, wishes, strict=True)
        ),
        "already": already_words(
            person, [(each.product, each.course) for each in chosen if not each.gift_to], now=now
        ),
        "changed": changed or refusal_of_code,
        "code": code,
        "has_stopped": "stopped" in request.GET,
        "refund_words": refund_words(queries.shop_settings()),
    }
    return render(request, "web/shop/checkout.html", context, status=status)


def _quoted(
    wishes: Sequence[Wish], no_tax: str, *, buyer: Buyer, **terms: Any
) -> tuple[Quote, list[Chosen], str]:
    """What it costs; before tax, and why, while the tax is not known (``no_tax``: known not to)."""
    try:
        if not no_tax:
            return *quote_for(wishes, buyer=buyer, **terms), ""
    except TaxPlaceError as unknown:
        no_tax = unknown.message if buyer.postal_code else ASK_PLACE
    except TaxUnknownError as unknown:
        no_tax = unknown.message
    untaxed, chosen, _ = untaxed_quote(wishes, buyer=buyer, **terms)
    return untaxed, chosen, no_tax


def _taxes(quote: Quote) -> list[dict[str, object]]:
    """One row for each tax that falls due, with its rate."""
    sums: dict[tuple[str, Any], Money] = {}
    for line in quote.lines:
        if line.tax_name:
            kind = (line.tax_name, line.tax_percent)
            sums[kind] = sums.get(kind, Money.zero(quote.currency)) + line.tax
    return [
        {"name": name, "percent": percent, "amount": amount}
        for (name, percent), amount in sums.items()
    ]


def _place(country: str, region: str) -> str:
    """Where the buyer is, for the line of the tax; empty: not known yet."""
    if country == HOME:
        return STATES.get(region, "")
    return COUNTRIES.get(country, "")


def _setoff_words(quote: Quote, upgrade: Upgrade | None, person: User) -> str:
    """Which hour pack a subscription replaces."""
    if upgrade is None or not any(line.item.setoff for line in quote.lines):
        return ""
    bought = upgrade.grant.line.order
    day = long_date(day_in_zone(bought.placed_at, person.time_zone))
    return f"Your hour pack of {day} is set off"


@require_safe
@own_order
def returned(request: HttpRequest, order: Order) -> HttpResponse:
    """Back from the payment: what our own books say, after asking the gateway. Never a guess."""
    payment = order.payments.order_by("-pk").first()
    is_unclear = False
    if order.state != Order.State.PAID and payment and payment.state == Payment.State.OPEN:
        try:
            order = settle_payment(payment, now=clock.now())
        except (GatewayDownError, PaymentMismatchError) as unclear:
            logger.warning("return page: %s", unclear.code)
            is_unclear = True
        payment.refresh_from_db()
    over = {Payment.State.FAILED.value, Payment.State.ABANDONED.value}
    has_failed = payment is not None and payment.state in over
    is_paid = order.state == Order.State.PAID
    context = {
        "order": order,
        "total": Money(order.total, order.currency),
        "is_paid": is_paid,
        "has_failed": not is_paid and has_failed,
        "is_unclear": is_unclear,
        "looks_again": not is_paid and not has_failed and order.state == Order.State.PLACED,
        "receipt": order.documents.filter(kind="receipt").first(),
        "own": _own_lines(order),
    }
    return render(request, "web/shop/returned.html", context)


def _own_lines(order: Order) -> list[OrderLine]:
    """What the buyer can learn with: no gifts, no seats of others."""
    lines = order.lines.filter(gift_to="").exclude(kind=Product.Kind.SEATS)
    return list(lines.select_related("course"))


urlpatterns = [
    path("checkout/", checkout, name="checkout"),
    path("checkout/<slug:number>/", returned, name="returned"),
]
