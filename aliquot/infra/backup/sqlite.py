"""The database file of SQLite, copied by SQLite itself while the site runs."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from django.db import connection

from aliquot.infra.backup.manifest import SESSIONS, BackupRefusedError
from aliquot.lib.progress import Progress

FILE = "database.sqlite3"
_PAGES = 4096  # copied at a time: between them, writers may write


@contextmanager
def snapshot(target: Path) -> Iterator[Any]:
    """Copy the database to ``target``, and give a connection to the copy."""
    with closing(sqlite3.connect(_path())) as source, closing(sqlite3.connect(target)) as copy:
        _copy(source, copy, "pages copied")
        _leave_sessions_out(copy)
        # One plain file: no write-ahead log beside it.
        copy.execute("PRAGMA journal_mode=DELETE")
        yield copy


def restore(source: Path, *, is_overwriting: bool) -> None:
    """Write the copy over the database, in one transaction of SQLite's.

    Raises BackupRefusedError when the copy is no sound database.
    """
    del is_overwriting  # every page is replaced either way
    with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as copy:
        try:
            verdict = copy.execute("PRAGMA integrity_check(1)").fetchone()[0]
        except sqlite3.DatabaseError as error:
            verdict = str(error)
        if verdict != "ok":
            raise BackupRefusedError(f"The database in this backup is damaged: {verdict}.")
        connection.close()
        _path().parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(_path(), timeout=20)) as target:
            _copy(copy, target, "pages restored")


def _leave_sessions_out(copy: sqlite3.Connection) -> None:
    """Nobody comes in by a copy; ``secure_delete`` overwrites what was there."""
    copy.execute("PRAGMA secure_delete=ON")
    if copy.execute("SELECT 1 FROM sqlite_master WHERE name = ?", [SESSIONS]).fetchone():
        copy.execute(f"DELETE FROM {SESSIONS}")  # noqa: S608 (our own word)
    copy.commit()


def _copy(source: sqlite3.Connection, target: sqlite3.Connection, what: str) -> None:
    pages = source.execute("PRAGMA page_count").fetchone()[0]
    progress = Progress(pages, what)

    def show(_status: int, remaining: int, total: int) -> None:
        progress.total = total
        progress.add(total - remaining - progress.done)

    source.backup(target, pages=_PAGES, progress=show)
    progress.end()


def _path() -> Path:
    return Path(connection.settings_dict["NAME"])
