"""What the shop's rules take and give, and what gateways say: frozen facts, money as ``Money``."""

from aliquot.commerce.facts.gateways import (
    Charged,
    Checkout,
    CheckoutItem,
    Happened,
    PaidBack,
    Wanted,
)
from aliquot.commerce.facts.quotes import (
    Discount,
    Item,
    PricePoint,
    Quote,
    QuoteLine,
    TaxRow,
)
from aliquot.commerce.facts.settling import Folded, Movement, Owed

__all__ = [
    "Charged",
    "Checkout",
    "CheckoutItem",
    "Discount",
    "Folded",
    "Happened",
    "Item",
    "Movement",
    "Owed",
    "PaidBack",
    "PricePoint",
    "Quote",
    "QuoteLine",
    "TaxRow",
    "Wanted",
]
