"""The operator's commands, as real processes on a site of their own."""

import http.client
import json
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from gunicorn.workers.gthread import PollableMethodQueue

from aliquot.cli import operations
from aliquot.cli.server import QuietWorker
from aliquot.infra import upkeep
from aliquot.infra.jobs.worker import Worker
from tests.infra.own_site import ROOT, SETTLE_SECONDS, OwnSite, own_site, wait_until
from tests.ports import free_port

# How a process starts and stops does not hang on the database; what it does there is marked.
on_both_databases = pytest.mark.both_databases


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnSite]:
    with own_site(tmp_path_factory.mktemp("site")) as made:
        yield made


@pytest.fixture
def quiet_site(site: OwnSite) -> OwnSite:
    """The site without the jobs of earlier tests: a server that was stopped in the middle of one
    leaves it to its lease, and whoever takes it over says so.
    """
    site.forget_jobs()
    return site


class Serving:
    """A server of its own, ready for requests."""

    def __init__(self, site: OwnSite, *arguments: str) -> None:
        self.port = free_port()
        self.process = site.start(
            "serve", "--port", str(self.port), "--grace", str(SETTLE_SECONDS), *arguments
        )
        assert self.process.stdout is not None
        self.first_line = self.process.stdout.readline()

    def get(self, address: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SETTLE_SECONDS)
        connection.request("GET", address, headers={"Host": "localhost"})
        response = connection.getresponse()
        return response.status, response.read()

    def stop(self, number: signal.Signals) -> str:
        """Send the signal as it comes in life: Ctrl-C reaches the whole group."""
        if number == signal.SIGINT:
            os.killpg(self.process.pid, number)
        else:
            self.process.send_signal(number)
        output, _ = self.process.communicate(timeout=SETTLE_SECONDS)
        return output


def wait_for_the_end_of_group(leader: int) -> None:
    """Whoever is left of the group ends too: nobody goes on serving."""
    until = time.monotonic() + SETTLE_SECONDS
    while time.monotonic() < until:
        try:
            os.killpg(leader, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)
    raise AssertionError("a process of the server is left")


def test_a_second_signal_inside_the_handler_of_the_first_does_not_wait_for_it() -> None:
    """Ctrl-C reaches a process of the group twice: from the terminal and from the arbiter."""
    seen: list[str] = []
    worker = QuietWorker.__new__(QuietWorker)
    worker.alive, worker.method_queue = True, PollableMethodQueue()
    worker.method_queue.init()

    class Interrupted(threading.Event):
        def set(self) -> None:
            seen.append("set")
            if len(seen) == 1:  # in life this thread holds the event's lock here
                worker.handle_exit(signal.SIGTERM, None)
            super().set()

    worker.jobs = Worker(threads=0)
    worker.jobs.stopping = Interrupted()
    worker.handle_exit(signal.SIGINT, None)
    assert (seen, worker.alive, worker.jobs.stopping.is_set()) == (["set"], False, True)


SLOW_SITE = """
import time
from django.http import HttpResponse
from django.urls import path
from aliquot.urls import *

def slow(request):
    (open({mark!r}, "w")).close()
    time.sleep(0.5)
    return HttpResponse("finished")

urlpatterns = [path("slow", slow), *urlpatterns]
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_server_stops_without_a_word_or_a_leftover_when_a_request_at_work_is_finished(
    quiet_site: OwnSite, tmp_path: Path, number: signal.Signals
) -> None:
    mark = tmp_path / "begun"
    (tmp_path / "slow_site.py").write_text(SLOW_SITE.format(mark=str(mark)))
    (tmp_path / "slow_settings.py").write_text(
        "from aliquot.settings import *\nROOT_URLCONF = 'slow_site'\n"
    )
    environment = {
        **quiet_site.environment,
        "DJANGO_SETTINGS_MODULE": "slow_settings",
        "PYTHONPATH": f"{ROOT}:{tmp_path}",
    }
    server = Serving(OwnSite(folder=quiet_site.folder, environment=environment))
    assert server.first_line.startswith("Aliquot is at http://localhost:8000 (listening on ")
    assert server.get("/healthz") == (200, b"ok\n")
    assert server.get("/readyz")[0] == 200
    answers: list[tuple[int, bytes]] = []
    asking = threading.Thread(target=lambda: answers.append(server.get("/slow")))
    asking.start()
    wait_until(mark.exists)
    assert server.stop(number) == ""
    asking.join()
    assert answers == [(200, b"finished")]
    assert server.process.returncode == 0
    wait_for_the_end_of_group(server.process.pid)


def test_a_busy_port_is_one_sentence(site: OwnSite) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = site.run("serve", "--port", str(port))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"aliquot: Cannot listen on 127.0.0.1 port {port}: Address already in use. "
        "Stop what uses it, or set PORT (and HOST) to something else.\n"
    )


PRODUCTION = {
    "ALIQUOT_PROFILE": "production",
    "ALIQUOT_SITE_URL": "https://ce.example.org",
    "ALIQUOT_SECRET_KEY": "k3Y-" * 5 + "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJ",
    "ALIQUOT_MAIL_URL": "smtp://mail.example.org:587",
    "ALIQUOT_MAIL_FROM": "CE desk <ce@example.org>",
    "ALIQUOT_TRUSTED_PROXIES": "1",
    "ALIQUOT_METRICS_TOKEN": "a token that is long enough for anybody",
    "ALIQUOT_LOG_LEVEL": "INFO",
}


@on_both_databases
def test_in_production_two_processes_serve_and_tell_together_what_they_did(
    quiet_site: OwnSite,
) -> None:
    site = quiet_site
    url = site.environment["DATABASE_URL"] or "sqlite"
    environment = {**site.environment, **PRODUCTION, "DATABASE_URL": url}
    server = Serving(OwnSite(site.folder, environment), "--workers", "2", "--jobs")

    def ask(address: str, **headers: str) -> tuple[Any, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=SETTLE_SECONDS)
        proxy = {"Host": "ce.example.org", "X-Forwarded-Proto": "https", "X-Forwarded-For": "::1"}
        connection.request("GET", address, headers=proxy | headers)
        response = connection.getresponse()
        return response, response.read()

    try:
        name = next((site.folder / "static" / "ui" / "css").glob("core.*.css")).name
        style, _ = ask(f"/static/ui/css/{name}", **{"Accept-Encoding": "gzip, br"})
        older, _ = ask(f"/static/ui/css/{name}", **{"Accept-Encoding": "gzip"})
        named, _ = ask("/about/contact/", **{"X-Request-ID": "4bf92f3577b34da6a3ce929d0e0e4736"})
        answers = [ask("/healthz")[1] for _ in range(20)]
        _, told = ask("/metrics", Authorization=f"Bearer {PRODUCTION['ALIQUOT_METRICS_TOKEN']}")
        files = list((site.folder / "metrics" / str(server.port)).glob("counter_*.db"))
        wait_until(lambda: "SUCCESSFUL" in site.jobs("prune"))
    finally:
        log = server.stop(signal.SIGTERM)
    assert (style.status, style.headers["Content-Encoding"]) == (200, "br")
    assert older.headers["Content-Encoding"] == "gzip"
    assert "immutable" in style.headers["Cache-Control"]
    assert style.headers["X-Content-Type-Options"] == "nosniff"
    assert named.headers["X-Request-ID"] == "4bf92f3577b34da6a3ce929d0e0e4736"
    assert answers == [b"ok\n"] * 20
    counted = 'aliquot_requests_total{method="GET",route="operations:healthz",status="200"} 20.0'
    assert counted in told.decode().splitlines()
    assert len(files) in {2, 3}, "each process that answered has a file, the first with its own"
    lines = [json.loads(line) for line in log.splitlines()]
    # The nightly check may say, rightly, that the tests' own cluster runs without fsync.
    others = [line for line in lines if line["logger"] != "aliquot.invariants"]
    assert [line for line in others if line["level"] not in {"info", "warning"}] == []
    [page] = [line for line in lines if line.get("route") == "pages:page"]
    assert page["trace"] == "4bf92f3577b34da6a3ce929d0e0e4736"
    assert (page["status"], page["event"]) == (200, "GET OK")
    assert all("trace" in line for line in lines if line["logger"] == "aliquot.requests")


@on_both_databases
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_does_what_is_due_and_stops_when_told(
    quiet_site: OwnSite, number: signal.Signals
) -> None:
    worker = quiet_site.start("worker", "--grace", str(SETTLE_SECONDS))
    wait_until(lambda: "SUCCESSFUL" in quiet_site.jobs("seal_audit"))
    worker.send_signal(number)
    output, _ = worker.communicate(timeout=SETTLE_SECONDS)
    assert (worker.returncode, output) == (0, "")


def test_setup_again_gathers_nothing(
    site: OwnSite, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gathered: list[str] = []
    monkeypatch.setattr(upkeep, "call_command", lambda name, **_: gathered.append(name))
    monkeypatch.setattr(upkeep, "_static_state", lambda: "as last time")
    settings.STATIC_ROOT = tmp_path
    upkeep.collect_static_files()
    upkeep.collect_static_files()
    assert gathered == ["collectstatic"]
    monkeypatch.setattr(upkeep, "_static_state", lambda: "changed")
    upkeep.collect_static_files()
    assert gathered == ["collectstatic", "collectstatic"]


@on_both_databases
def test_the_invariants_of_a_new_site_hold(site: OwnSite) -> None:
    done = site.run("check-invariants")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1].startswith("All 12 invariants hold.")


@pytest.mark.parametrize("command", ["serve", "worker", "setup", "migrate"])
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        getattr(operations, command)(["--help"])
    assert stopped.value.code == 0
    assert capsys.readouterr().out.startswith(f"usage: aliquot {command.replace('_', '-')}")


def test_the_settings_pass_the_check_for_deployment(tmp_path: Path) -> None:
    environment = {
        **PRODUCTION,
        "ALIQUOT_DATA": str(tmp_path),
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "aliquot.settings",
        "DATABASE_URL": "sqlite",
    }
    done = subprocess.run(
        [".venv/bin/python", "-m", "django", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
