"""What a person adds to a plan: offers from elsewhere that the catalog does not know."""

from django.db import models

from aliquot.accounts.models import User


class OutsideOffer(models.Model):
    """A course of another provider that the planner may choose."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="outside_offers")
    title = models.CharField(max_length=300)
    provider_name = models.CharField(max_length=200, blank=True)
    parts = models.JSONField()  # [{"amount": "1.5", "areas": ["hematology"]}], contact hours
    approvals = models.JSONField(null=True)  # None: unknown; []: none
    price_cents = models.PositiveIntegerField(null=True)  # of a US dollar; None: not stated
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.title
