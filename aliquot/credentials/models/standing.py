"""Stored verdicts of open cycles, the rule packs as they were seen, and changes told to holders."""

from django.db import models

from aliquot.credentials.models.held import Cycle


class CycleVerdict(models.Model):
    """The standing of one cycle as it was judged last: figures without reasons, for lists.

    It is stale when the cycle's ``revision``, the pack's digest or the newest credit entry of the
    person is another, or the day after ``good_through`` has come.
    """

    cycle = models.OneToOneField(Cycle, on_delete=models.CASCADE, related_name="verdict")
    judged_at = models.DateTimeField()
    as_of = models.DateField()
    good_through = models.DateField()
    cycle_revision = models.PositiveIntegerField()
    ledger_sequence = models.BigIntegerField()  # newest credit entry of the person; 0: none
    pack_digest = models.CharField(max_length=64)
    situation = models.CharField(max_length=12)
    finish_by = models.DateField(null=True)
    needed = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    counted = models.DecimalField(max_digits=8, decimal_places=2)
    missing = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    met = models.BooleanField(null=True)
    requirements = models.JSONField()  # [{"id", "needed", "counted", "missing"}]

    class Meta:
        indexes = [models.Index(fields=["finish_by"])]

    def __str__(self) -> str:
        return f"{self.cycle}: {self.situation} as of {self.as_of}"


class PackRevision(models.Model):
    """One state of a rule pack that this installation has judged by, kept as it was.

    Of a credential's revisions the one in force since last is what is judged by now. Holders are
    told what it changes against the one in force before it, in the order of their ids:
    ``told_through`` is the last one looked at, ``told_at`` when all were.
    """

    credential = models.CharField(max_length=40)
    digest = models.CharField(max_length=64)
    document = models.JSONField()  # the pack file
    sources = models.JSONField()  # the registry rows that it cites
    what_changed = models.TextField()
    first_seen_at = models.DateTimeField()
    in_force_since = models.DateTimeField()  # later than first seen where a pack went back to it
    told_through = models.BigIntegerField(default=0)
    told_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["credential", "digest"], name="pack_revision_once"),
        ]

    def __str__(self) -> str:
        return f"{self.credential} {self.digest[:12]}"


class RuleChange(models.Model):
    """What a change of a pack means for one open cycle, told to its holder once."""

    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="rule_changes")
    revision = models.ForeignKey(PackRevision, on_delete=models.PROTECT, related_name="changes")
    previous = models.ForeignKey(PackRevision, on_delete=models.PROTECT, related_name="+")
    differences = models.JSONField()  # [{"what", "before", "after"}]
    noticed_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cycle", "revision"], name="rule_change_once"),
        ]

    def __str__(self) -> str:
        return f"{self.revision} for {self.cycle}"
