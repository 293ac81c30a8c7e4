"""A code that somebody typed: whether it applies, and what it takes off."""

from collections.abc import Collection
from datetime import datetime, timedelta

from aliquot.accounts.models import User
from aliquot.commerce import queries
from aliquot.commerce.errors import VoucherRefusedError
from aliquot.commerce.facts import Discount
from aliquot.commerce.models import Voucher
from aliquot.commerce.rules import vouchers as rule
from aliquot.infra import limits

CURRENCY = "USD"
TRIES, PERIOD = 20, timedelta(hours=1)


def try_code(person: User, code: str, *, products: Collection[str], now: datetime) -> Discount:
    """What a typed code takes off these products, by their codes.

    Every try counts, so that codes cannot be guessed: call it when a code is typed, outside of a
    transaction. Raises VoucherRefusedError with the reason, and TooManyRequestsError.
    """
    limits.check(scope="voucher", key=str(person.pk), limit=TRIES, period=PERIOD, now=now)
    return discount_for(person, code, products=products, now=now)


def discount_for(person: User, code: str, *, products: Collection[str], now: datetime) -> Discount:
    """The same for a code that was tried before: not counted. Raises VoucherRefusedError.

    A use that the person's own unpaid checkout holds is no obstacle: a new one replaces it.
    """
    voucher = queries.voucher_by_code(code)
    return checked(voucher, code, person, products=products, now=now, but_waiting=True)


def code_in_cart(
    person: User, products: Collection[str], *, now: datetime
) -> tuple[str, Discount | None, str]:
    """The code in a person's cart with what it takes off; or none, and why it no longer applies."""
    code = queries.cart_code(person)
    if not code or not products:
        return "", None, ""
    try:
        return code, discount_for(person, code, products=products, now=now), ""
    except VoucherRefusedError as refused:
        return "", None, f"{refused.message} This is the total without it."


def checked(
    voucher: Voucher | None,
    code: str,
    person: User,
    *,
    products: Collection[str],
    now: datetime,
    but_waiting: bool = False,
) -> Discount:
    """The discount of a voucher that applies, else VoucherRefusedError."""
    if voucher is None:
        raise VoucherRefusedError(
            f"The code {queries.tidy_code(code)[:40]} is not known. Check it letter by letter."
        )
    reason = rule.refusal(
        queries.terms_of(voucher, person, but_waiting=but_waiting),
        products=products,
        currency=CURRENCY,
        zone=person.time_zone,
        now=now,
    )
    if reason:
        raise VoucherRefusedError(reason)
    return queries.discount_of(voucher)
