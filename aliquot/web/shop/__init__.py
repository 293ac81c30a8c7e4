"""The shop's pages: prices, cart, checkout, orders, refunds; and what gateways call."""

from aliquot.web.shop import (
    cart,
    cart_code,
    checkout,
    exemptions,
    gifts,
    orders,
    papers,
    pricing,
    refunds,
    subscription,
    test_gateway,
    webhooks,
)

app_name = "shop"
urlpatterns = [
    *pricing.urlpatterns,
    *cart_code.urlpatterns,
    *cart.urlpatterns,
    *gifts.urlpatterns,
    *checkout.urlpatterns,
    *orders.urlpatterns,
    *subscription.urlpatterns,
    *refunds.urlpatterns,
    *papers.urlpatterns,
    *exemptions.urlpatterns,
    *test_gateway.urlpatterns,
    *webhooks.urlpatterns,
]
