"""May this person use this voucher for these things now? Prose: docs/rules/prices.md."""

from collections.abc import Collection, Iterator
from datetime import datetime

from aliquot.commerce.facts import VoucherTerms
from aliquot.lib.dates import day_in_zone, last_day, long_date


def refusal(
    terms: VoucherTerms, *, products: Collection[str], currency: str, zone: str, now: datetime
) -> str:
    """Why the code does not apply, in a sentence; empty when it does.

    It holds from its first moment and up to, not at, its last one; days are named in ``zone``.
    """
    return next(iter(_refusals(terms, products, currency, zone, now)), "")


def _refusals(
    terms: VoucherTerms, products: Collection[str], currency: str, zone: str, now: datetime
) -> Iterator[str]:
    code, each = terms.code, terms.limit_per_person
    if terms.is_withdrawn:
        yield f"The code {code} was withdrawn by the seller."
    if now < terms.valid_from:
        yield f"The code {code} holds from {long_date(day_in_zone(terms.valid_from, zone))} on."
    if terms.valid_until is not None and now >= terms.valid_until:
        yield f"The code {code} was good through {long_date(last_day(terms.valid_until, zone))}."
    if terms.product and terms.product not in products:
        yield f"The code {code} is only for “{terms.product_title}”, which is not in your cart."
    if terms.currency and terms.currency != currency:
        yield f"The code {code} is in {terms.currency}, and this order in {currency}."
    if terms.limit is not None and terms.used >= terms.limit:
        yield f"The code {code} is used up."
    if each is not None and terms.used_by_person >= each:
        often = "once" if each == 1 else f"{each} times"
        yield f"You have used the code {code} {often}, as often as one person may."
