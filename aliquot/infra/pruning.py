"""What is kept for a while only, and how long. Records of people are not among it."""

from datetime import datetime, timedelta

from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from aliquot.infra.models import (
    IdempotencyKey,
    OutboxMail,
    PolicyReport,
    RateCount,
    ScheduledRun,
    UpkeepRun,
    WebhookDelivery,
)

IDEMPOTENCY = timedelta(days=7)  # how long a retry gets the stored answer
RATE_COUNTS = timedelta(days=2)  # longer than the longest limit
SCHEDULED = timedelta(days=40)
FINISHED_JOBS, FAILED_JOBS = timedelta(days=7), timedelta(days=90)
SENT_MAIL = timedelta(days=90)  # mails hold one-time codes and names
POLICY_REPORTS = timedelta(days=90)
UPKEEP_RUNS = timedelta(days=400)
WEBHOOK_LOG = timedelta(days=90)


def prune(*, now: datetime) -> dict[str, int]:
    """Delete what is past its time; returns how many rows of each kind."""
    finished = DBTaskResult.objects.filter(
        status=TaskResultStatus.SUCCESSFUL, finished_at__lt=now - FINISHED_JOBS
    )
    failed = DBTaskResult.objects.filter(
        status=TaskResultStatus.FAILED, finished_at__lt=now - FAILED_JOBS
    )
    old: dict[str, QuerySet] = {  # type: ignore[type-arg]
        "idempotency keys": IdempotencyKey.objects.filter(created_at__lt=now - IDEMPOTENCY),
        "rate counts": RateCount.objects.filter(window_start__lt=now - RATE_COUNTS),
        "scheduled runs": ScheduledRun.objects.filter(period_start__lt=now - SCHEDULED),
        "finished jobs": finished,
        "failed jobs": failed,
        "sent mails": OutboxMail.objects.filter(sent_at__lt=now - SENT_MAIL),
        "policy reports": PolicyReport.objects.filter(last_at__lt=now - POLICY_REPORTS),
        "upkeep runs": UpkeepRun.objects.filter(ended_at__lt=now - UPKEEP_RUNS),
        "webhook deliveries": WebhookDelivery.objects.filter(created_at__lt=now - WEBHOOK_LOG),
        "sessions": Session.objects.filter(expire_date__lt=now),
    }
    return {name: rows.delete()[0] for name, rows in old.items()}
