"""How the site is: what must hold for it to serve, and what is late. Cheap enough to ask often.

A line that is essential takes a server out of service when it fails. What is only late (mail, jobs,
backups) does not: learning goes on without a mail server, and a load balancer that took every
server away would help nobody.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Min, Q
from django.tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult, get_date_max

from aliquot.infra import append_only, upkeep_runs
from aliquot.infra.jobs import queue
from aliquot.infra.models import OutboxMail, ScheduledRun

HEARTBEAT = "seal_audit"  # the job of the schedule that comes round most often
A_DAY = timedelta(days=1)  # so long a failed job is worth a look


@dataclass(frozen=True)
class Line:
    """One thing looked at. ``seconds`` is how old or late it is, ``limit`` what is still fine."""

    name: str
    is_good: bool
    words: str
    is_essential: bool = False
    seconds: int | None = None
    limit: int | None = None


def lines(*, now: datetime) -> list[Line]:
    """Everything looked at; without a database nothing else can be."""
    try:
        return list(_lines(now))
    except DatabaseError:
        return [Line("database", False, "The database does not answer.", is_essential=True)]


def is_ready(looked_at: list[Line]) -> bool:
    """Whether this server may get requests."""
    return all(line.is_good for line in looked_at if line.is_essential)


def mail_waits(*, now: datetime) -> timedelta:
    """How long the oldest mail that is owed has waited; one that is meant for later does not wait.

    Each try pushes the moment of the next one ahead, so a mail that was tried waits since it was
    written.
    """
    owed = OutboxMail.objects.filter(sent_at=None, given_up_at=None)
    oldest = owed.aggregate(
        untried=Min("send_after", filter=Q(attempts=0)),
        tried=Min("created_at", filter=Q(attempts__gt=0)),
    )
    return max(_since(oldest["untried"], now), _since(oldest["tried"], now))


def jobs_wait(*, now: datetime) -> timedelta | None:
    """How far the workers are behind; None if no worker has ever looked at the schedule.

    The longest wait of a job that may run, or, while none waits, of the schedule itself: a site
    without a worker has no jobs, and is late all the same.
    """
    begun = ScheduledRun.objects.filter(name=HEARTBEAT).order_by("-period_start")
    last = begun.values_list("period_start", flat=True).first()
    if last is None:
        return None
    at_once, later = Q(run_after=get_date_max()), Q(run_after__lte=now)
    ready = DBTaskResult.objects.filter(at_once | later, status=TaskResultStatus.READY)
    oldest = ready.aggregate(
        enqueued=Min("enqueued_at", filter=at_once), due=Min("run_after", filter=later)
    )
    period = timedelta(seconds=settings.SCHEDULE[HEARTBEAT][1])
    return max(
        _since(oldest["enqueued"], now), _since(oldest["due"], now), _since(last + period, now)
    )


def failed_jobs(*, now: datetime) -> int:
    """How many jobs failed for good in the last day."""
    found: int = queue.failed_for_good().filter(finished_at__gt=now - A_DAY).count()
    return found


def backup_age(*, now: datetime) -> timedelta | None:
    """How old the data of the last whole backup is; None if there is none."""
    last = upkeep_runs.last_backup()
    return None if last is None else _since(last.began_at, now)


def _lines(now: datetime) -> Iterator[Line]:
    missing = missing_migrations(
        MigrationRecorder(connection).migration_qs.values_list("app", "name")
    )
    yield Line("database", True, "The database answers.", is_essential=True)
    yield Line(
        "migrations",
        not missing,
        f"Not applied: {', '.join(missing)}." if missing else "Every migration is applied.",
        is_essential=True,
    )
    unguarded = bool(append_only.missing_triggers())
    yield Line(
        "guards",
        not unguarded,
        "An append-only table is not guarded." if unguarded else "Append-only tables are guarded.",
        is_essential=True,
    )
    if not missing:
        yield _age("mail", "The oldest mail owed", mail_waits(now=now), settings.MAIL_LATE_AFTER)
        yield _age("jobs", "The oldest job due", jobs_wait(now=now), settings.JOBS_LATE_AFTER)
        failed = failed_jobs(now=now)
        told = f"Jobs that failed for good in the last day: {failed}."
        yield Line("failed jobs", not failed, told if failed else "No job failed in the last day.")
        yield _age("backup", "The last backup", backup_age(now=now), settings.BACKUP_LATE_AFTER)


@cache
def expected_migrations() -> frozenset[tuple[str, str]]:
    """The last migrations of every application in this release; they do not change as it runs."""
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).graph.leaf_nodes())


def missing_migrations(applied: Iterable[tuple[str, str]]) -> list[str]:
    """Those of this release that are not applied, as "application name"."""
    return [f"{app} {name}" for app, name in sorted(expected_migrations().difference(applied))]


def _age(name: str, subject: str, age: timedelta | None, limit: int) -> Line:
    if age is None:
        nothing = {"jobs": "No worker has run yet.", "backup": "There is no backup yet."}
        return Line(name, False, nothing[name], limit=limit)
    seconds = int(age.total_seconds())
    verb = "is" if name == "backup" else "has waited"
    end = " old" if name == "backup" else ""
    return Line(
        name,
        seconds <= limit,
        f"{subject} {verb} {seconds} seconds{end}; {limit} are fine.",
        seconds=seconds,
        limit=limit,
    )


def _since(moment: datetime | None, now: datetime) -> timedelta:
    return max(timedelta(0), now - moment) if moment else timedelta(0)
