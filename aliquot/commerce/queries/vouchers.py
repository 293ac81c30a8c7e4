"""Vouchers by the code that people type, with the uses that count."""

from django.db.models import QuerySet

from aliquot.accounts.models import User
from aliquot.commerce.facts import Discount, VoucherTerms
from aliquot.commerce.models import Voucher, VoucherUse
from aliquot.lib.money import Money


def tidy_code(text: str) -> str:
    """A code as it is stored: in capitals, without spaces."""
    return "".join(text.split()).upper()


def voucher_by_code(code: str) -> Voucher | None:
    """A voucher by its code in any case."""
    return Voucher.objects.filter(code=tidy_code(code)).select_related("product").first()


def uses_of(voucher: Voucher) -> QuerySet[VoucherUse]:
    """The uses that count: an order that ended unpaid has let go of its own."""
    return VoucherUse.objects.filter(voucher=voucher, released_at=None)


def terms_of(voucher: Voucher, person: User) -> VoucherTerms:
    """A voucher as its rule takes it, with the uses of this moment."""
    uses, product = uses_of(voucher), voucher.product
    return VoucherTerms(
        code=voucher.code,
        valid_from=voucher.valid_from,
        valid_until=voucher.valid_until,
        is_withdrawn=voucher.withdrawn_at is not None,
        product="" if product is None else product.code,
        product_title="" if product is None else product.title,
        currency=voucher.currency,
        limit=voucher.limit,
        limit_per_person=voucher.limit_per_person,
        used=uses.count(),
        used_by_person=uses.filter(person=person).count(),
    )


def discount_of(voucher: Voucher) -> Discount:
    """A voucher as the price rule takes it."""
    amount = None if voucher.amount_off is None else Money(voucher.amount_off, voucher.currency)
    return Discount(
        code=voucher.code,
        percent=voucher.percent_off,
        amount=amount,
        product="" if voucher.product is None else voucher.product.code,
    )
