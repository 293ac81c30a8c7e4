"""What the sources of taxes were told of, and what they were not told of yet."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet

from aliquot.commerce.models import Order, Refund, TaxFiling

CALCULATION_HOLDS = timedelta(days=90)  # at Stripe
LISTED_FOR = timedelta(days=30)

_DONE = TaxFiling.objects.exclude(transaction="")


def sale_filed(order: Order) -> TaxFiling | None:
    """The record of an order's sale at the source of its taxes."""
    return _DONE.filter(order=order, refund=None).first()


def refund_filed(refund: Refund) -> TaxFiling | None:
    """The record of a refund there."""
    return _DONE.filter(refund=refund).first()


def sales_to_file(*, now: datetime) -> QuerySet[Order]:
    """Paid orders whose source of taxes has not recorded the sale, the oldest first.

    Those whose calculation has expired are left out: no source takes them any more.
    """
    return _unfiled_sales().filter(placed_at__gt=now - CALCULATION_HOLDS)


def _unfiled_sales() -> QuerySet[Order]:
    done = _DONE.filter(order=OuterRef("pk"), refund=None)
    return (
        Order.objects.exclude(tax_calculation="")
        .filter(~Exists(done), state=Order.State.PAID)
        .order_by("pk")
    )


def refunds_to_file() -> QuerySet[Refund]:
    """Refunds that were paid back and that the source has not recorded, the oldest first."""
    done = _DONE.filter(refund=OuterRef("pk"))
    return (
        Refund.objects.exclude(order__tax_calculation="")
        .filter(~Exists(done), state=Refund.State.SUCCEEDED)
        .select_related("order")
        .order_by("pk")
    )


def missing_filings(gateway: str, currency: str, *, before: datetime) -> list[str]:
    """A sentence for each sale and refund of the 30 days before that no source has recorded.

    Staff have been told of older ones thirty times.
    """
    days = (before - LISTED_FOR, before)
    sales = _unfiled_sales().filter(gateway=gateway, currency=currency, paid_at__range=days)
    backs = refunds_to_file().filter(
        order__gateway=gateway, currency=currency, settled_at__range=days
    )
    return [
        *(
            f"Order {each.number} is paid, but {_source(each)} has no record of it."
            for each in sales
        ),
        *(
            f"A refund of order {each.order.number} is paid back, but {_source(each.order)} has "
            "no record of it."
            for each in backs
        ),
    ]


def _source(order: Order) -> str:
    return f"{order.tax_source.capitalize()} Tax"
