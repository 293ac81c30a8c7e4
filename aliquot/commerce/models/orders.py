"""Orders with their lines, frozen as they were placed; the entitlement that a paid line granted."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q

from aliquot.accounts.models import User
from aliquot.catalog.models import Course
from aliquot.commerce.models.products import Product
from aliquot.learning.models import Entitlement


class TaxRate(models.Model):
    """One row of the simple tax table: a rate that holds in a place for a kind of product."""

    jurisdiction = models.CharField(max_length=10)  # US-FL, or US
    name = models.CharField(max_length=80)  # Florida sales tax
    tax_code = models.CharField(max_length=40, blank=True)  # of products; empty: all
    percent = models.DecimalField(max_digits=7, decimal_places=4)
    valid_from = models.DateField()
    valid_through = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(percent__gte=0, percent__lt=100), name="tax_rate_percent"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.percent} %"


class Order(models.Model):
    """What somebody agreed to buy: amounts, terms and the buyer as they were that moment.

    What was paid and given back is not here: it is the sum of the order's money entries.
    """

    class State(models.TextChoices):
        PLACED = "placed", "waiting for payment"
        PAID = "paid", "paid"
        CANCELED = "canceled", "canceled"
        LAPSED = "lapsed", "not paid in time"

    number = models.CharField(max_length=20, unique=True)  # random, for people: 7QK2-M9XD
    person = models.ForeignKey(  # found by the index of order_key_once
        User, on_delete=models.PROTECT, related_name="orders", db_index=False
    )
    key = models.CharField(max_length=80)  # the checkout's: a double click finds the same order
    state = models.CharField(max_length=10, choices=State.choices)
    gateway = models.CharField(max_length=20)
    is_live = models.BooleanField()  # real money
    currency = models.CharField(max_length=3)
    net = models.PositiveBigIntegerField()  # minor units, after discounts, before tax
    discount = models.PositiveBigIntegerField(default=0)
    tax = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField()  # what the buyer agreed to pay
    buyer = models.JSONField(encoder=DjangoJSONEncoder)  # name, email, organization, address
    time_zone = models.CharField(max_length=64)  # the buyer's: days of the refund rule
    purchase_order_number = models.CharField(max_length=80, blank=True)
    # The buyer wants the gateway to keep the card, whenever it is paid.
    keeps_card = models.BooleanField(default=False, db_default=False)
    terms_version = models.CharField(max_length=20)
    placed_at = models.DateTimeField()
    lapses_at = models.DateTimeField(null=True)
    paid_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)  # canceled or lapsed
    renews = models.ForeignKey(  # the order whose renewal this is
        "self", null=True, on_delete=models.PROTECT, related_name="renewals"
    )
    # Who calculated the tax and must be told of the sale; empty: nobody.
    tax_source = models.CharField(max_length=20, blank=True, default="", db_default="")
    tax_calculation = models.CharField(max_length=200, blank=True, default="", db_default="")
    upgrades = models.ForeignKey(  # the paid order whose price was set off
        "self", null=True, on_delete=models.PROTECT, related_name="upgrades_to"
    )

    class Meta:
        indexes = [
            models.Index(fields=["state", "lapses_at"]),
            models.Index(fields=["-placed_at", "-id"], name="order_newest"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["person", "key"], name="order_key_once"),
            models.CheckConstraint(condition=Q(total=F("net") + F("tax")), name="order_adds_up"),
            models.CheckConstraint(
                condition=Q(state="paid", paid_at__isnull=False)
                | (~Q(state="paid") & Q(paid_at=None)),
                name="order_paid_when_paid",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class OrderLine(models.Model):
    """One thing bought, append-only: product, price, discount and tax as they were."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="lines")
    kind = models.CharField(max_length=12)
    title = models.CharField(max_length=200)
    course = models.ForeignKey(Course, null=True, on_delete=models.PROTECT, related_name="+")
    course_codes = models.JSONField(default=list)  # of a bundle, as it was
    term_days = models.PositiveIntegerField()
    hours = models.DecimalField(max_digits=7, decimal_places=2, null=True)
    quantity = models.PositiveIntegerField()
    unit_amount = models.PositiveBigIntegerField()
    discount = models.PositiveBigIntegerField(default=0)
    net = models.PositiveBigIntegerField()  # quantity × unit − discount
    tax = models.PositiveBigIntegerField(default=0)
    tax_percent = models.DecimalField(max_digits=7, decimal_places=4, default=0)
    tax_jurisdiction = models.CharField(max_length=80, blank=True)  # as the receipt prints it
    tax_code = models.CharField(max_length=40, blank=True)
    gift_to = models.EmailField(blank=True)
    gift_message = models.CharField(max_length=500, blank=True)
    gift_on = models.DateField(null=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["order", "position"], name="order_line_once"),
            models.CheckConstraint(
                condition=Q(net=F("quantity") * F("unit_amount") - F("discount")),
                name="order_line_adds_up",
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="order_line_quantity"),
        ]

    def __str__(self) -> str:
        return self.title


class LineGrant(models.Model):
    """The entitlement that a paid line granted: one per line and course, or per line (I2)."""

    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="grants")
    course = models.ForeignKey(Course, null=True, on_delete=models.PROTECT, related_name="+")
    entitlement = models.OneToOneField(
        Entitlement, on_delete=models.PROTECT, related_name="line_grant"
    )
    granted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["line", "course"], name="line_grant_course_once"),
            models.UniqueConstraint(
                fields=["line"], condition=Q(course=None), name="line_grant_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line} grants {self.entitlement_id}"
