"""Codes that lower a price, and things bought for somebody else."""

from django.db import models
from django.db.models import Q

from aliquot.accounts.models import User
from aliquot.commerce.models.orders import LineGrant, Order, OrderLine
from aliquot.commerce.models.products import Product


class Voucher(models.Model):
    """A code that takes a percentage or an amount off, as often as its limits say."""

    code = models.CharField(max_length=40, unique=True)  # in capitals
    note = models.CharField(max_length=200, blank=True)
    percent_off = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    amount_off = models.PositiveBigIntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True)  # of the amount
    product = models.ForeignKey(  # None: anything
        Product, null=True, on_delete=models.PROTECT, related_name="vouchers"
    )
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True)
    limit = models.PositiveIntegerField(null=True)  # uses in all; None: without
    limit_per_person = models.PositiveIntegerField(null=True, default=1)
    created_at = models.DateTimeField()
    created_by_id = models.BigIntegerField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(percent_off__gt=0, percent_off__lte=100, amount_off=None)
                | Q(percent_off=None, amount_off__gt=0),
                name="voucher_one_discount",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class VoucherUse(models.Model):
    """A voucher taken by an order. An order that ends unpaid lets go of it."""

    voucher = models.ForeignKey(Voucher, on_delete=models.PROTECT, related_name="uses")
    order = models.OneToOneField(Order, on_delete=models.PROTECT, related_name="voucher_use")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="voucher_uses")
    amount = models.PositiveBigIntegerField()
    taken_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.voucher} for {self.order}"


class Gift(models.Model):
    """A paid line for somebody else: sent on its day, opened once by whoever has the code."""

    line = models.OneToOneField(OrderLine, on_delete=models.PROTECT, related_name="gift")
    code_hash = models.CharField(max_length=64, unique=True)
    to = models.EmailField()
    message = models.CharField(max_length=500, blank=True)
    send_on = models.DateField()
    sent_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    opened_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="gifts_opened"
    )
    grant = models.OneToOneField(
        LineGrant, null=True, on_delete=models.PROTECT, related_name="gift"
    )
    canceled_at = models.DateTimeField(null=True)  # the order was refunded

    def __str__(self) -> str:
        return f"gift for {self.to}"
