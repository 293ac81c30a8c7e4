"""Rows of the plumbing: audit, outbox, idempotency, files, cache generations."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models


class AuditEntry(models.Model):
    """One deed, append-only from the moment it is written (a trigger refuses anything else)."""

    recorded_at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)  # None: the system itself
    action = models.CharField(max_length=80)
    object_type = models.CharField(max_length=80)
    object_id = models.CharField(max_length=80)
    details = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    request_id = models.CharField(max_length=40, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["object_type", "object_id"]),
            models.Index(fields=["actor_id", "recorded_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.object_type} {self.object_id}"


class AuditBlock(models.Model):
    """A sealed run of audit entries; its hash covers them and the block before."""

    sealed_at = models.DateTimeField()
    entry_count = models.PositiveIntegerField()
    previous_hash = models.CharField(max_length=64, unique=True)  # so the chain cannot fork
    hash = models.CharField(max_length=64, unique=True)

    def __str__(self) -> str:
        return f"block {self.pk}"


class SealedEntry(models.Model):
    """Which block an entry is in. A row, not a column: the entry itself never changes."""

    entry = models.OneToOneField(AuditEntry, on_delete=models.PROTECT, related_name="seal")
    block = models.ForeignKey(AuditBlock, on_delete=models.PROTECT, related_name="sealed")

    def __str__(self) -> str:
        return f"entry {self.entry_id} in block {self.block_id}"


class OutboxMail(models.Model):
    """A mail owed: written in the transaction of its cause, delivered later by a job."""

    created_at = models.DateTimeField()
    send_after = models.DateTimeField()
    recipients = models.JSONField()
    sender = models.CharField(max_length=320)
    subject = models.CharField(max_length=998)
    text = models.TextField()
    html = models.TextField(blank=True)
    headers = models.JSONField(default=dict)
    attachments = models.JSONField(default=list)  # [{"name", "type", "file_id"}]
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.TextField(blank=True)
    sent_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["send_after"],
                condition=models.Q(sent_at=None, given_up_at=None),
                name="outbox_owed",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(sent_at=None) | models.Q(given_up_at=None),
                name="outbox_sent_or_given_up",
            ),
        ]

    def __str__(self) -> str:
        return self.subject


class IdempotencyKey(models.Model):
    """The stored answer to one deed of one actor, so that a retry gets the same answer."""

    actor = models.CharField(max_length=80)  # "person:17" or "session:…"
    key = models.CharField(max_length=80)
    request_hash = models.CharField(max_length=64)
    locked_until = models.DateTimeField(null=True)
    status = models.PositiveSmallIntegerField(null=True)
    response = models.JSONField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["actor", "key"], name="idempotency_actor_key"),
        ]

    def __str__(self) -> str:
        return f"{self.actor} {self.key}"


class StoredFile(models.Model):
    """A file kept under its own hash; the same bytes are kept once."""

    sha256 = models.CharField(max_length=64, unique=True)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    stored_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.sha256


class Generation(models.Model):
    """A number that rises when a part of the site changes; cache keys carry it."""

    name = models.CharField(max_length=80, primary_key=True)
    number = models.PositiveBigIntegerField(default=1)

    def __str__(self) -> str:
        return f"{self.name} {self.number}"


class JobRun(models.Model):
    """What jobs need beyond the task row: the attempt count and the lease of the worker."""

    task_id = models.UUIDField(unique=True)
    attempts = models.PositiveIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.task_id)


class ScheduledRun(models.Model):
    """One period of one scheduled job: the unique row makes it run once, whoever comes first."""

    name = models.CharField(max_length=80)
    period_start = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name", "period_start"], name="scheduled_once"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.period_start:%Y-%m-%d %H:%M}"


class RateCount(models.Model):
    """How often something limited happened in one window of time, counted by all processes."""

    scope = models.CharField(max_length=40)
    key = models.CharField(max_length=64)  # a hash: addresses and accounts are not kept
    window_start = models.DateTimeField()
    count = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["scope", "key", "window_start"], name="rate_window_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.count}"


class PolicyReport(models.Model):
    """A kind of violation of the content security policy that browsers reported, counted."""

    fingerprint = models.CharField(max_length=64, unique=True)
    directive = models.CharField(max_length=80)
    blocked = models.CharField(max_length=300)
    document = models.CharField(max_length=300)
    source = models.CharField(max_length=300)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    count = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return f"{self.directive} {self.blocked}"


class UpkeepRun(models.Model):
    """One backup or one check of the invariants: when, how it ended, and what it found."""

    class Kind(models.TextChoices):
        BACKUP = "backup", "backup"
        CHECK = "check", "check of the invariants"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    is_good = models.BooleanField()  # a whole backup; a check that found nothing
    report = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["kind", "ended_at"], name="upkeep_newest")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.ended_at:%Y-%m-%d %H:%M}"


class WebhookEndpoint(models.Model):
    """An address of somebody else's that is told of events. Its secret is derived, not stored."""

    url = models.CharField(max_length=500)
    events = models.JSONField()  # names of settings.WEBHOOK_EVENTS
    contact = models.EmailField()  # who is told when it is switched off
    salt = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    failing_since = models.DateTimeField(null=True)  # None: the last delivery went well
    switched_off_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["url"],
                condition=models.Q(removed_at=None),
                name="webhook_endpoint_once",
            ),
        ]

    def __str__(self) -> str:
        return self.url


class WebhookDelivery(models.Model):
    """An event owed to one endpoint: written in the transaction of its cause, sent by a job."""

    endpoint = models.ForeignKey(
        WebhookEndpoint, on_delete=models.PROTECT, related_name="deliveries"
    )
    event = models.CharField(max_length=60)
    message_id = models.CharField(max_length=40)  # the same for every attempt and endpoint
    body = models.TextField()  # as it is signed, byte for byte
    created_at = models.DateTimeField()
    send_after = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    last_status = models.PositiveSmallIntegerField(null=True)
    last_error = models.TextField(blank=True)
    delivered_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["endpoint", "message_id"], name="webhook_message_once"),
        ]
        indexes = [
            models.Index(
                fields=["send_after"],
                condition=models.Q(delivered_at=None, given_up_at=None),
                name="webhook_owed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event} to {self.endpoint_id}"
