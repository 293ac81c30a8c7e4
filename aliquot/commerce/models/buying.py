"""Before an order: a cart, and papers that say a buyer pays no tax."""

from django.db import models
from django.db.models import Q

from aliquot.accounts.models import User
from aliquot.catalog.models import Course
from aliquot.commerce.models.products import Product
from aliquot.infra.models import StoredFile


class Cart(models.Model):
    """What a person means to buy. It holds no price: prices are of the moment of the order."""

    person = models.OneToOneField(User, on_delete=models.CASCADE, related_name="cart")
    voucher_code = models.CharField(max_length=40, blank=True)
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"cart of {self.person}"


class CartItem(models.Model):
    """One thing in a cart; a gift names who gets it and when."""

    cart = models.ForeignKey(Cart, on_delete=models.CASCADE, related_name="items")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    course = models.ForeignKey(Course, null=True, on_delete=models.CASCADE, related_name="+")
    quantity = models.PositiveIntegerField(default=1)
    gift_to = models.EmailField(blank=True)
    gift_message = models.CharField(max_length=500, blank=True)
    gift_on = models.DateField(null=True)
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["added_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["cart", "product", "course", "gift_to"], name="cart_item_course_once"
            ),
            models.UniqueConstraint(
                fields=["cart", "product", "gift_to"],
                condition=Q(course=None),
                name="cart_item_once",
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="cart_item_quantity"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.product}"


class TaxExemption(models.Model):
    """A certificate by which an institution pays no tax; it holds once staff approved it."""

    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="tax_exemptions")
    institution = models.CharField(max_length=200)
    jurisdiction = models.CharField(max_length=10)  # US-FL; US: everywhere in the country
    number = models.CharField(max_length=80, blank=True)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    valid_through = models.DateField(null=True)
    added_at = models.DateTimeField()
    approved_at = models.DateTimeField(null=True)
    approved_by_id = models.BigIntegerField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.institution} in {self.jurisdiction}"
