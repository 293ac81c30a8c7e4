"""The shop's pages: prices, cart, checkout, orders, refunds; and what gateways call."""

from aliquot.web.shop import (
    cart,
    checkout,
    exemptions,
    orders,
    papers,
    pricing,
    refunds,
    test_gateway,
    webhooks,
)

app_name = "shop"
urlpatterns = [
    *pricing.urlpatterns,
    *cart.urlpatterns,
    *checkout.urlpatterns,
    *orders.urlpatterns,
    *refunds.urlpatterns,
    *papers.urlpatterns,
    *exemptions.urlpatterns,
    *test_gateway.urlpatterns,
    *webhooks.urlpatterns,
]
