"""Reads of the shop: what is on sale, orders with their money, documents."""

from aliquot.commerce.queries.invariants import broken_invariants
from aliquot.commerce.queries.orders import (
    OrderMoney,
    given_back_of_line,
    has_captured,
    money_of,
    order_by_number,
    orders_of,
    upgradeable_pack,
)
from aliquot.commerce.queries.payments import (
    days_compared,
    double_payments_to_return,
    entries_between,
    entries_called,
    events_to_process,
    gateways_of_open_payments,
    open_payments,
    orders_to_lapse,
    payment_called,
    payments_called,
    reconciliations,
)
from aliquot.commerce.queries.products import (
    OnSale,
    discount_of,
    on_sale,
    price_points,
    product_on_sale,
    shop_settings,
    tax_rows_for,
)

__all__ = [
    "OnSale",
    "OrderMoney",
    "broken_invariants",
    "days_compared",
    "discount_of",
    "double_payments_to_return",
    "entries_between",
    "entries_called",
    "events_to_process",
    "gateways_of_open_payments",
    "given_back_of_line",
    "has_captured",
    "money_of",
    "on_sale",
    "open_payments",
    "order_by_number",
    "orders_of",
    "orders_to_lapse",
    "payment_called",
    "payments_called",
    "price_points",
    "product_on_sale",
    "reconciliations",
    "shop_settings",
    "tax_rows_for",
    "upgradeable_pack",
]
