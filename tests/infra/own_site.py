"""A site of its own for tests that start real processes: an own folder and an own database."""

import fcntl
import os
import shutil
import sqlite3
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

ROOT = Path(__file__).resolve().parents[2]
SETTLE_SECONDS = 120  # patience, not a measurement
SERVER = os.environ.get("ALIQUOT_TEST_DATABASE_URL", "")
TEMPLATE = "own_template"


def wait_until(happened: Callable[[], object]) -> None:
    """Wait for something that another thread or process does."""
    until = time.monotonic() + SETTLE_SECONDS
    while not happened():
        assert time.monotonic() < until, "it never happened"
        time.sleep(0.05)


@dataclass
class OwnSite:
    """Where the processes of the test live."""

    folder: Path
    environment: dict[str, str]

    def start(self, *arguments: str, **options: Any) -> subprocess.Popen[str]:
        """Start ``aliquot`` with these arguments, in a group of its own."""
        return self._start("-m", "aliquot.cli.main", *arguments, **options)

    def start_python(self, source: str, *arguments: str) -> subprocess.Popen[str]:
        """Start Python source with these arguments, in the same way."""
        return self._start("-c", source, *arguments)

    def _start(self, *arguments: str, **options: Any) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            **options,
        )

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run ``aliquot`` to its end."""
        return subprocess.run(
            [sys.executable, "-m", "aliquot.cli.main", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=SETTLE_SECONDS,
        )

    def python(self, source: str) -> str:
        """Run Python source with the site set up; returns what it prints."""
        prelude = "import django; django.setup()\n"
        done = subprocess.run(
            [sys.executable, "-c", prelude + source],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=SETTLE_SECONDS,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def sql(self, statement: str) -> list[tuple[Any, ...]]:
        """Execute a statement on the site's database: quicker than any process of Python."""
        if SERVER:
            with psycopg.connect(self.environment["DATABASE_URL"], autocommit=True) as connection:
                found = connection.execute(statement)  # type: ignore[call-overload]
                return found.fetchall() if found.description else []
        file = self.folder / "aliquot.sqlite3"
        with (
            closing(sqlite3.connect(file, timeout=SETTLE_SECONDS)) as kept,
            kept,  # (which commits)
        ):
            return kept.execute(statement).fetchall()

    def forget_jobs(self) -> None:
        """As if none had ever been due: a worker begins with what the schedule says."""
        for table in ("django_tasks_database_dbtaskresult", "infra_jobrun", "infra_scheduledrun"):
            self.sql(f"DELETE FROM {table}")

    def jobs(self, name: str) -> list[str]:
        """How far the jobs of this name are."""
        found = self.sql(
            f"SELECT status FROM django_tasks_database_dbtaskresult WHERE task_path LIKE '%.{name}'"
        )
        return [status for (status,) in found]


@contextmanager
def own_site(folder: Path) -> Iterator[OwnSite]:
    """A site set up in ``folder``, on the kind of database that the tests run on.

    It is a copy: setting one up takes seconds, so all processes of a run share the first.
    """
    with alone():
        template = Path(os.environ["ALIQUOT_TEST_RUN"], "site")
        if not template.exists():
            _set_up(template)
        shutil.copytree(template, folder, dirs_exist_ok=True)
        name = f"own_{uuid.uuid4().hex}"
        on_server(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    try:
        yield _site(folder, name)
    finally:
        on_server(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def alone() -> Iterator[None]:
    """One process of the run at a time."""
    with Path(os.environ["ALIQUOT_TEST_RUN"], "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _set_up(template: Path) -> None:
    on_server(f"DROP DATABASE IF EXISTS {TEMPLATE}")
    on_server(f"CREATE DATABASE {TEMPLATE}")
    begun = template.with_name("begun")
    shutil.rmtree(begun, ignore_errors=True)
    begun.mkdir()
    done = _site(begun, TEMPLATE).run("setup")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    begun.rename(template)


def _site(folder: Path, database: str) -> OwnSite:
    """On SQLite the database lies in the folder and ``database`` says nothing."""
    url = ""
    if SERVER:
        parts = conninfo_to_dict(SERVER)
        port = f"&port={parts['port']}" if "port" in parts else ""
        url = f"postgresql://{parts.get('user', '')}@/{database}?host={parts.get('host', '')}{port}"
    return OwnSite(
        folder=folder,
        environment={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "aliquot.settings",
            "ALIQUOT_DATA": str(folder),
            "DATABASE_URL": url,
            "PYTHONPATH": str(ROOT),
        },
    )


def on_server(statement: str) -> None:
    """Execute a statement outside of a transaction where the tests run on PostgreSQL."""
    if SERVER:
        with psycopg.connect(SERVER, autocommit=True) as connection:
            connection.execute(statement)
