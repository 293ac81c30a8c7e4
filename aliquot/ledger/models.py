"""Activities and the credit entries they earned, both append-only; proofs and imports."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from aliquot.accounts.models import User
from aliquot.infra.models import StoredFile
from aliquot.learning.models import Completion


class Activity(models.Model):
    """Something that earned credit: a course completed here, or one logged by its holder.

    A logged activity is never edited: a correction is a new one that ``corrects`` the old, whose
    entries are reversed.
    """

    class Origin(models.TextChoices):
        COMPLETION = "completion", "completed here"
        ELSEWHERE = "elsewhere", "logged by the holder"

    person = models.ForeignKey(  # no index of its own: that of person and day begins with it
        User, on_delete=models.PROTECT, related_name="activities", db_index=False
    )
    origin = models.CharField(max_length=10, choices=Origin.choices)
    completion = models.OneToOneField(
        Completion, null=True, on_delete=models.PROTECT, related_name="activity"
    )
    title = models.CharField(max_length=300)
    provider_name = models.CharField(max_length=200)
    completed_on = models.DateField()
    kind = models.CharField(max_length=20)  # a kind of the standing contract
    approvals = models.JSONField(null=True)  # None: unknown; []: none
    course_number = models.CharField(max_length=80, blank=True)  # as its proof prints it
    agency_number = models.CharField(max_length=80, blank=True)  # of who accredited the provider
    corrects = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="corrected_by"
    )
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["person", "completed_on"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(origin="completion", completion__isnull=False)
                | Q(origin="elsewhere", completion=None),
                name="activity_completion_when_from_here",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class CreditEntry(models.Model):
    """One line of the ledger: an amount that may count as any one of ``areas``.

    A reversing entry repeats the amount of the entry it reverses with the opposite sign.
    """

    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="entries")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="credit_entries")
    part = models.PositiveSmallIntegerField()
    areas = models.JSONField()
    amount = models.DecimalField(max_digits=8, decimal_places=2)
    reverses = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="reversed_by"
    )
    reason = models.TextField(blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(reverses=None, amount__gt=0) | Q(reverses__isnull=False, amount__lt=0),
                name="credit_entry_sign",
            ),
            models.UniqueConstraint(
                fields=["activity", "part"],
                condition=Q(reverses=None),
                name="credit_entry_part_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.areas}"


class Proof(models.Model):
    """A paper that proves an activity: its bytes under their hash, and what can be read on it."""

    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="proofs")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)  # what the holder called it: shown, never a path
    shows = models.JSONField(default=list)  # facts the holder sees on it, such as "title"
    added_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["activity", "file"], condition=Q(withdrawn_at=None), name="proof_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ActivityImport(models.Model):
    """A table that a holder sent: judged row by row first, entered when the holder says so."""

    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="activity_imports")
    file_name = models.CharField(max_length=200)
    rows = models.JSONField(encoder=DjangoJSONEncoder)  # what was read, with problems per row
    uploaded_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.file_name
