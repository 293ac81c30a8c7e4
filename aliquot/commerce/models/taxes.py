"""What the source of taxes was told of: sales, and what was given back of them."""

from django.db import models
from django.db.models import Q

from aliquot.commerce.models.orders import Order
from aliquot.commerce.models.payments import Refund


class TaxFiling(models.Model):
    """A sale, or a refund of it, as the source of the order's taxes recorded it or refused to.

    ``transaction``: the source's name for the record; empty while there is only a ``problem``.
    """

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="tax_filings")
    refund = models.ForeignKey(
        Refund, null=True, on_delete=models.PROTECT, related_name="tax_filings"
    )
    transaction = models.CharField(max_length=200, blank=True)
    problem = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order"], condition=Q(refund=None), name="tax_filing_sale_once"
            ),
            models.UniqueConstraint(fields=["refund"], name="tax_filing_refund_once"),
        ]

    def __str__(self) -> str:
        return self.transaction or self.problem
