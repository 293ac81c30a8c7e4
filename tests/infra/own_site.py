"""A site of its own for tests that start real processes: an own folder and an own database."""

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SETTLE_SECONDS = 60  # patience, not a measurement


@dataclass
class OwnSite:
    """Where the processes of the test live."""

    folder: Path
    environment: dict[str, str]

    def start(self, *arguments: str, **options: Any) -> subprocess.Popen[str]:
        """Start ``aliquot`` with these arguments, in a group of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "aliquot.cli.main", *arguments],
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


@contextmanager
def own_site(folder: Path) -> Iterator[OwnSite]:
    """A migrated site in ``folder``, on the kind of database that the tests run on."""
    server = os.environ.get("ALIQUOT_TEST_DATABASE_URL", "")
    name = f"own_{uuid.uuid4().hex}"
    url = ""
    if server:
        import psycopg
        from psycopg.conninfo import conninfo_to_dict

        parts = {**conninfo_to_dict(server), "dbname": name}
        host = parts.pop("host", "")
        user, port = parts.get("user", ""), parts.get("port", "")
        url = f"postgresql://{user}@/{name}?host={host}" + (f"&port={port}" if port else "")
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
    site = OwnSite(
        folder=folder,
        environment={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "aliquot.settings",
            "ALIQUOT_DATA": str(folder),
            "DATABASE_URL": url,
            "PYTHONPATH": str(ROOT),
        },
    )
    try:
        done = site.run("migrate")
        assert done.returncode == 0, done.stderr
        yield site
    finally:
        if server:
            with psycopg.connect(server, autocommit=True) as connection:
                connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
