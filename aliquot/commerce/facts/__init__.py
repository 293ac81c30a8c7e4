"""What the shop's rules take and give, and what gateways say: frozen facts, money as ``Money``."""

from aliquot.commerce.facts.gateways import (
    Charged,
    Checkout,
    CheckoutItem,
    Happened,
    PaidBack,
    Wanted,
)
from aliquot.commerce.facts.offers import Advice, Basket, Bought, Needed, Option
from aliquot.commerce.facts.quotes import (
    Discount,
    Item,
    PricePoint,
    Quote,
    QuoteLine,
    TaxRow,
)
from aliquot.commerce.facts.refunds import (
    Answer,
    Assessment,
    AtStake,
    Change,
    Limits,
    LineAnswer,
    Purchase,
    SoldLine,
)
from aliquot.commerce.facts.renewals import RenewalStep
from aliquot.commerce.facts.settling import DaySums, Entered, Folded, Movement, Owed
from aliquot.commerce.facts.taxes import LineTax, Returned, TaxAnswer, TaxedLine, TaxQuestion
from aliquot.commerce.facts.vouchers import VoucherTerms

__all__ = [
    "Advice",
    "Answer",
    "Assessment",
    "AtStake",
    "Basket",
    "Bought",
    "Change",
    "Charged",
    "Checkout",
    "CheckoutItem",
    "DaySums",
    "Discount",
    "Entered",
    "Folded",
    "Happened",
    "Item",
    "Limits",
    "LineAnswer",
    "LineTax",
    "Movement",
    "Needed",
    "Option",
    "Owed",
    "PaidBack",
    "PricePoint",
    "Purchase",
    "Quote",
    "QuoteLine",
    "RenewalStep",
    "Returned",
    "SoldLine",
    "TaxAnswer",
    "TaxQuestion",
    "TaxRow",
    "TaxedLine",
    "VoucherTerms",
    "Wanted",
]
