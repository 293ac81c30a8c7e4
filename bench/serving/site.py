"""The site under measurement: PostgreSQL that syncs, invented people, the production profile."""

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from bench.serving.client import HOST, ORIGIN, Connection, request
from tests.postgres import cluster

COMMAND = Path(sys.executable).parent / "aliquot"
WORKERS, THREADS = 2, 2
START_SECONDS = 60


@dataclass(frozen=True)
class Site:
    """Where it listens, what its processes are, and the environment of its commands."""

    port: int
    server: int
    postgres: int
    environment: dict[str, str]

    @property
    def roots(self) -> tuple[int, int]:
        """All processes of the product hang on these."""
        return self.server, self.postgres


def environment(folder: Path, url: str) -> dict[str, str]:
    """Settings of the production profile behind a proxy that speaks TLS."""
    return {
        **os.environ,
        "ALIQUOT_PROFILE": "production",
        "ALIQUOT_DATA": str(folder),
        "DATABASE_URL": url,
        # One database keeps one key: its secrets are under it. Nobody real is in there.
        "ALIQUOT_SECRET_KEY": hashlib.sha512(url.encode()).hexdigest(),
        "ALIQUOT_SITE_URL": ORIGIN,
        "ALIQUOT_ALLOWED_HOSTS": HOST,
        "ALIQUOT_TRUSTED_PROXIES": "1",
        "ALIQUOT_MAIL_URL": "smtp://127.0.0.1:9",
        "ALIQUOT_MAIL_FROM": f"bench@{HOST}",
        "DJANGO_SETTINGS_MODULE": "aliquot.settings",
    }


@contextmanager
def database(given: str) -> Iterator[str]:
    """A cluster of its own with fsync on, or the one that is given."""
    if given:
        yield given
        return
    with cluster(durable=True) as url:
        yield url


def generate(settings: dict[str, str], *, learners: int, courses: int) -> float:
    """Invent people and courses, unless they are there; returns the seconds."""
    begun = time.monotonic()
    demo = {**settings, "ALIQUOT_PROFILE": "demo"}
    run("demo", "generate", "--learners", str(learners), "--courses", str(courses), settings=demo)
    return time.monotonic() - begun


def run(*arguments: str, settings: dict[str, str]) -> str:
    """A command of the site to its end."""
    done = subprocess.run(
        [COMMAND, *arguments], env=settings, check=False, stdout=subprocess.PIPE, text=True
    )
    if done.returncode:
        sys.exit(f"aliquot {' '.join(arguments)} ended with {done.returncode}")
    return done.stdout


@contextmanager
def serving(settings: dict[str, str], *, port: int) -> Iterator[Site]:
    """The site, served until the end of the block."""
    arguments = [COMMAND, "serve", "--workers", str(WORKERS), "--threads", str(THREADS)]
    arguments += ["--port", str(port), "--no-jobs"]
    with subprocess.Popen(arguments, env=settings, stdout=subprocess.DEVNULL) as process:
        try:
            wait_for(port)
            yield Site(port, process.pid, postmaster(settings["DATABASE_URL"]), settings)
        finally:
            process.terminate()
            process.wait()


@contextmanager
def serving_nothing(*, port: int) -> Iterator[int]:
    """The same web server with an empty application: the floor under every page."""
    command = [
        sys.executable, "-m", "gunicorn", "bench.serving.nothing:application", "--preload",
        "-k", "gthread", "-w", str(WORKERS), "--threads", str(THREADS),
        "-b", f"127.0.0.1:{port}", "--log-level", "warning", "--no-control-socket",
    ]  # fmt: skip
    with subprocess.Popen(command) as process:
        try:
            wait_for(port)
            yield process.pid
        finally:
            process.terminate()
            process.wait()


def wait_for(port: int) -> None:
    """Until it answers; the first answers are not measured."""
    for _ in range(START_SECONDS * 10):
        try:
            Connection(port).ask(request("/"))
        except OSError:
            time.sleep(0.1)
        else:
            return
    sys.exit(f"Nothing answers on port {port}.")


def postmaster(url: str) -> int:
    """The process id of the server behind the URL's socket folder."""
    folder = parse_qs(urlsplit(url).query)["host"][0]
    return int(Path(folder, "data", "postmaster.pid").read_text().splitlines()[0])
