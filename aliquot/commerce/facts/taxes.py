"""What we ask a source of taxes, and what it says."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from aliquot.lib.money import Money


@dataclass(frozen=True, slots=True)
class TaxedLine:
    """A line of an order after discounts; an empty ``tax_code`` is the seller's usual one."""

    net: Money
    tax_code: str = ""


@dataclass(frozen=True, slots=True)
class TaxQuestion:
    """What is sold, where and when; an answer keeps it, so that it is used for nothing else."""

    lines: tuple[TaxedLine, ...]
    currency: str
    country: str
    region: str
    postal_code: str
    is_exempt: bool
    on: date


@dataclass(frozen=True, slots=True)
class LineTax:
    """The tax of a line; ``percent`` is the sum of all its rates, ``name`` as receipts print it."""

    tax: Money
    percent: Decimal = Decimal(0)
    name: str = ""


@dataclass(frozen=True, slots=True)
class TaxAnswer:
    """The taxes of the lines in their order.

    ``calculation``: the source's name for it, when it must be told of the sale; else empty.
    """

    question: TaxQuestion
    lines: tuple[LineTax, ...]
    calculation: str = ""


@dataclass(frozen=True, slots=True)
class Returned:
    """What of a line is given back: ``net`` and ``tax``, both above zero."""

    position: int
    net: Money
    tax: Money
