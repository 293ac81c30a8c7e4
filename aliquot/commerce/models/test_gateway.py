"""The memory of the embedded test gateway: it plays the card network, and no money moves."""

from django.db import models


class FakeCharge(models.Model):
    """One payment at the test gateway, which is a fake: the production profile refuses it."""

    class State(models.TextChoices):
        OPEN = "open", "waiting"
        CAPTURED = "captured", "paid"
        FAILED = "failed", "declined"
        ABANDONED = "abandoned", "given up"

    provider_id = models.CharField(max_length=40, unique=True)
    key = models.CharField(max_length=200, unique=True)
    charge_id = models.CharField(max_length=40, blank=True)
    method_reference = models.CharField(max_length=40, blank=True)
    order_number = models.CharField(max_length=20)
    buyer_email = models.EmailField()
    items = models.JSONField()  # [{"title", "amount"}]
    amount = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    return_address = models.TextField()
    cancel_address = models.TextField()
    refunds = models.JSONField(default=list)  # [{"id", "key", "amount", "at"}]
    opened_at = models.DateTimeField()
    captured_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.provider_id} {self.state}"
