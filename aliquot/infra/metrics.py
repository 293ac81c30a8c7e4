"""Numbers for Prometheus: requests counted by each process, the rest asked of the database.

Labels are names of routes, statuses and kinds, never paths or people, so their number is bounded.
Several processes of one server share their counts through files in a folder, which the server
names in ``PROMETHEUS_MULTIPROC_DIR`` before this module is imported (cli/server.py).
"""

import time
from collections.abc import Iterator
from datetime import datetime

from django.db import DatabaseError, connection
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from aliquot import __version__
from aliquot.infra import health
from aliquot.infra.models import JobRun, OutboxMail

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)  # seconds

_own = CollectorRegistry()
REQUESTS = Counter(
    "aliquot_requests", "Requests answered.", ["route", "method", "status"], registry=_own
)
SECONDS = Histogram(
    "aliquot_request_seconds",
    "How long requests took.",
    ["route"],
    buckets=BUCKETS,
    registry=_own,
)

# With a label, or it would have a file in the process that only starts the others.
CACHE_FAILURES = Counter(
    "aliquot_cache_failures",
    "Times the cache server was found to be down.",
    ["cache"],
    registry=_own,
)


def count_request(*, route: str, method: str, status: int, seconds: float) -> None:
    """Count one answered request."""
    known = method if method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"} else "other"
    REQUESTS.labels(route, known, str(status)).inc()
    SECONDS.labels(route).observe(seconds)


def exposition(*, now: datetime) -> bytes:
    """Everything there is to tell, in the text format of Prometheus."""
    whole = CollectorRegistry()
    try:
        MultiProcessCollector(whole)  # type: ignore[no-untyped-call]
    except ValueError:  # this process is alone
        whole.register(_own)
    whole.register(_Asked(now))
    return generate_latest(whole)


class _Asked(Collector):
    """What the database knows, the same for every server of the site."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def collect(self) -> Iterator[Metric]:
        yield _gauge("aliquot_build_info", "The release.", 1, version=__version__)
        try:
            asked = [*self._database(), *self._waiting()]
        except DatabaseError:
            yield _gauge("aliquot_database_up", "Whether the database answers.", 0)
            return
        yield _gauge("aliquot_database_up", "Whether the database answers.", 1)
        yield from asked

    def _database(self) -> Iterator[Metric]:
        began = time.perf_counter()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            took = time.perf_counter() - began
            yield _gauge("aliquot_database_seconds", "How long the database takes to answer.", took)
            if connection.vendor == "postgresql":
                cursor.execute(
                    "SELECT pg_database_size(current_database()),"
                    " (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database())"
                )
                size, connections = cursor.fetchone()
                yield _gauge("aliquot_database_connections", "Connections to it.", connections)
            else:
                cursor.execute(
                    "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
                )
                [size] = cursor.fetchone()
        yield _gauge("aliquot_database_bytes", "How large the database is.", size)

    def _waiting(self) -> Iterator[Metric]:
        now = self.now
        owed = OutboxMail.objects.filter(sent_at=None, given_up_at=None)
        yield _gauge("aliquot_mails_owed", "Mails not delivered yet.", owed.count())
        oldest = health.mail_waits(now=now).total_seconds()
        yield _gauge("aliquot_mail_wait_seconds", "Wait of the oldest.", oldest)
        running = JobRun.objects.filter(leased_until__isnull=False)
        yield _gauge("aliquot_jobs_running", "Jobs in the hands of a worker.", running.count())
        failed = JobRun.objects.filter(leased_until=None)
        yield _gauge("aliquot_jobs_retrying", "Jobs that failed and come back.", failed.count())
        given_up = health.failed_jobs(now=now)
        yield _gauge("aliquot_jobs_failed", "Jobs given up in the last day.", given_up)
        wait = health.jobs_wait(now=now)
        if wait is not None:
            yield _gauge(
                "aliquot_job_wait_seconds", "How far workers are behind.", wait.total_seconds()
            )
        age = health.backup_age(now=now)
        if age is not None:
            yield _gauge(
                "aliquot_backup_age_seconds", "Age of the last good backup.", age.total_seconds()
            )


def _gauge(name: str, words: str, value: float, **labels: str) -> Metric:
    family = GaugeMetricFamily(name, words, labels=list(labels))
    family.add_metric(list(labels.values()), value)
    return family
