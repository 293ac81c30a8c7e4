"""Jobs run once when all goes well, again when it does not, and never get lost."""

import os
import signal
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from django.tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from aliquot.infra.jobs import queue, schedule, worker
from aliquot.infra.models import JobRun, ScheduledRun
from tests.infra import sample_jobs
from tests.infra.own_site import SETTLE_SECONDS, OwnSite, own_site, wait_until

pytestmark = pytest.mark.django_db

LATER = timedelta(days=1)


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    sample_jobs.calls.clear()
    schedule._seen.clear()
    yield
    schedule._seen.clear()


def row() -> Any:
    return DBTaskResult.objects.get()


def test_a_job_runs_once_and_keeps_what_it_returned(now: datetime) -> None:
    sample_jobs.note.enqueue("stain")
    assert sample_jobs.calls == []
    assert worker.run_ready(now=now) == 1
    assert worker.run_ready(now=now) == 0
    assert sample_jobs.calls == ["stain"]
    assert (row().status, row().return_value) == (TaskResultStatus.SUCCESSFUL, "STAIN")
    assert JobRun.objects.count() == 0


def test_a_job_may_ask_for_its_context(now: datetime) -> None:
    result = sample_jobs.note_attempt.enqueue()
    worker.run_ready(now=now)
    assert sample_jobs.calls == [result.id]


def test_a_job_enqueued_in_a_transaction_that_fails_never_was(now: datetime) -> None:
    with pytest.raises(RuntimeError):
        enqueue_and_fail()
    assert worker.run_ready(now=now) == 0
    assert DBTaskResult.objects.count() == 0


def enqueue_and_fail() -> None:
    with transaction.atomic():
        sample_jobs.note.enqueue("never")
        raise RuntimeError


def test_a_job_for_later_waits(now: datetime) -> None:
    sample_jobs.note.using(run_after=now + LATER).enqueue("later")
    assert worker.run_ready(now=now + LATER - timedelta(seconds=1)) == 0
    assert worker.run_ready(now=now + LATER) == 1


def test_a_failed_job_comes_back_after_a_growing_wait(now: datetime) -> None:
    sample_jobs.fail_always.enqueue()
    moment, waits = now, []
    for _ in range(4):
        job = queue.claim(worker_id="w", now=moment)
        assert job is not None
        assert queue.claim(worker_id="w", now=moment) is None
        with pytest.raises(ValueError, match="offline") as caught:
            queue.perform(job)
        assert queue.fail(job, caught.value, now=moment)
        waits.append(row().run_after - moment)
        assert queue.claim(worker_id="w", now=row().run_after - timedelta(seconds=1)) is None
        moment = row().run_after
    for wait, step in zip(waits, (5, 20, 80, 320), strict=True):
        assert timedelta(seconds=step / 2) <= wait <= timedelta(seconds=step)
    assert row().status == TaskResultStatus.READY
    assert row().exception_class_path == "builtins.ValueError"
    assert "the reader is offline" in row().traceback


def test_after_the_last_attempt_a_job_has_failed(now: datetime) -> None:
    sample_jobs.fail_always.enqueue()
    JobRun.objects.create(task_id=row().id, attempts=queue.MAX_ATTEMPTS - 1)
    worker.run_ready(now=now)
    assert row().status == TaskResultStatus.FAILED
    assert worker.run_ready(now=now + 100 * LATER) == 0
    assert sample_jobs.calls == ["tried"]


def test_a_refusal_is_not_tried_again(now: datetime) -> None:
    sample_jobs.refuse.enqueue()
    worker.run_ready(now=now)
    assert row().status == TaskResultStatus.FAILED
    assert worker.run_ready(now=now + 100 * LATER) == 0
    assert sample_jobs.calls == ["refused"]


def test_a_value_that_no_row_can_hold_is_a_failure_of_the_job(now: datetime) -> None:
    sample_jobs.give_what_no_row_can_hold.enqueue()
    worker.run_ready(now=now)
    assert (row().status, row().exception_class_path) == (
        TaskResultStatus.READY,
        "builtins.TypeError",
    )


def test_a_job_of_a_function_that_is_gone_fails_without_stopping_the_others(now: datetime) -> None:
    sample_jobs.note.enqueue("fine")
    DBTaskResult.objects.create(
        args_kwargs={"args": [], "kwargs": {}},
        task_path="aliquot.infra.tasks.gone",
        backend_name="default",
        priority=50,
        run_after=now,
    )
    assert worker.run_ready(now=now) == 2
    assert sample_jobs.calls == ["fine"]


def test_a_job_whose_worker_gives_no_sign_of_life_is_put_back(now: datetime) -> None:
    sample_jobs.note.enqueue("again")
    dead = queue.claim(worker_id="dead", now=now)
    assert dead is not None
    assert queue.reclaim_lapsed(now=now + queue.LEASE) == 0
    lapsed = now + queue.LEASE + timedelta(seconds=1)
    assert queue.reclaim_lapsed(now=lapsed) == 1
    assert queue.reclaim_lapsed(now=lapsed) == 0
    assert worker.run_ready(now=lapsed) == 1
    assert row().status == TaskResultStatus.SUCCESSFUL
    assert row().worker_ids == ["dead", "inline"]


def test_a_renewed_lease_keeps_the_job(now: datetime) -> None:
    sample_jobs.note.enqueue("mine")
    job = queue.claim(worker_id="slow", now=now)
    assert job is not None
    queue.renew([job], now=now + timedelta(seconds=50))
    assert queue.reclaim_lapsed(now=now + timedelta(seconds=100)) == 0
    assert queue.succeed(job, "late but mine")


def test_a_worker_that_lost_its_lease_cannot_mark_the_end(now: datetime) -> None:
    sample_jobs.note.enqueue("whose")
    slow = queue.claim(worker_id="slow", now=now)
    assert slow is not None
    queue.reclaim_lapsed(now=now + LATER)
    assert not queue.succeed(slow, "too late")
    assert row().status == TaskResultStatus.READY
    other = queue.claim(worker_id="other", now=now + LATER)
    assert other is not None
    assert not queue.fail(slow, ValueError("too late"), now=now + LATER)
    assert row().status == TaskResultStatus.RUNNING
    assert queue.succeed(other, "done")
    assert row().return_value == "done"


def test_a_worker_that_stops_gives_its_job_back_at_once(now: datetime) -> None:
    sample_jobs.note.enqueue("stain")
    job = queue.claim(worker_id="stopping", now=now)
    assert job is not None
    stopping = worker.Worker(threads=0)
    stopping.held[1] = job
    assert stopping.give_back() == 1
    again = queue.claim(worker_id="other", now=row().run_after)
    assert again is not None
    assert not queue.succeed(job, "late"), "its end counts no more"
    assert stopping.give_back() == 0, "and it cannot be given back twice"
    worker.run(again, now=now)
    assert (row().status, row().return_value) == (TaskResultStatus.SUCCESSFUL, "STAIN")


def test_a_job_that_kills_every_worker_is_given_up(now: datetime) -> None:
    sample_jobs.note.enqueue("poison")
    moment = now
    for _ in range(queue.MAX_ATTEMPTS):
        assert queue.claim(worker_id="w", now=moment) is not None
        moment += queue.LEASE + timedelta(seconds=1)
        queue.reclaim_lapsed(now=moment)
    assert queue.claim(worker_id="w", now=moment) is None
    assert row().status == TaskResultStatus.FAILED
    assert "died on each of 10 attempts" in row().traceback
    assert JobRun.objects.count() == 0


def test_the_schedule_enqueues_once_a_period(settings: Any, now: datetime) -> None:
    settings.SCHEDULE = {"seal": ("aliquot.infra.tasks.seal_audit", 300)}
    assert schedule.enqueue_due(now=now) == ["seal"]
    assert schedule.enqueue_due(now=now + timedelta(seconds=299)) == []
    assert schedule.enqueue_due(now=now + timedelta(seconds=300)) == ["seal"]
    assert ScheduledRun.objects.count() == DBTaskResult.objects.count() == 2


def test_another_process_that_looks_at_the_schedule_enqueues_nothing(
    settings: Any, now: datetime
) -> None:
    settings.SCHEDULE = {"seal": ("aliquot.infra.tasks.seal_audit", 300)}
    schedule.enqueue_due(now=now)
    schedule._seen.clear()
    assert schedule.enqueue_due(now=now) == []
    assert DBTaskResult.objects.count() == 1


def test_periods_are_counted_from_the_epoch() -> None:
    moment = datetime(2026, 11, 23, 23, 4, 59, 5, tzinfo=UTC)
    assert schedule.period_start(now=moment, seconds=300) == moment.replace(
        minute=0, second=0, microsecond=0
    )


def test_the_jobs_of_the_schedule_exist_and_run(settings: Any, now: datetime) -> None:
    assert set(settings.SCHEDULE) >= {"seal_audit", "prune"}
    schedule.enqueue_due(now=now)
    assert worker.run_ready(now=now) == len(settings.SCHEDULE)
    assert not DBTaskResult.objects.exclude(status=TaskResultStatus.SUCCESSFUL).exists()


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_run_every_job_once(now: datetime) -> None:
    for number in range(10):
        sample_jobs.note.enqueue(str(number))

    def work() -> None:
        try:
            worker.run_ready(now=now)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(sample_jobs.calls) == [str(number) for number in range(10)]


@pytest.mark.django_db(transaction=True)
def test_two_processes_at_once_begin_a_period_once(settings: Any, now: datetime) -> None:
    settings.SCHEDULE = {"seal": ("aliquot.infra.tasks.seal_audit", 300)}
    barrier, begun = threading.Barrier(4), []

    def look() -> None:
        barrier.wait()
        try:
            begun.append(schedule._begin("seal", "aliquot.infra.tasks.seal_audit", now))
        finally:
            connection.close()

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(begun) == [False, False, False, True]
    assert DBTaskResult.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_worker_runs_jobs_and_mail_in_its_threads_and_stops(settings: Any) -> None:
    from django.core.mail import send_mail

    from aliquot.infra.models import OutboxMail

    settings.SCHEDULE = {}
    running = worker.Worker()
    running.start()
    sample_jobs.note.enqueue("threaded")
    send_mail("Hello", "Text", None, ["rosa@example.org"])
    wait_until(lambda: OutboxMail.objects.filter(sent_at=None).count() == 0)
    wait_until(lambda: row().status == TaskResultStatus.SUCCESSFUL)
    assert running.stop(seconds=SETTLE_SECONDS)
    assert sample_jobs.calls == ["threaded"]


def test_a_database_that_is_away_is_a_line_and_ends_no_worker(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(worker, "PAUSE_AFTER_TROUBLE", 0)
    running = worker.Worker()
    steps = iter([OperationalError("connection\nrefused"), ValueError("broken")])

    def step() -> bool:
        trouble = next(steps, None)
        if trouble is None:
            running.stopping.set()
            return False
        raise trouble

    running._loop(step, 0)
    first, second = caplog.records
    assert first.getMessage() == "MainThread has no database: connection refused"
    assert first.exc_info is None
    assert second.getMessage() == "trouble in MainThread"
    assert second.exc_info is not None


@pytest.fixture
def site(tmp_path: Path) -> Iterator[OwnSite]:
    with own_site(tmp_path) as running:
        yield running


def test_a_job_of_a_killed_worker_process_is_finished_by_another(site: OwnSite) -> None:
    """The worker is really killed, in the middle of the job, with kill -9."""
    log = site.folder / "log"
    site.python(
        "from tests.infra.sample_jobs import hang_at_first\n"
        f"hang_at_first.enqueue({str(log)!r})"
    )  # fmt: skip
    victim = site.start("worker", "--lease", "2")
    wait_until(lambda: log.exists() and log.read_text())
    os.kill(victim.pid, signal.SIGKILL)
    assert victim.wait(SETTLE_SECONDS) == -signal.SIGKILL
    assert site.jobs("hang_at_first") == ["RUNNING"]

    heir = site.start("worker", "--lease", "2", "--grace", str(SETTLE_SECONDS))
    try:
        wait_until(lambda: log.read_text().count("\n") == 2)
    finally:
        heir.terminate()  # it ends what it has begun
        assert heir.wait(SETTLE_SECONDS) == 0
    assert log.read_text() == f"{victim.pid}\n{heir.pid}\n"
    assert site.jobs("hang_at_first") == ["SUCCESSFUL"]
    effects = site.sql("SELECT name FROM infra_generation WHERE name LIKE 'done%'")
    assert effects == [(f"done by {heir.pid}",)]
