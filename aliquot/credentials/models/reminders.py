"""When a holder wants to be reminded, what was sent, and the address of the calendar feed."""

from django.db import models

from aliquot.accounts.models import User
from aliquot.credentials.models.held import Cycle


class ReminderSettings(models.Model):
    """Which reminders a person wants, and the hours in which no mail may arrive.

    No row: all reminders, no quiet hours. Equal ends of the quiet hours: none.
    """

    person = models.OneToOneField(User, on_delete=models.CASCADE, related_name="reminder_settings")
    days = models.JSONField()  # of 180, 90, 30, 7 and 1: days before the last sensible day
    rule_changes = models.BooleanField(default=True)
    quiet_from = models.TimeField(null=True)
    quiet_until = models.TimeField(null=True)
    updated_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.person}: {self.days}"


class Reminder(models.Model):
    """One reminder of one cycle: the row makes it go out once."""

    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="reminders")
    finish_by = models.DateField()
    days = models.PositiveSmallIntegerField()
    queued_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cycle", "finish_by", "days"], name="reminder_once"),
        ]

    def __str__(self) -> str:
        return f"{self.cycle}, {self.days} days"


class CalendarFeed(models.Model):
    """The secret address under which a calendar reads a person's dates; only its hash is kept."""

    person = models.OneToOneField(User, on_delete=models.CASCADE, related_name="calendar_feed")
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"calendar of {self.person}"
