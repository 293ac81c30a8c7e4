"""The refund of an order: the answer before anything is clicked, a check, the request, the end."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.http import require_http_methods, require_safe

from aliquot.commerce.errors import (
    GatewayDownError,
    OrderEndedError,
    PaymentMismatchError,
    RefundChangedError,
    RefundRefusedError,
)
from aliquot.commerce.models import Order, Refund
from aliquot.flows.refund_order import request_refund
from aliquot.flows.send_refund import send_refund
from aliquot.infra import clock
from aliquot.web.own import render_in_zone
from aliquot.web.shop.own import own_order
from aliquot.web.shop.refund_meter import Meter, meter_of, reference_of


class AskForm(forms.Form):
    """What the page showed, and what a person who decides should know."""

    terms = forms.CharField(max_length=2000, widget=forms.HiddenInput)
    words = forms.CharField(
        label="What should we know?",
        max_length=1000,
        required=False,
        widget=forms.Textarea,
        help_text="A person reads this. You need not give a reason.",
    )

    def __init__(self, *args: Any, meter: Meter, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not meter.is_decided:
            del self.fields["words"]


@require_safe
@own_order
def refund(request: HttpRequest, order: Order) -> HttpResponse:
    """Today's answer, how it would change, what would be taken back; and what was asked before."""
    _refuse_unpaid(order)
    meter = meter_of(order, now=clock.now())
    return render_in_zone(request, "web/shop/refund.html", {"order": order, "meter": meter})


@require_http_methods(["GET", "POST"])
@own_order
def refund_ask(request: HttpRequest, order: Order) -> HttpResponse:
    """What exactly would happen, then the request."""
    _refuse_unpaid(order)
    meter = meter_of(order, now=clock.now())
    if request.method != "POST":
        if not meter.ask:
            return redirect("shop:refund", order.number)
        return _check(request, order, meter, AskForm(initial={"terms": meter.terms}, meter=meter))
    form = AskForm(request.POST, meter=meter)
    if not form.is_valid():
        return _check(request, order, meter, form, status=422)
    try:
        made = request_refund(
            order=order,
            agreed=form.cleaned_data["terms"],
            words=form.cleaned_data.get("words", ""),
            actor_id=order.person_id,
            now=clock.now(),
        )
    except RefundChangedError as changed:
        fresh = AskForm(initial={"terms": meter.terms}, meter=meter)
        return _check(request, order, meter, fresh, refusal=changed.message, status=409)
    except (RefundRefusedError, OrderEndedError) as refused:
        messages.error(request, refused.message)
        return redirect("shop:refund", order.number)
    _tell(request, _sent(made))
    return redirect("shop:refund", order.number)


def _refuse_unpaid(order: Order) -> None:
    if order.state != Order.State.PAID:
        raise Http404


def _sent(made: Refund) -> Refund:
    """Send it at once; if the gateway does not answer, a job does it later."""
    try:
        return send_refund(made, now=clock.now())
    except (GatewayDownError, PaymentMismatchError):
        return made


def _tell(request: HttpRequest, made: Refund) -> None:
    reference = reference_of(made)
    if made.state == Refund.State.REQUESTED:
        messages.success(
            request,
            f"Your request {reference} is with us. You get the answer and its reason by mail.",
        )
    elif made.state == Refund.State.SUCCEEDED:
        messages.success(request, f"Refund {reference} is paid back.")
    elif made.state == Refund.State.DECLINED:
        messages.info(request, f"Request {reference} was declined before.")
    else:
        messages.success(request, f"Refund {reference} is approved and on its way to you.")


def _check(
    request: HttpRequest,
    order: Order,
    meter: Meter,
    form: AskForm,
    *,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {"order": order, "meter": meter, "form": form, "refusal": refusal}
    return render_in_zone(request, "web/shop/refund_ask.html", context, status=status)


urlpatterns = [
    path("orders/<slug:number>/refund/", refund, name="refund"),
    path("orders/<slug:number>/refund/ask/", refund_ask, name="refund_ask"),
]
