"""What is kept for a while is deleted after it; what is not past its time stays."""

from datetime import datetime, timedelta

import pytest
from django.contrib.sessions.models import Session
from django.tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from aliquot.infra import audit, pruning
from aliquot.infra.models import (
    AuditEntry,
    Generation,
    IdempotencyKey,
    OutboxMail,
    PolicyReport,
    RateCount,
    ScheduledRun,
    UpkeepRun,
    WebhookDelivery,
    WebhookEndpoint,
)

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


def one_of_each(now: datetime, *, past: timedelta) -> None:
    """Rows whose time ended ``past`` ago."""
    name = str(past)
    IdempotencyKey.objects.create(
        actor="a", key=name, request_hash="h", created_at=now - pruning.IDEMPOTENCY - past
    )
    RateCount.objects.create(scope="s", key=name, window_start=now - pruning.RATE_COUNTS - past)
    ScheduledRun.objects.create(name=name, period_start=now - pruning.SCHEDULED - past)
    OutboxMail.objects.create(
        created_at=now,
        send_after=now,
        recipients=[],
        sender="",
        subject="",
        text="",
        sent_at=now - pruning.SENT_MAIL - past,
    )
    PolicyReport.objects.create(
        fingerprint=name, first_at=now, last_at=now - pruning.POLICY_REPORTS - past
    )
    UpkeepRun.objects.create(
        kind="backup", began_at=now, ended_at=now - pruning.UPKEEP_RUNS - past, is_good=True
    )
    endpoint = WebhookEndpoint.objects.create(url=name, events=[], salt="", made_at=now)
    WebhookDelivery.objects.create(
        endpoint=endpoint,
        message_id=name,
        created_at=now - pruning.WEBHOOK_LOG - past,
        send_after=now,
    )
    Session.objects.create(session_key=name, expire_date=now - past)
    for status, kept in [
        (TaskResultStatus.SUCCESSFUL, pruning.FINISHED_JOBS),
        (TaskResultStatus.FAILED, pruning.FAILED_JOBS),
    ]:
        DBTaskResult.objects.create(
            status=status,
            finished_at=now - kept - past,
            args_kwargs={},
            task_path="x",
            backend_name="default",
            run_after=now,
        )


def test_only_what_is_past_its_time_goes(now: datetime) -> None:
    one_of_each(now, past=SECOND)
    one_of_each(now, past=-SECOND)
    assert set(pruning.prune(now=now).values()) == {1}
    assert set(pruning.prune(now=now).values()) == {0}


def test_mail_still_owed_and_jobs_still_waiting_stay_however_old(now: datetime) -> None:
    OutboxMail.objects.create(
        created_at=now, send_after=now, recipients=[], sender="", subject="", text=""
    )
    DBTaskResult.objects.create(
        args_kwargs={}, task_path="x", backend_name="default", run_after=now
    )
    pruning.prune(now=now + timedelta(days=4000))
    assert (OutboxMail.objects.count(), DBTaskResult.objects.count()) == (1, 1)


def test_the_audit_trail_stays(now: datetime) -> None:
    audit.record(action="x", actor_id=None, subject=Generation.objects.create(name="g"))
    pruning.prune(now=now + timedelta(days=4000))
    assert AuditEntry.objects.count() == 1
