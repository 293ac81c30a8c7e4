"""What is sold, for how much, and what the provider decides about selling."""

from django.db import models
from django.db.models import F, Q

from aliquot.catalog.models import Course


class Product(models.Model):
    """Something to buy. What an order bought is copied to its lines, so a product may change."""

    class Kind(models.TextChoices):
        SUBSCRIPTION = "subscription", "unlimited access for a term"
        PACK = "pack", "contact hours of one's choice"
        COURSE = "course", "one course"
        BUNDLE = "bundle", "several courses"
        SEATS = "seats", "seats for a laboratory"

    code = models.SlugField(max_length=40, unique=True)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    title = models.CharField(max_length=120)
    description = models.TextField(blank=True)
    term_days = models.PositiveIntegerField()
    hours = models.DecimalField(max_digits=7, decimal_places=2, null=True)  # of a pack
    course = models.ForeignKey(  # of a single course; None: any one course at this price
        Course, null=True, on_delete=models.PROTECT, related_name="products"
    )
    courses = models.ManyToManyField(Course, related_name="bundles")  # of a bundle
    tax_code = models.CharField(max_length=40, blank=True)
    active_from = models.DateTimeField()
    active_until = models.DateTimeField(null=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(term_days__gt=0), name="product_term_positive"),
            models.CheckConstraint(
                condition=Q(kind="pack", hours__gt=0) | (~Q(kind="pack") & Q(hours=None)),
                name="product_hours_of_packs",
            ),
            models.CheckConstraint(
                condition=Q(course=None) | Q(kind="course"), name="product_course_of_single"
            ),
            models.CheckConstraint(
                condition=Q(active_until=None) | Q(active_until__gt=F("active_from")),
                name="product_active_order",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Price(models.Model):
    """The price of one unit from a moment on, append-only: the newest that has begun holds.

    ``from_quantity`` makes a table: ten seats cost less each than one.
    """

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="prices")
    from_quantity = models.PositiveIntegerField(default=1)
    amount = models.PositiveBigIntegerField()  # minor units
    currency = models.CharField(max_length=3)
    starts_at = models.DateTimeField()
    set_at = models.DateTimeField()
    set_by_id = models.BigIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["product", "starts_at"])]
        constraints = [
            models.CheckConstraint(condition=Q(from_quantity__gt=0), name="price_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.product} {self.amount} {self.currency}"


class ShopSettings(models.Model):
    """The seller's rules, one row; defaults are the published limits of docs/rules/refunds.md."""

    refund_days = models.PositiveSmallIntegerField(default=30)
    refund_completions_below = models.PositiveSmallIntegerField(default=2)
    refund_reviews_below = models.PositiveSmallIntegerField(default=3)
    refund_unused_hours = models.BooleanField(default=False)  # of a pack, in part
    refund_revokes_credit = models.BooleanField(default=True)
    renewal_notice_days = models.PositiveSmallIntegerField(default=14)
    expiry_notice_days = models.PositiveSmallIntegerField(default=30)
    give_back_minutes = models.PositiveSmallIntegerField(default=60)
    checkout_minutes = models.PositiveIntegerField(default=60 * 24)  # until an unpaid order lapses
    terms_version = models.CharField(max_length=20, default="1")
    seller_name = models.CharField(max_length=200, blank=True)  # empty: the provider's
    seller_address = models.TextField(blank=True)
    seller_tax_number = models.CharField(max_length=60, blank=True)
    # On invoices: payable to whom, which bank account.
    payment_instructions = models.TextField(blank=True, max_length=1000, db_default="", default="")

    def __str__(self) -> str:
        return "shop settings"
