"""A quote: what somebody wants, what it costs this moment, and why."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from aliquot.lib.money import Money


@dataclass(frozen=True, slots=True)
class PricePoint:
    """One row of a price table: the price of one from this quantity on, from this moment on."""

    from_quantity: int
    amount: Money
    starts_at: datetime


@dataclass(frozen=True, slots=True)
class Item:
    """One thing wanted. ``product`` is the product's code, ``course`` the code of a single course.

    ``setoff`` is what was paid for the pack that this subscription replaces.
    """

    product: str
    kind: str
    title: str
    quantity: int
    unit: Money
    tax_code: str = ""
    course: str = ""
    setoff: Money | None = None


@dataclass(frozen=True, slots=True)
class Discount:
    """What a voucher takes off: a percentage or an amount, of one product or of anything."""

    code: str
    percent: Decimal | None = None
    amount: Money | None = None
    product: str = ""  # a product's code; empty: anything


@dataclass(frozen=True, slots=True)
class TaxRow:
    """A rate of the tax table that holds at the buyer's place."""

    jurisdiction: str
    name: str
    percent: Decimal
    valid_from: date
    valid_through: date | None = None
    tax_code: str = ""  # empty: products of all codes


@dataclass(frozen=True, slots=True)
class QuoteLine:
    """An item with its discount and tax: ``net`` is ``quantity × unit − discount``."""

    item: Item
    gross: Money
    discount: Money
    net: Money
    tax: Money
    tax_percent: Decimal
    tax_name: str


@dataclass(frozen=True, slots=True)
class Quote:
    """What an order would cost: shown before consent, and stored by it.

    ``tax_source`` and ``tax_calculation`` are set when somebody must be told of the sale.
    """

    lines: tuple[QuoteLine, ...]
    currency: str
    discount: Money
    voucher_discount: Money
    net: Money
    tax: Money
    total: Money
    tax_source: str = ""
    tax_calculation: str = ""
