"""Taking a backup: the database first, then every file it refers to."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

from django.conf import settings
from django.db import connection

from aliquot import __version__
from aliquot.infra import clock, storage
from aliquot.infra.backup import postgresql, sqlite
from aliquot.infra.backup.manifest import (
    FILES,
    MANIFEST,
    SESSIONS,
    BackupRefusedError,
    Manifest,
    Part,
    digest_of,
    measured,
)
from aliquot.infra.models import UpkeepRun
from aliquot.infra.seals import GENESIS
from aliquot.infra.upkeep_runs import note_run
from aliquot.lib.progress import Progress

UNFINISHED, WANTED = "unfinished", "wanted.txt"
PAGES = "pages"
ENGINES: dict[str, ModuleType] = {"sqlite": sqlite, "postgresql": postgresql}
_STORED = "SELECT sha256, size FROM infra_storedfile WHERE sha256 > {} ORDER BY sha256 LIMIT 1000"


@dataclass(frozen=True, slots=True)
class Taken:
    """A whole backup, where it is, and what older ones went to make room."""

    folder: Path
    manifest: Manifest
    copied: int  # files that were neither in an unfinished backup nor in the one before
    removed: list[str]


def take_backup(place: Path, *, keep: int | None, now: datetime) -> Taken:
    """Take a backup into a folder of its own under ``place``; the name is its moment in UTC.

    A backup that was interrupted is taken up again: files that are whole are not copied anew, the
    database is. Files that the backup before has are linked, not copied, once they were checked.
    ``keep``: afterwards only so many of the newest remain. Raises BackupRefusedError.
    """
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _alone(place):
        building = place / UNFINISHED
        building.mkdir(mode=0o700, exist_ok=True)
        before = whole_backups(place)
        manifest, copied = _build(building, before[-1] if before else None, now)
        folder = place / f"{now.astimezone(UTC):%Y-%m-%dT%H%M%SZ}"
        building.rename(folder)
        _flush(place)
        removed = _prune(place, keep)
    note_run(
        kind=UpkeepRun.Kind.BACKUP,
        began_at=now,
        ended_at=clock.now(),
        is_good=True,
        report={
            "name": str(folder),
            "files": manifest.file_count,
            "bytes": manifest.file_bytes + manifest.database.size,
            "damaged_files": manifest.damaged_files,
        },
    )
    return Taken(folder, manifest, copied, removed)


def whole_backups(place: Path) -> list[Path]:
    """The finished backups in a folder, oldest first."""
    return sorted(path.parent for path in place.glob(f"2*/{MANIFEST}"))


def _build(building: Path, before: Path | None, now: datetime) -> tuple[Manifest, int]:
    engine = ENGINES[connection.vendor]
    target = building / engine.FILE
    for stale in (target, building / MANIFEST):
        stale.unlink(missing_ok=True)
    pages = _copy_pages(building)
    with engine.snapshot(target) as moment:
        facts = {
            "migrations": [f"{app}.{name}" for app, name in _rows(moment, _MIGRATIONS)],
            "tables": {
                table: 0 if table == SESSIONS else _count(moment, table)
                for table in _tables(moment)
            },
            "audit_head": _one(moment, _HEAD, GENESIS),
        }
        wanted = _wish(building, moment)
    copied, damaged, (count, size) = _copy_files(building, before, wanted)
    manifest = Manifest(
        release=__version__,
        site=settings.SITE_URL,
        taken_at=now.astimezone(UTC).isoformat(),
        vendor=connection.vendor,
        database=measured(building, engine.FILE),
        file_list=measured(building, FILES),
        file_count=count,
        file_bytes=size,
        damaged_files=damaged,
        pages=pages,
        **facts,
    )
    for part in (manifest.database, manifest.file_list):
        _flush(building / part.name)
    manifest.write(building)
    _flush(building / MANIFEST)
    _flush(building)
    return manifest, copied


_MIGRATIONS = "SELECT app, name FROM django_migrations ORDER BY app, name"
_HEAD = "SELECT hash FROM infra_auditblock ORDER BY id DESC LIMIT 1"


def _copy_files(
    building: Path, before: Path | None, wanted: int
) -> tuple[int, list[str], tuple[int, int]]:
    """The files of the wish list: how many were copied, which are damaged, count and bytes."""
    progress = Progress(wanted, "files")
    copied = count = total = 0
    damaged = []
    with (building / FILES).open("w") as listing, (building / WANTED).open() as wish:
        for digest, size in map(str.split, wish):
            name = f"files/{storage.name_of(digest)}"
            progress.add(1)
            if not _is_whole(building / name, digest):
                try:
                    copied += _bring(building / name, digest, before)
                except storage.DamagedFileError:
                    damaged.append(digest)
                    continue
            listing.write(f"{digest} {size}\n")
            count, total = count + 1, total + int(size)
    progress.end()
    (building / WANTED).unlink()
    return copied, damaged, (count, total)


def _wish(building: Path, moment: Any) -> int:
    """List the stored files of the snapshot: nothing holds it open while they are copied."""
    count = 0
    with (building / WANTED).open("w") as listing:
        for digest, size in _stored(moment):
            listing.write(f"{digest} {size}\n")
            count += 1
    return count


def _stored(moment: Any) -> Iterator[tuple[str, int]]:
    last, mark = "", "?" if connection.vendor == "sqlite" else "%s"
    while rows := list(moment.execute(_STORED.format(mark), (last,))):
        yield from rows
        last = rows[-1][0]


def _bring(path: Path, digest: str, before: Path | None) -> int:
    """Link the file from the backup before if it is sound there, else copy it; 1 if copied."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    old = None if before is None else before / "files" / storage.name_of(digest)
    if old is not None and _is_whole(old, digest):
        with suppress(OSError):  # another file system, or one without links
            os.link(old, path)
            return 0
    fresh = path.with_suffix(".new")
    with fresh.open("wb") as stream:
        stream.write(storage.read_bytes(digest))
        stream.flush()
        os.fsync(stream.fileno())
    fresh.chmod(0o600)
    fresh.rename(path)
    return 1


def _is_whole(path: Path, digest: str) -> bool:
    return path.is_file() and digest_of(path) == digest


def _copy_pages(building: Path) -> list[Part]:
    """The provider's own pages: plain files in the data folder."""
    source, target = Path(settings.DATA) / PAGES, building / PAGES
    shutil.rmtree(target, ignore_errors=True)
    if not source.is_dir():
        return []
    shutil.copytree(source, target)
    found = sorted(path for path in target.rglob("*") if path.is_file())
    return [measured(building, path.relative_to(building).as_posix()) for path in found]


def _tables(moment: Any) -> list[str]:
    if connection.vendor == "sqlite":
        query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    else:
        query = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
    return sorted(row[0] for row in _rows(moment, query))


def _count(moment: Any, table: str) -> int:
    name = connection.ops.quote_name(table)
    return int(_one(moment, f"SELECT count(*) FROM {name}", 0))  # noqa: S608 (a table's own name)


def _one(moment: Any, query: str, default: Any) -> Any:
    row = moment.execute(query).fetchone()
    return default if row is None else row[0]


def _rows(moment: Any, query: str) -> list[Any]:
    return list(moment.execute(query).fetchall())


@contextmanager
def _alone(place: Path) -> Iterator[None]:
    """One backup at a time in a folder; the lock goes with the process."""
    with (place / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BackupRefusedError(f"Another backup into {place} is at work.") from error
        yield


def _prune(place: Path, keep: int | None) -> list[str]:
    if keep is None:
        return []
    old = whole_backups(place)[:-keep]
    for folder in old:
        (folder / MANIFEST).unlink()  # first: what is half deleted is no backup
        shutil.rmtree(folder)
    return [folder.name for folder in old]


def _flush(path: Path) -> None:
    """Down to the disk; a folder too, for the names in it."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
