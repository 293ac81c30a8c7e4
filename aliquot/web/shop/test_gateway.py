"""The payment page of the test gateway: it plays the card network in a demonstration, no more."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_http_methods

from aliquot.commerce import access
from aliquot.commerce.models import FakeCharge
from aliquot.commerce.services import test_gateway as memory
from aliquot.infra import clock
from aliquot.lib.money import Money
from aliquot.web.own import reader

ENDS = {"pay": FakeCharge.State.CAPTURED, "decline": FakeCharge.State.FAILED}


@login_required
@require_http_methods(["GET", "POST"])
def test_payment(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Pay, decline or go back, as a hosted page would let its visitor. 404 outside of a demo."""
    if not settings.IS_DEMO:
        raise Http404
    charge = access.test_charge_for(reader(request), provider_id)
    deed = request.POST.get("deed", "")
    if deed in ENDS:
        memory.end_charge(charge.provider_id, state=ENDS[deed], now=clock.now())
        return HttpResponseRedirect(charge.return_address)
    if deed == "cancel":  # as hosted pages do: the payment stays open
        return HttpResponseRedirect(charge.cancel_address)
    context = {
        "charge": charge,
        "is_open": charge.state == FakeCharge.State.OPEN,
        "total": Money(charge.amount, charge.currency),
        "items": [
            {"title": item["title"], "amount": Money(item["amount"], charge.currency)}
            for item in charge.items
        ],
    }
    return render(request, "web/shop/test_payment.html", context)


urlpatterns = [path("demo/pay/<slug:provider_id>/", test_payment, name="test_payment")]
