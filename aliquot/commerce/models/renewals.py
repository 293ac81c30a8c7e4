"""Renewal of a subscription: off unless its holder switched it on."""

from django.db import models
from django.db.models import Q

from aliquot.accounts.models import User
from aliquot.commerce.models.orders import Order
from aliquot.commerce.models.products import Product


class Renewal(models.Model):
    """A holder's wish that a subscription goes on; the price is the one that the notice named."""

    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="subscription_renewals")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="renewal_wishes")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    gateway = models.CharField(max_length=20)
    method_reference = models.CharField(max_length=200)  # the gateway's name for the saved card
    switched_on_at = models.DateTimeField()
    switched_off_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField()  # when the present term ends
    noticed_at = models.DateTimeField(null=True)
    noticed_amount = models.PositiveBigIntegerField(null=True)  # with tax, as the notice said
    attempts = models.PositiveSmallIntegerField(default=0)
    last_problem = models.CharField(max_length=200, blank=True)
    renewed_by = models.OneToOneField(
        Order, null=True, on_delete=models.PROTECT, related_name="renewed"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(switched_off_at=None, renewed_by=None),
                name="renewal_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} renews {self.product}"
