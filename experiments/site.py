"""A site of its own for an experiment: database, server processes, and how to kill them."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from tests import postgres
from tests.ports import free_port

ROOT = Path(__file__).resolve().parent.parent
PATIENCE_SECONDS = 120


@dataclass
class Site:
    """Where it lives; ``server`` is the process group that serves, if it runs."""

    folder: Path
    url: str  # of the database; empty: SQLite
    environment: dict[str, str]
    port: int
    server: subprocess.Popen[bytes] | None = None
    cast: dict[str, Any] = field(default_factory=dict)

    def command(self, *words: str) -> str:
        """Run Python on the site to its end; what it printed."""
        return subprocess.run(
            [sys.executable, "-m", *words],
            cwd=ROOT, env=self.environment, check=True, capture_output=True, text=True,
        ).stdout  # fmt: skip

    def start(self, *, workers: int = 2, **settings: str) -> None:
        """Serve, with jobs inside, and wait until it answers."""
        log = (self.folder / "server.log").open("ab")
        self.server = subprocess.Popen(
            [sys.executable, "-m", "aliquot.cli.main", "serve", "--port", str(self.port),
             "--workers", str(workers), "--jobs"],
            cwd=ROOT, env={**self.environment, **settings}, stdout=log, stderr=log,
            start_new_session=True,
        )  # fmt: skip
        until = time.monotonic() + PATIENCE_SECONDS
        while not self.is_answering():
            if time.monotonic() > until or self.server.poll() is not None:
                raise RuntimeError((self.folder / "server.log").read_text()[-3000:])
            time.sleep(0.1)

    def is_answering(self) -> bool:
        """Whether somebody answers on the port."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5):
                return True
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False

    def kill(self) -> None:
        """kill -9 the whole group: no process gets to say a word."""
        if self.server is not None:
            os.killpg(self.server.pid, signal.SIGKILL)
            self.server.wait()
            self.server = None


@contextmanager
def site(database: str, *, learners: int, courses: int, **settings: str) -> Iterator[Site]:
    """A site with its cast on ``sqlite`` or ``postgresql`` (fsync on); gone afterwards."""
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="aliquot-experiment-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        url = stack.enter_context(postgres.cluster(durable=True)) if database != "sqlite" else ""
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith("ALIQUOT_")
        }
        environment = {
            **kept,
            "DJANGO_SETTINGS_MODULE": "aliquot.settings",
            "ALIQUOT_PROFILE": "demo",
            "ALIQUOT_DATA": str(folder),
            "ALIQUOT_LOG_LEVEL": "ERROR",
            "DATABASE_URL": url,
            **settings,
        }
        made = Site(folder, url, environment, free_port())
        stack.callback(made.kill)
        made.command("aliquot.cli.main", "setup")
        made.cast = json.loads(made.command("experiments.stage", str(learners), str(courses)))
        yield made


def kill_postgresql(url: str) -> None:
    """kill -9 the server with all its processes, and start it again on the same files."""
    folder = Path(url.partition("host=")[2])
    data = folder / "data"
    postmaster = psutil.Process(int((data / "postmaster.pid").read_text().split()[0]))
    family = [postmaster, *postmaster.children(recursive=True)]
    for process in family:
        process.send_signal(signal.SIGKILL)
    psutil.wait_procs(family, timeout=PATIENCE_SECONDS)
    (data / "postmaster.pid").unlink(missing_ok=True)
    postgres.start(folder, durable=True)


def connect_django(environment: Mapping[str, str]) -> None:
    """Let this process read the site's database with the product's own models."""
    import django

    for name in [name for name in os.environ if name.startswith(("ALIQUOT_", "PG"))]:
        del os.environ[name]
    os.environ.update(environment)
    django.setup()
