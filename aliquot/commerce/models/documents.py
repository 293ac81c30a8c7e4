"""Receipts, invoices and credit notes: numbered without gaps, never changed."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from aliquot.commerce.models.orders import Order
from aliquot.commerce.models.payments import Refund


class NumberSeries(models.Model):
    """The last number given out in a series and year; its row is the lock that leaves no gap."""

    series = models.CharField(max_length=10)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["series", "year"], name="number_series_once"),
        ]

    def __str__(self) -> str:
        return f"{self.series}-{self.year}: {self.last}"


class Document(models.Model):
    """A receipt, an invoice or a credit note with everything it prints, append-only."""

    class Kind(models.TextChoices):
        RECEIPT = "receipt", "receipt"
        INVOICE = "invoice", "invoice"
        CREDIT_NOTE = "credit_note", "credit note"

    kind = models.CharField(max_length=12, choices=Kind.choices)
    series = models.CharField(max_length=10)
    year = models.PositiveSmallIntegerField()
    sequence = models.PositiveIntegerField()
    number = models.CharField(max_length=30, unique=True)  # R-2026-000042
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="documents")
    refund = models.OneToOneField(Refund, null=True, on_delete=models.PROTECT, related_name="note")
    corrects = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="corrected_by"
    )
    total = models.BigIntegerField()  # below zero on a credit note
    currency = models.CharField(max_length=3)
    content = models.JSONField(encoder=DjangoJSONEncoder)
    content_hash = models.CharField(max_length=64)
    issued_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["series", "year", "sequence"], name="document_sequence_once"
            ),
            models.UniqueConstraint(
                fields=["order", "kind"],
                condition=Q(kind__in=["receipt", "invoice"]),
                name="document_kind_once",
            ),
        ]

    def __str__(self) -> str:
        return self.number
