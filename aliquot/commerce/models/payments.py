"""What gateways said and what money did."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from aliquot.commerce.models.orders import Order


class Payment(models.Model):
    """One attempt to pay an order at a gateway; ``provider_id`` is the gateway's name for it.

    A charge of a saved card is written down before the gateway is asked: ``asked_as`` is our key of
    it, and stands for the gateway's name until there is an answer.
    """

    class State(models.TextChoices):
        ASKED = "asked", "asked for, no answer yet"
        OPEN = "open", "not paid yet"
        CAPTURED = "captured", "paid"
        FAILED = "failed", "failed"
        ABANDONED = "abandoned", "given up"
        DOUBLE = "double", "paid a second time, given back"

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="payments")
    gateway = models.CharField(max_length=20)
    provider_id = models.CharField(max_length=200)  # of the checkout; staff's reference offline
    asked_as = models.CharField(max_length=80, blank=True, default="", db_default="")
    charge_id = models.CharField(max_length=200, blank=True)  # of the captured money
    state = models.CharField(max_length=10, choices=State.choices)
    amount = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3)
    is_live = models.BooleanField()
    address = models.TextField(blank=True)  # of the hosted page
    opened_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True)  # when the gateway was asked last

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["gateway", "provider_id"], name="payment_object_once"),
            models.UniqueConstraint(
                fields=["gateway", "charge_id"],
                condition=~Q(charge_id=""),
                name="payment_charge_once",
            ),
            models.UniqueConstraint(
                fields=["order"], condition=Q(state="captured"), name="payment_captured_once"
            ),
            models.UniqueConstraint(
                fields=["asked_as"], condition=~Q(asked_as=""), name="payment_asked_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.gateway} {self.provider_id}"


class Refund(models.Model):
    """A wish to have money back, what was decided about it, and what became of it."""

    class State(models.TextChoices):
        REQUESTED = "requested", "waiting for a decision"
        DECLINED = "declined", "declined"
        APPROVED = "approved", "approved, to be sent"
        SUCCEEDED = "succeeded", "paid back"
        FAILED = "failed", "failed at the gateway"

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="refunds")
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    state = models.CharField(max_length=10, choices=State.choices)
    amount = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3)
    lines = models.JSONField()  # [{"line": position, "amount": cents}]: what is given back
    provider_id = models.CharField(max_length=200, blank=True)
    assessment = models.JSONField(encoder=DjangoJSONEncoder)  # the rule's answer and its facts
    reason = models.TextField(blank=True)
    revokes = models.JSONField(default=list)  # ids of completions whose credit is taken back
    requested_at = models.DateTimeField()
    requested_by_id = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by_id = models.BigIntegerField(null=True)  # None: by the rule itself
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_positive"),
            models.UniqueConstraint(
                fields=["order"],
                condition=Q(state__in=["requested", "approved"]),
                name="refund_open_once",
            ),
            models.UniqueConstraint(
                fields=["payment", "provider_id"],
                condition=~Q(provider_id=""),
                name="refund_object_once",
            ),
        ]

    def __str__(self) -> str:
        return f"refund of {self.order}"


class MoneyEntry(models.Model):
    """Money that moved, append-only: captures above zero, refunds and chargebacks below.

    What an order was paid is the sum of its entries (I2).
    """

    class Kind(models.TextChoices):
        CAPTURE = "capture", "payment"
        REFUND = "refund", "refund"
        CHARGEBACK = "chargeback", "taken back by the bank"
        CHARGEBACK_WON = "chargeback_won", "given back by the bank"

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="money")
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="money")
    refund = models.OneToOneField(Refund, null=True, on_delete=models.PROTECT, related_name="entry")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    object_id = models.CharField(max_length=200)  # the gateway's name for what moved
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["capture", "chargeback_won"], amount__gt=0)
                | Q(kind__in=["refund", "chargeback"], amount__lt=0),
                name="money_entry_sign",
            ),
            models.UniqueConstraint(
                fields=["payment", "kind", "object_id"], name="money_entry_object_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount} {self.currency}"


class GatewayEvent(models.Model):
    """An event as it came in, stored before anything is done; it acts at most once (I8)."""

    class State(models.TextChoices):
        RECEIVED = "received", "received"
        APPLIED = "applied", "applied"
        IGNORED = "ignored", "of no concern"
        REFUSED = "refused", "refused"
        FAILED = "failed", "failed, will be tried again"

    gateway = models.CharField(max_length=20)
    event_id = models.CharField(max_length=200)
    kind = models.CharField(max_length=80)
    object_id = models.CharField(max_length=200)
    raw = models.BinaryField()
    received_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.RECEIVED)
    outcome = models.TextField(blank=True)  # why refused or failed, in a sentence
    processed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["state", "received_at"])]
        constraints = [
            models.UniqueConstraint(fields=["gateway", "event_id"], name="gateway_event_once"),
        ]

    def __str__(self) -> str:
        return f"{self.gateway} {self.kind} {self.event_id}"


class Reconciliation(models.Model):
    """One day (UTC) of our books beside those of a gateway; made again, it is replaced.

    ``differences``: sentences, each about one movement that one of the two does not have.
    """

    gateway = models.CharField(max_length=20)
    day = models.DateField()
    currency = models.CharField(max_length=3)
    ours_in = models.BigIntegerField()  # minor units captured
    ours_out = models.BigIntegerField()  # refunds and chargebacks, below zero
    theirs_in = models.BigIntegerField()
    theirs_out = models.BigIntegerField()
    differences = models.JSONField(default=list)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["gateway", "day", "currency"], name="reconciliation_day_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.gateway} on {self.day}"
