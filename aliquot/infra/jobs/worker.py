"""The worker: threads that run jobs, keep leases and the schedule, and deliver mail.

Used as a process (``aliquot worker``) and inside the demo's server. Mail has a thread of its own,
so a slow mail server holds up nothing else.
"""

import logging
import os
import socket
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import OperationalError, close_old_connections, connection

from aliquot.infra import clock, delivery
from aliquot.infra.jobs import queue, schedule
from aliquot.lib.errors import in_one_line

JOB_PAUSE, KEEPER_PAUSE, MAIL_PAUSE = 0.5, 1.0, 2.0  # seconds between looks
PAUSE_AFTER_TROUBLE = 10.0

logger = logging.getLogger("aliquot.jobs")


class Worker:
    """Runs jobs until told to stop."""

    def __init__(self, *, threads: int = 1, lease: timedelta = queue.LEASE) -> None:
        self.id = f"{socket.gethostname()}-{os.getpid()}-{id(self):x}"
        self.lease = lease
        self.stopping = threading.Event()
        self.held: dict[int, queue.Claim] = {}  # by thread
        self.renewed_at = 0.0
        loops: list[tuple[str, Callable[[], bool], float]] = [
            *((f"jobs-{number}", self.run_one, JOB_PAUSE) for number in range(threads)),
            ("jobs-keeper", self.keep, KEEPER_PAUSE),
            ("jobs-mail", self.deliver, MAIL_PAUSE),
        ]
        # Daemons: a job that does not end in time must not keep a stopping process alive; its
        # transaction rolls back and its lease passes to another worker.
        self.threads = [
            threading.Thread(target=self._loop, args=(step, pause), name=name, daemon=True)
            for name, step, pause in loops
        ]

    def start(self) -> None:
        """Start all threads; returns at once."""
        for thread in self.threads:
            thread.start()

    def stop(self, *, seconds: float = 1.0) -> bool:
        """Take no new work and wait at most ``seconds`` for what runs; True if all ended."""
        self.stopping.set()
        until = time.monotonic() + seconds
        for thread in self.threads:
            thread.join(max(0.0, until - time.monotonic()))
        return not any(thread.is_alive() for thread in self.threads)

    def give_back(self) -> int:
        """Give the jobs that did not end to whoever is there; returns how many.

        For a process that ends now: a thread may still be at work.
        """
        return sum(queue.give_back(job, now=clock.now()) for job in list(self.held.values()))

    def run_one(self) -> bool:
        """Claim and run one job; False if none was ready."""
        job = queue.claim(worker_id=self.id, now=clock.now(), lease=self.lease)
        if job is None:
            return False
        thread = threading.get_ident()
        self.held[thread] = job
        try:
            run(job)
        finally:
            del self.held[thread]
        return True

    def keep(self) -> bool:
        """Renew our leases, put back jobs of dead workers, begin what the schedule says."""
        now = clock.now()
        if time.monotonic() - self.renewed_at >= self.lease.total_seconds() / 4:
            queue.renew(list(self.held.values()), now=now, lease=self.lease)
            self.renewed_at = time.monotonic()
            queue.reclaim_lapsed(now=now)
        schedule.enqueue_due(now=now)
        return False

    def deliver(self) -> bool:
        """Deliver owed mail."""
        try:
            delivery.deliver_owed(now=clock.now(), is_over=self.stopping.is_set)
        except delivery.ServerDownError as error:
            logger.warning("the mail server is down: %s", error)
            self.stopping.wait(PAUSE_AFTER_TROUBLE)
        return False

    def _loop(self, step: Callable[[], bool], pause: float) -> None:
        """Do a step over and over; a database that is away for a while ends nothing."""
        while not self.stopping.is_set():
            try:
                close_old_connections()
                busy = step()
            except OperationalError as error:  # one line: it may be away for hours
                name, words = threading.current_thread().name, in_one_line(error)
                logger.error("%s has no database: %s", name, words)  # noqa: TRY400 (no traceback)
                connection.close()
                busy, wait = False, PAUSE_AFTER_TROUBLE
            except Exception:  # (the loop must live on, whatever a step met)
                logger.exception("trouble in %s", threading.current_thread().name)
                connection.close()
                busy, wait = False, PAUSE_AFTER_TROUBLE
            else:
                wait = pause
            if not busy:
                self.stopping.wait(wait)
        connection.close()


def run(job: queue.Claim, *, now: datetime | None = None) -> None:
    """Run one claimed job and mark how it ended, as of ``now`` or the moment it ended."""
    try:
        value = queue.perform(job)
    except Exception as error:  # noqa: BLE001 (whatever a job raises is kept on its row)
        kept = queue.fail(job, error, now=now or clock.now())
    else:
        kept = queue.succeed(job, value)
    if not kept:
        logger.warning("job %s ended after its lease was lost; its end is not counted", job.id)


def run_ready(*, now: datetime) -> int:
    """Run every job that is ready as of ``now``, here and in order; returns how many ran."""
    count = 0
    while (job := queue.claim(worker_id="inline", now=now)) is not None:
        run(job, now=now)
        count += 1
    return count
