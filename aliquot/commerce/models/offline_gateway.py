"""Payments that reach the seller by check, bank transfer or purchase order, as staff saw them."""

from django.db import models


class OfflinePayment(models.Model):
    """An invoice's payment: open until staff write down that the money has arrived."""

    provider_id = models.CharField(max_length=40, unique=True)
    order_number = models.CharField(max_length=20)
    amount = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3)
    is_live = models.BooleanField()
    opened_at = models.DateTimeField()
    received_at = models.DateTimeField(null=True)
    received_amount = models.PositiveBigIntegerField(null=True)
    reference = models.CharField(max_length=120, blank=True)  # of the check or transfer
    recorded_by_id = models.BigIntegerField(null=True)
    given_up_at = models.DateTimeField(null=True)
    refunds = models.JSONField(default=list)  # [{"id", "key", "amount", "at"}]
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.provider_id} {self.reference}"
