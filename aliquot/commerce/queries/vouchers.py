"""Vouchers by the code that people type, with the uses that count."""

from django.db.models import QuerySet

from aliquot.accounts.models import User
from aliquot.commerce.facts import Discount, VoucherTerms
from aliquot.commerce.models import Cart, Order, Voucher, VoucherUse
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


def cart_code(person: User) -> str:
    """The code that somebody means to use."""
    return Cart.objects.filter(person=person).values_list("voucher_code", flat=True).first() or ""


def waiting_orders_with(person: User, code: str) -> QuerySet[Order]:
    """A person's unpaid checkouts that hold a code: a new checkout replaces them."""
    return Order.objects.filter(
        person=person,
        state=Order.State.PLACED,
        lapses_at__isnull=False,
        voucher_use__voucher__code=tidy_code(code),
        voucher_use__released_at=None,
    ).order_by("pk")


def terms_of(voucher: Voucher, person: User, *, but_waiting: bool = False) -> VoucherTerms:
    """A voucher as its rule takes it, with the uses of this moment.

    ``but_waiting``: without those of the person's own unpaid checkouts, which a new one replaces.
    """
    uses, product = uses_of(voucher), voucher.product
    if but_waiting:
        uses = uses.exclude(order__in=waiting_orders_with(person, voucher.code))
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
