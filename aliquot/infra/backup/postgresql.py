"""PostgreSQL by its own tools: pg_dump in the custom format, restored in one transaction."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection

from aliquot.infra.backup.manifest import SESSIONS, BackupRefusedError
from aliquot.lib.progress import Progress

FILE = "database.dump"
_DUMPING = "dumping contents of table"
EMPTY = """
DO $$
DECLARE found record;
BEGIN
    FOR found IN SELECT tablename FROM pg_tables WHERE schemaname = current_schema() LOOP
        EXECUTE format('DROP TABLE IF EXISTS %I CASCADE', found.tablename);
    END LOOP;
    FOR found IN SELECT sequencename FROM pg_sequences WHERE schemaname = current_schema() LOOP
        EXECUTE format('DROP SEQUENCE IF EXISTS %I CASCADE', found.sequencename);
    END LOOP;
    DROP FUNCTION IF EXISTS aliquot_append_only();
END $$;
"""


@contextmanager
def snapshot(target: Path) -> Iterator[Any]:
    """Dump the database to ``target``, and give a connection that sees the very same moment."""
    import psycopg

    with _connection_words() as words, psycopg.connect(words) as reader:
        reader.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        row = reader.execute(
            "SELECT pg_export_snapshot(), count(*) FROM pg_tables"
            " WHERE schemaname = current_schema()"
        ).fetchone()
        name, tables = row or ("", 0)
        sessions = f"--exclude-table-data={SESSIONS}"
        _dump([f"--dbname={words}", f"--snapshot={name}", f"--file={target}", sessions], tables)
        yield reader


def restore(source: Path, *, is_overwriting: bool) -> None:
    """Restore the dump in one transaction: all of it, or nothing changed.

    Raises BackupRefusedError with PostgreSQL's own words.
    """
    connection.close()
    with _connection_words() as words:
        unpacking = subprocess.Popen(  # noqa: S603 (a tool of PostgreSQL, fixed arguments)
            [_tool("pg_restore"), "--no-owner", "--no-privileges", "--file=-", str(source)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        commands = [f"--command={EMPTY}"] if is_overwriting else []
        done = subprocess.run(  # noqa: S603
            [_tool("psql"), "--no-psqlrc", "--quiet", "--single-transaction", f"--dbname={words}",
             "--set=ON_ERROR_STOP=1", "--output=/dev/null", *commands, "--file=-"],
            stdin=unpacking.stdout,
            stderr=subprocess.PIPE,
            check=False,
        )  # fmt: skip
        _, complaint = unpacking.communicate()
    if done.returncode or unpacking.returncode:
        raise BackupRefusedError(
            "PostgreSQL refused the backup, and nothing was changed: "
            f"{_last_line(done.stderr or complaint)}"
        )


def _dump(arguments: Sequence[str], tables: int) -> None:
    progress = Progress(tables, "tables dumped")
    lines: list[str] = []
    with subprocess.Popen(  # noqa: S603
        [_tool("pg_dump"), "--format=custom", "--no-owner", "--no-privileges", "--verbose",
         *arguments],
        stderr=subprocess.PIPE,
        text=True,
    ) as dumping:  # fmt: skip
        for line in dumping.stderr or ():
            lines = [*lines[-4:], line]
            if _DUMPING in line:
                progress.add(1)
    progress.end()
    if dumping.returncode:
        raise BackupRefusedError(f"pg_dump failed: {_last_line(''.join(lines).encode())}")


@contextmanager
def _connection_words() -> Iterator[str]:
    """How the tools reach the database; the password goes through a file, never a command line."""
    from psycopg import conninfo, pq

    known = {each.keyword.decode() for each in pq.Conninfo.get_defaults()}
    settings = connection.settings_dict
    words = {
        "dbname": settings["NAME"],
        "user": settings["USER"],
        "host": settings["HOST"],
        "port": settings["PORT"],
        **{key: value for key, value in settings["OPTIONS"].items() if key in known},
    }
    given = {key: value for key, value in words.items() if value}
    if not settings["PASSWORD"]:
        yield conninfo.make_conninfo("", **given)
        return
    password = settings["PASSWORD"].replace("\\", "\\\\").replace(":", "\\:")
    with tempfile.NamedTemporaryFile("w", prefix="pgpass-") as kept:  # mode 0600
        kept.write(f"*:*:*:*:{password}\n")
        kept.flush()
        yield conninfo.make_conninfo("", **given, passfile=kept.name)


def _tool(name: str) -> str:
    on_path = shutil.which(name)
    if on_path is None:
        raise BackupRefusedError(
            f"{name} is not installed. It comes with PostgreSQL's client programs "
            "(postgresql-client), of the server's version or newer."
        )
    return on_path


def _last_line(words: bytes) -> str:
    lines = [line for line in words.decode(errors="replace").splitlines() if line.strip()]
    return lines[-1].strip() if lines else "no reason was given"
