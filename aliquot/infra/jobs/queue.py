"""Claiming, renewing, ending and reclaiming jobs; every step is one short transaction."""

import logging
import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from traceback import format_exception
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.tasks import TaskContext, TaskResultStatus
from django.utils.json import normalize_json
from django_tasks_db.models import DBTaskResult, get_date_max

from aliquot.infra import cache, trace
from aliquot.infra.models import JobRun
from aliquot.lib.errors import AliquotError

LEASE = timedelta(seconds=60)
MAX_ATTEMPTS = 10  # with the waits below: about a day
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=5), timedelta(hours=6)

logger = logging.getLogger("aliquot.jobs")


@dataclass(frozen=True)
class Claim:
    """A job in the hands of one worker; ``attempt`` tells it from later claims of the same job."""

    row: Any  # DBTaskResult
    attempt: int

    @property
    def id(self) -> UUID:
        """The id of the task row."""
        identity: UUID = self.row.id
        return identity


def claim(*, worker_id: str, now: datetime, lease: timedelta = LEASE) -> Claim | None:
    """Take the next job that is ready, or None. Nobody else gets it while the lease lasts."""
    ready = DBTaskResult.objects.filter(
        Q(run_after=get_date_max()) | Q(run_after__lte=now), status=TaskResultStatus.READY
    )
    if not ready.exists():  # asked without a lock first: an idle worker disturbs nobody
        return None
    with transaction.atomic():
        row = ready.get_locked()
        if row is None:
            return None
        row.claim(worker_id[:64])
        run, _ = JobRun.objects.get_or_create(task_id=row.id)
        run.attempts += 1
        run.leased_until = now + lease
        run.save()
        return Claim(row=row, attempt=run.attempts)


def perform(job: Claim) -> Any:
    """Call the job's function; returns what it returns, which must be plain JSON."""
    with trace.tracing(f"job-{job.id}"), cache.one_view():
        task = job.row.task
        result = job.row.task_result
        context: list[Any] = [TaskContext(task_result=result)] if task.takes_context else []
        return normalize_json(task.call(*context, *result.args, **result.kwargs))


def renew(jobs: list[Claim], *, now: datetime, lease: timedelta = LEASE) -> None:
    """Extend the leases of jobs still being worked on."""
    for job in jobs:
        _mine(job).update(leased_until=now + lease)


def succeed(job: Claim, value: Any) -> bool:
    """Mark the end of a job; False if the lease was lost and somebody else has it now."""
    with transaction.atomic():
        if not _mine(job).delete()[0]:
            return False
        job.row.set_successful(value)
        return True


def fail(job: Claim, error: Exception, *, now: datetime) -> bool:
    """Put a failed job back for later, or mark it failed for good; False if the lease was lost.

    A refusal (AliquotError) would be the same refusal next time, so it is final at once, unless
    it says that it passes.
    """
    is_refused = isinstance(error, AliquotError) and not error.is_passing
    final = is_refused or job.attempt >= MAX_ATTEMPTS
    with transaction.atomic():
        if not _mine(job).update(leased_until=None):
            return False
        if final:
            JobRun.objects.filter(task_id=job.id).delete()
            job.row.set_failed(error)
        else:
            DBTaskResult.objects.filter(id=job.id).update(
                status=TaskResultStatus.READY,
                run_after=now + wait_after(job.attempt),
                exception_class_path=f"{type(error).__module__}.{type(error).__qualname__}",
                traceback="".join(format_exception(error)),
            )
    logger.log(
        logging.ERROR if final else logging.WARNING,
        "job %s %s failed on attempt %d%s: %s",
        job.row.task_path, job.id, job.attempt, " for good" if final else "", error,
        exc_info=error if final else None,
    )  # fmt: skip
    return True


def give_back(job: Claim, *, now: datetime) -> bool:
    """Put a job that was not ended back at once, for another worker; False if it is not ours.

    What the job still writes before its process is gone it may write, as after a lost lease; its
    end will not count.
    """
    with transaction.atomic():
        if not _mine(job).update(leased_until=None):
            return False
        rows = DBTaskResult.objects.filter(id=job.id, status=TaskResultStatus.RUNNING)
        rows.update(status=TaskResultStatus.READY, run_after=now)
        return True


def last_begun(task_path: str) -> datetime | None:
    """When the newest run of a job that ended well had begun; finished jobs are kept for days."""
    ended = DBTaskResult.objects.filter(
        task_path=task_path, status=TaskResultStatus.SUCCESSFUL
    ).order_by("-started_at")
    begun: datetime | None = ended.values_list("started_at", flat=True).first()
    return begun


def failed_for_good() -> Any:
    """Jobs that were given up, the newest first; they are kept for 90 days."""
    return DBTaskResult.objects.filter(status=TaskResultStatus.FAILED).order_by("-finished_at")


def reclaim_lapsed(*, now: datetime) -> int:
    """Put back the jobs whose worker died: their lease has passed. Returns how many."""
    count = 0
    for run in JobRun.objects.filter(leased_until__lt=now):
        with transaction.atomic():
            lapsed = JobRun.objects.filter(pk=run.pk, leased_until=run.leased_until)
            if not lapsed.update(leased_until=None):
                continue  # renewed or reclaimed by another in this instant
            count += _put_back(run, now=now)
    return count


def wait_after(attempt: int) -> timedelta:
    """Exponential back-off with jitter: between half and the whole of the step."""
    step: timedelta = min(FIRST_WAIT * 4 ** (attempt - 1), LONGEST_WAIT)
    return step * random.uniform(0.5, 1)  # noqa: S311 (spreads load, guards nothing)


def _put_back(run: JobRun, *, now: datetime) -> int:
    rows = DBTaskResult.objects.filter(id=run.task_id, status=TaskResultStatus.RUNNING)
    if run.attempts < MAX_ATTEMPTS:
        logger.warning("job %s lost its worker; it starts again", run.task_id)
        return int(rows.update(status=TaskResultStatus.READY, run_after=now))
    logger.error("job %s lost its worker %d times; given up", run.task_id, run.attempts)
    JobRun.objects.filter(pk=run.pk).delete()
    return int(
        rows.update(
            status=TaskResultStatus.FAILED,
            finished_at=now,
            exception_class_path="builtins.RuntimeError",
            traceback=f"The worker died on each of {run.attempts} attempts.",
        )
    )


def _mine(job: Claim) -> Any:
    """The lease row, if this claim still holds it."""
    return JobRun.objects.filter(task_id=job.id, attempts=job.attempt, leased_until__isnull=False)
