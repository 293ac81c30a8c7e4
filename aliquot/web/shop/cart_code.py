"""The code in a cart: typed on the cart's page, looked at again at the checkout."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.http import require_POST

from aliquot.commerce import queries, services
from aliquot.commerce.errors import VoucherRefusedError
from aliquot.flows.check_out import wishes_of
from aliquot.flows.use_voucher import try_code
from aliquot.infra import clock
from aliquot.web.own import reader
from aliquot.web.shop.cart import show_cart


@login_required
@require_POST
def cart_voucher(request: HttpRequest) -> HttpResponse:
    """Use the typed code, or none; one that does not apply is shown with the reason."""
    person, now = reader(request), clock.now()
    typed = queries.tidy_code(request.POST.get("code", ""))[:40]
    if "remove" in request.POST:
        services.set_cart_voucher(person=person, code="", now=now)
        messages.success(request, "The code is out of your cart.")
        return redirect("shop:cart")
    if not typed:
        return show_cart(request, code_error="Enter a code first.", status=422)
    products = {wish.product for wish in wishes_of(person)}
    try:
        try_code(person, typed, products=products, now=now)
    except VoucherRefusedError as refused:
        return show_cart(request, typed=typed, code_error=refused.message, status=422)
    services.set_cart_voucher(person=person, code=typed, now=now)
    messages.success(request, f"The code {typed} is used for this order.")
    return redirect("shop:cart")


urlpatterns = [path("cart/code/", cart_voucher, name="cart_voucher")]
