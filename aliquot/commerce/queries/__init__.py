"""Reads of the shop: what is on sale, orders with their money, documents."""

from aliquot.commerce.queries.orders import (
    OrderMoney,
    given_back_of_line,
    has_captured,
    money_of,
    order_by_number,
    orders_of,
    upgradeable_pack,
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
    "discount_of",
    "given_back_of_line",
    "has_captured",
    "money_of",
    "on_sale",
    "order_by_number",
    "orders_of",
    "price_points",
    "product_on_sale",
    "shop_settings",
    "tax_rows_for",
    "upgradeable_pack",
]
