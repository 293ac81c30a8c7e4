"""A running demo site for browser tests: real server, real database file, on a free port."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.ports import free_port

ALIQUOT = Path(sys.executable).parent / "aliquot"
PATIENCE = 120  # seconds; not a measurement


@dataclass(frozen=True)
class Site:
    """Where the site answers and where its data lies."""

    url: str
    data: Path

    def environment(self) -> dict[str, str]:
        """What a command needs to work on this site's data."""
        return environment(self.data, int(self.url.rsplit(":", 1)[1]))

    def command(self, *arguments: str) -> str:
        """Run ``aliquot`` on this site's data; its standard output."""
        return subprocess.run(
            [ALIQUOT, *arguments],
            env=self.environment(),
            check=True,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        ).stdout


def environment(data: Path, port: int) -> dict[str, str]:
    """The demo profile on its own folder and port, and nothing of the tests' own settings."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("ALIQUOT_") and name not in {"DATABASE_URL", "PORT"}
    }
    return {**kept, "ALIQUOT_PROFILE": "demo", "ALIQUOT_DATA": str(data), "PORT": str(port)}


def answers(url: str) -> bool:
    """Whether the site answers its health page."""
    try:
        with urllib.request.urlopen(f"{url}/healthz", timeout=20) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def set_up_demo(data: Path) -> None:
    """The demo in a folder."""
    settings = environment(data, free_port())
    subprocess.run([ALIQUOT, "demo"], env=settings, check=True, stdout=subprocess.DEVNULL)


@contextmanager
def running_copy(of: Path, **settings: str) -> Iterator[Site]:
    """A site with what a folder holds this moment, served or not, and with other settings."""
    data = Path(tempfile.mkdtemp(prefix="aliquot-copy-"))
    shutil.copytree(
        of, data, ignore=shutil.ignore_patterns("*.sqlite3*", "*.log"), dirs_exist_ok=True
    )
    for database in of.glob("*.sqlite3"):
        with (
            closing(sqlite3.connect(database)) as old,
            closing(sqlite3.connect(data / database.name)) as new,
        ):
            old.backup(new)
    port = free_port()
    with serving(data, port, environment(data, port) | settings) as site:
        yield site


@contextmanager
def serving(data: Path, port: int, settings: dict[str, str]) -> Iterator[Site]:
    """Serve a folder until the block ends, and remove it."""
    log = (data / "server.log").open("wb")
    server = subprocess.Popen([ALIQUOT, "serve"], env=settings, stdout=log, stderr=log)
    url = f"http://localhost:{port}"
    try:
        until = time.monotonic() + PATIENCE
        while not answers(url):
            if server.poll() is not None or time.monotonic() > until:
                raise RuntimeError((data / "server.log").read_text())
            time.sleep(0.1)
        yield Site(url=url, data=data)
    finally:
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            server.kill()
        log.close()
        shutil.rmtree(data, ignore_errors=True)
