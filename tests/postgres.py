"""A private PostgreSQL cluster in a temporary folder, for the length of one command.

``python -m tests.postgres COMMAND…`` runs the command with ``ALIQUOT_TEST_DATABASE_URL`` set.
"""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

RECOMMENDED = Path(__file__).parents[1] / "deploy/postgresql/aliquot.conf"


def newest_binaries() -> Path:
    """The folder of initdb and pg_ctl of the newest PostgreSQL on this machine."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).parent
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4])
    )
    if not found:
        sys.exit("The tests need PostgreSQL 15 or newer; install the package postgresql.")
    return found[-1].parent


@contextmanager
def cluster(*, durable: bool = False) -> Iterator[str]:
    """Start a cluster and give its URL; it is gone afterwards.

    ``durable`` keeps fsync on, with the settings we recommend: for measurements and crash
    experiments.
    """
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))  # socket paths are short
    name = "postgres" if _is_root() else pwd.getpwuid(os.geteuid()).pw_name
    if _is_root():
        shutil.chown(folder, "postgres")
    data = str(folder / "data")
    _run("initdb", "-D", data, "-A", "trust", "-U", name, "-E", "UTF8", "--no-sync")
    if durable:
        with Path(data, "postgresql.conf").open("a", encoding="utf-8") as settings:
            settings.write(RECOMMENDED.read_text(encoding="utf-8"))
    start(folder, durable=durable)
    try:
        yield f"postgresql://{name}@/postgres?host={folder}"
    finally:
        _run("pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def start(folder: Path, *, durable: bool) -> None:
    """Start the server on the files of a cluster in ``folder``: for the first time, or again."""
    options = f"-k {folder} -c listen_addresses=''"
    if not durable:
        options += " -c max_connections=200 -c fsync=off -c full_page_writes=off"
    data = str(folder / "data")
    _run("pg_ctl", "-D", data, "-w", "-l", f"{folder}/log", "-o", options, "start")


def _run(program: str, *arguments: str) -> None:
    """A program of PostgreSQL, which refuses to work for root."""
    as_user = ["runuser", "-u", "postgres", "--"] if _is_root() else []
    command = [*as_user, str(newest_binaries() / program), *arguments]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")


def _is_root() -> bool:
    return os.geteuid() == 0


def main() -> int:
    """Run the command given on the command line against a fresh cluster."""
    with cluster() as url:
        environment = {**os.environ, "ALIQUOT_TEST_DATABASE_URL": url}
        return subprocess.run(sys.argv[1:], env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
