"""What operators' machines ask: is it ready, what is late, and the numbers."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import send_mail
from django.db import DatabaseError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from aliquot.accounts.models import User
from aliquot.cli import invariants, operations
from aliquot.infra import append_only, health, upkeep_runs
from aliquot.infra.jobs import queue, schedule, worker
from aliquot.infra.models import OutboxMail
from aliquot.infra.tasks import prune

pytestmark = pytest.mark.django_db

TOKEN = "a token that is long enough for anybody"


@pytest.fixture
def calm(now: datetime, settings: Any) -> None:
    """A site whose worker has looked at the schedule and whose backup is fresh."""
    settings.SCHEDULE = {health.HEARTBEAT: settings.SCHEDULE[health.HEARTBEAT]}
    schedule._seen.clear()
    schedule.enqueue_due(now=now)
    worker.run_ready(now=now)
    upkeep_runs.note_run(kind="backup", began_at=now, ended_at=now, is_good=True, report={})


def asked(moment: datetime) -> Any:
    with time_machine.travel(moment, tick=False):
        return Client().get("/readyz")


def words(moment: datetime) -> list[str]:
    found: list[str] = asked(moment).json()["problems"]
    return found


def test_a_calm_site_is_ready_and_says_what_it_looked_at(
    calm: None, now: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    health.expected_migrations()
    with django_assert_num_queries(8):
        answer = asked(now)
    body = answer.json()
    assert (answer.status_code, body["ready"], body["problems"]) == (200, True, [])
    assert [(line["name"], line["is_essential"], line["limit"]) for line in body["lines"]] == [
        ("database", True, None),
        ("migrations", True, None),
        ("guards", True, None),
        ("mail", False, 900),
        ("jobs", False, 600),
        ("failed jobs", False, None),
        ("backup", False, 93600),
    ]


def test_a_site_where_nothing_ever_ran_serves_and_says_so(now: datetime) -> None:
    assert asked(now).status_code == 200
    assert words(now) == ["No worker has run yet.", "There is no backup yet."]


def test_mail_that_is_not_sent_is_late_after_its_limit_and_takes_nothing_out_of_service(
    calm: None, now: datetime
) -> None:
    send_mail("Code", "123456", None, ["rosa@example.org"])
    OutboxMail.objects.update(send_after=now - timedelta(seconds=900))
    assert words(now) == []
    OutboxMail.objects.update(send_after=now - timedelta(seconds=901))
    assert words(now) == ["The oldest mail owed has waited 901 seconds; 900 are fine."]
    assert asked(now).status_code == 200
    OutboxMail.objects.update(given_up_at=now)
    assert words(now) == []


def test_a_job_that_nobody_takes_is_late(calm: None, now: datetime) -> None:
    with time_machine.travel(now - timedelta(seconds=700), tick=False):
        prune.enqueue()
    assert words(now) == ["The oldest job due has waited 700 seconds; 600 are fine."]
    with time_machine.travel(now, tick=False):  # or it would prune what is years old
        worker.run_ready(now=now)
    assert words(now) == []


def test_a_job_for_tomorrow_is_not_late(calm: None, now: datetime) -> None:
    prune.using(run_after=now + timedelta(days=1)).enqueue()
    assert words(now) == []


def test_a_site_whose_workers_are_gone_is_late_without_any_job(calm: None, now: datetime) -> None:
    assert words(now + timedelta(minutes=15)) == []
    [late] = words(now + timedelta(minutes=15, seconds=1))
    assert late == "The oldest job due has waited 601 seconds; 600 are fine."


def test_a_job_that_failed_for_good_is_told_for_a_day_and_one_that_comes_back_is_not(
    calm: None, settings: Any, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    with time_machine.travel(now, tick=False):
        prune.enqueue()
    monkeypatch.setattr(queue, "perform", lambda _job: 1 / 0)
    worker.run_ready(now=now)
    assert (words(now), health.failed_jobs(now=now)) == ([], 0)
    monkeypatch.setattr(queue, "MAX_ATTEMPTS", 2)
    later = now + timedelta(minutes=1)
    with time_machine.travel(later, tick=False):
        worker.run_ready(now=later)
    assert words(later) == ["Jobs that failed for good in the last day: 1."]
    assert asked(later).status_code == 200
    with time_machine.travel(later, tick=False):
        told = numbers(settings)
    assert (told["aliquot_jobs_failed"], told["aliquot_jobs_retrying"]) == (1, 0)
    assert health.failed_jobs(now=later + timedelta(days=1)) == 0


def test_a_backup_is_late_after_a_day_and_a_failed_one_does_not_count(
    calm: None, now: datetime
) -> None:
    later = now + timedelta(hours=26, seconds=1)
    schedule.enqueue_due(now=later)
    worker.run_ready(now=later)
    upkeep_runs.note_run(kind="backup", began_at=later, ended_at=later, is_good=False, report={})
    assert words(later) == ["The last backup is 93601 seconds old; 93600 are fine."]


def test_it_is_not_ready_while_a_table_is_not_guarded() -> None:
    with connection.cursor() as cursor:
        cursor.execute(append_only._removal("infra_auditentry", "DELETE"))
    answer = Client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["problems"][0] == "An append-only table is not guarded."


def test_it_is_not_ready_before_the_migrations_of_this_release() -> None:
    [(app, name)] = [each for each in health.expected_migrations() if each[0] == "infra"]
    MigrationRecorder(connection).record_unapplied(app, name)
    answer = Client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["problems"] == [f"Not applied: infra {name}."]


@pytest.mark.parametrize("command", [operations.serve, operations.worker, invariants.run])
def test_nothing_starts_before_the_migrations_of_this_release(
    command: Callable[[list[str]], int],
) -> None:
    [(app, name)] = [each for each in health.expected_migrations() if each[0] == "infra"]
    MigrationRecorder(connection).record_unapplied(app, name)
    with pytest.raises(ImproperlyConfigured) as refused:
        command([])
    assert str(refused.value) == (
        f"The database is not that of this release (not applied: infra {name}); "
        "run aliquot setup first."
    )


def test_no_server_starts_without_static_files(settings: Any, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path
    with pytest.raises(ImproperlyConfigured, match="run aliquot setup first"):
        operations.serve([])


def test_it_is_not_ready_while_the_database_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_connection: object) -> None:
        raise DatabaseError("could not connect to 10.0.0.5")

    monkeypatch.setattr(health, "MigrationRecorder", away)
    answer = Client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["problems"] == ["The database does not answer."]
    assert b"10.0.0.5" not in answer.content


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_the_numbers_are_for_whom_the_settings_name(settings: Any, amara: User) -> None:
    staff = Client()
    staff.force_login(amara)
    assert Client().get("/metrics", headers=bearer("")).status_code == 404
    settings.METRICS_TOKEN = TOKEN
    assert Client().get("/metrics").status_code == 404
    assert staff.get("/metrics").status_code == 404
    assert Client().get("/metrics", headers=bearer(TOKEN[:-1])).status_code == 404
    assert Client().get("/metrics", headers=bearer(TOKEN)).status_code == 200


def test_the_numbers_are_for_the_addresses_that_the_settings_name(settings: Any) -> None:
    settings.METRICS_ADDRESSES = ["10.0.0.0/24", "::1"]
    assert Client(REMOTE_ADDR="10.0.0.7").get("/metrics").status_code == 200
    assert Client(REMOTE_ADDR="::1").get("/metrics").status_code == 200
    assert Client(REMOTE_ADDR="10.0.1.7").get("/metrics").status_code == 404
    assert Client(REMOTE_ADDR="").get("/metrics").status_code == 404
    forged = Client(REMOTE_ADDR="10.0.1.7", headers={"X-Forwarded-For": "10.0.0.7"})
    assert forged.get("/metrics").status_code == 404


def test_behind_a_proxy_a_monitor_on_the_machine_itself_is_known_by_its_connection(
    settings: Any,
) -> None:
    settings.METRICS_ADDRESSES, settings.ALLAUTH_TRUSTED_PROXY_COUNT = ["127.0.0.1"], 1
    assert Client().get("/metrics").status_code == 200, "nobody stands between"
    for name, value in (("X-Forwarded-For", "203.0.113.9"), ("X-Forwarded-Proto", "https")):
        assert Client(headers={name: value}).get("/metrics").status_code == 404, "by the proxy"


def test_a_probe_names_the_server_by_any_address_and_a_visitor_does_not(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["ce.example.org"]
    settings.SITE_URL, settings.SECURE_SSL_REDIRECT = "https://ce.example.org", True
    settings.METRICS_ADDRESSES = ["127.0.0.1"]
    for path in ("/healthz", "/readyz", "/metrics"):
        assert Client(headers={"Host": "10.0.0.7:8000"}).get(path).status_code == 200
    assert Client(headers={"Host": "10.0.0.7:8000"}).get("/").status_code == 400


def numbers(settings: Any) -> dict[str, float]:
    """What /metrics tells, by name and labels."""
    settings.METRICS_TOKEN = TOKEN
    told = Client().get("/metrics", headers=bearer(TOKEN)).content.decode()
    lines = [line.rsplit(" ", 1) for line in told.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in lines}


def test_requests_are_counted_by_route_and_status_and_never_by_path(
    settings: Any, rosa: User
) -> None:
    before = numbers(settings)
    for path in ("/healthz", "/robots.txt", "/v/SECRETCODE", "/no/rosa@example.org"):
        Client().get(path)
    Client().generic("BREW", "/healthz")
    after = numbers(settings)
    grown = {name: after[name] - before.get(name, 0) for name in after if "requests_total" in name}
    counted = {name for name, more in grown.items() if more}
    assert 'aliquot_requests_total{method="GET",route="operations:healthz",status="200"}' in counted
    assert 'aliquot_requests_total{method="GET",route="none",status="404"}' in counted
    assert (
        'aliquot_requests_total{method="other",route="operations:healthz",status="405"}' in counted
    )
    assert not any("SECRET" in name or "rosa" in name for name in after)
    assert after['aliquot_request_seconds_count{route="operations:robots"}'] >= 1


def test_what_waits_is_told_from_the_database(calm: None, settings: Any, now: datetime) -> None:
    with time_machine.travel(now, tick=False):
        send_mail("Code", "123456", None, ["rosa@example.org"])
    with time_machine.travel(now + timedelta(seconds=40), tick=False):
        told = numbers(settings)
    assert told["aliquot_database_up"] == 1
    assert told["aliquot_database_bytes"] > 10_000
    assert (told["aliquot_mails_owed"], told["aliquot_mail_wait_seconds"]) == (1, 40)
    assert (told["aliquot_jobs_running"], told["aliquot_jobs_retrying"]) == (0, 0)
    assert told["aliquot_job_wait_seconds"] == 0
    assert told["aliquot_backup_age_seconds"] == 40


def test_without_a_database_the_numbers_say_that_it_is_away(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(**_: object) -> None:
        raise DatabaseError("could not connect to 10.0.0.5")

    monkeypatch.setattr(health, "mail_waits", away)
    told = numbers(settings)
    assert told["aliquot_database_up"] == 0
    assert "aliquot_mails_owed" not in told


@pytest.mark.parametrize(
    ("given", "is_kept"),
    [
        ("4bf92f3577b34da6a3ce929d0e0e4736", True),
        ("01J-trace_of-a-proxy", True),
        ("short", False),
        ("x" * 41, False),
        ("job-4bf92f3577b34da6a3ce", False),
        ('4bf92f3577b3"}{"level":"x', False),
    ],
)
def test_a_request_keeps_the_sane_id_it_came_with(given: str, is_kept: bool) -> None:
    answer = Client().get("/healthz", headers={"X-Request-ID": given})
    assert (answer.headers["X-Request-ID"] == given) is is_kept
    assert len(answer.headers["X-Request-ID"]) >= 12


def test_a_log_line_tells_the_route_and_not_the_path(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO", logger="aliquot.requests"):
        Client().get("/v/SECRETCODE")
    [record] = [each for each in caplog.records if each.name == "aliquot.requests"]
    assert record.getMessage() == "GET Not Found"
    assert record.route == "certificates:verify"  # type: ignore[attr-defined]
    assert "SECRET" not in str(vars(record))


def test_a_refusal_is_a_line_that_names_who_it_was(
    caplog: pytest.LogCaptureFixture, rosa: User
) -> None:
    client = Client()
    client.force_login(rosa)
    client.get("/learning/4711/")
    client.get("/nothing/of/the/kind/")
    client.get("/learning/")
    [record] = [each for each in caplog.records if each.name == "aliquot.requests"]
    assert (record.levelname, record.getMessage()) == ("WARNING", "GET Not Found")
    said = vars(record)
    assert (said["route"], said["status"], said["person"]) == ("learning:resume", 404, rosa.pk)
    assert "4711" not in str(said)
