"""The shop: what is sold, the cart, the quote, orders and their papers, refunds, renewal."""

from aliquot.api.shop import (
    access,
    cart,
    exemptions,
    gifts,
    papers,
    placing,
    products,
    quotes,
    refunds,
)

AREAS = (
    products.area,
    cart.area,
    quotes.area,
    placing.area,  # that of orders, too: they share addresses
    papers.area,
    refunds.area,
    access.area,
    gifts.area,
    exemptions.area,
)
