"""Credentials somebody holds, their cycles, and points brought along from the body's page."""

from django.db import models
from django.db.models import Q

from aliquot.accounts.models import User
from aliquot.ledger.models import Activity


class HeldCredential(models.Model):
    """A certification or license that a person says they hold, with what its rules ask about."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="held_credentials")
    credential = models.CharField(max_length=40)  # id of a rule pack, such as ascp_mls
    first_certified_on = models.DateField(null=True)  # None: unknown
    formerly_nca = models.BooleanField(default=False)
    international = models.BooleanField(default=False)
    expired = models.BooleanField(default=False)
    licensed_on = models.DateField(null=True)
    specialties = models.JSONField(default=list)
    roles = models.JSONField(default=list)
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "credential"],
                condition=Q(removed_at=None),
                name="held_credential_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} holds {self.credential}"


class Cycle(models.Model):
    """The period of one renewal. Its end is typed from the body's account, never computed."""

    held = models.ForeignKey(HeldCredential, on_delete=models.CASCADE, related_name="cycles")
    ends_on = models.DateField()
    time_zone = models.CharField(max_length=64)
    first_renewal = models.BooleanField(default=False)
    added_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)  # when the next cycle began
    revision = models.PositiveIntegerField(default=1)  # raised by every deed that may change it

    class Meta:
        ordering = ["ends_on"]
        constraints = [
            models.UniqueConstraint(fields=["held", "ends_on"], name="cycle_end_once"),
        ]

    def __str__(self) -> str:
        return f"{self.held} until {self.ends_on}"


class OpeningBalance(models.Model):
    """Points the body's page already shows for one requirement: no proof is kept here.

    Append-only: a correction is a newer row, the newest one per requirement holds.
    """

    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="opening_balances")
    requirement = models.CharField(max_length=40)
    points = models.DecimalField(max_digits=7, decimal_places=2)
    stated_on = models.DateField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(points__gte=0), name="opening_balance_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.requirement} {self.points}"


class CyclePin(models.Model):
    """What the holder has typed at the body: at least this much of an activity stays there."""

    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="pins")
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="pins")
    requirement = models.CharField(max_length=40)
    amount = models.DecimalField(max_digits=8, decimal_places=2)
    pinned_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cycle", "activity", "requirement"],
                condition=Q(removed_at=None),
                name="cycle_pin_once",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="cycle_pin_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} of {self.activity_id} in {self.requirement}"
