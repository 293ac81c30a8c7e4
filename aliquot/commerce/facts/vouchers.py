"""What the voucher rule takes."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class VoucherTerms:
    """A voucher and how often it is in use: uses of orders that ended unpaid do not count.

    ``product``: the code of the only product it lowers, with its title; empty: anything.
    ``currency``: of an amount off; empty: a percentage.
    """

    code: str
    valid_from: datetime
    valid_until: datetime | None = None
    is_withdrawn: bool = False
    product: str = ""
    product_title: str = ""
    currency: str = ""
    limit: int | None = None
    limit_per_person: int | None = None
    used: int = 0
    used_by_person: int = 0
