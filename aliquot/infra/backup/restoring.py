"""Restoring a backup: judged whole first, files next, the database last and in one step."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from aliquot.infra import append_only, storage
from aliquot.infra.backup.manifest import (
    BackupRefusedError,
    Manifest,
    listed_files,
    read_manifest,
    verify,
)
from aliquot.infra.backup.taking import ENGINES, PAGES
from aliquot.lib.progress import Progress

TOLD_TWICE = 2


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored, and what is left to do."""

    manifest: Manifest
    files_written: int
    needs_migration: bool


def restore_backup(folder: Path, *, overwrite: int) -> Restored:
    """Make this site what it was at the moment of the backup.

    Nothing is touched before the whole backup was read and found sound. ``overwrite`` counts how
    often the operator said so: a site with people in it, or other tables, needs twice. May be
    interrupted and begun again. Raises BackupRefusedError with what is wrong and what would do.
    """
    Path(settings.DATA).mkdir(parents=True, exist_ok=True)
    manifest = read_manifest(folder)
    _refuse_foreign(manifest)
    _refuse_living(overwrite)
    verify(folder, manifest)
    has_tables = bool(connection.introspection.table_names())
    written = _put_files(folder, manifest)
    _put_pages(folder, manifest)
    engine = ENGINES[manifest.vendor]
    engine.restore(folder / manifest.database.name, is_overwriting=has_tables)
    _compare(manifest)
    append_only.install()
    ours = set(MigrationLoader(connection).disk_migrations)
    return Restored(manifest, written, bool(_names(ours) - set(manifest.migrations)))


def check_backup(folder: Path) -> Manifest:
    """Read a whole backup and say whether it could be restored here; touches nothing."""
    manifest = read_manifest(folder)
    _refuse_foreign(manifest)
    verify(folder, manifest)
    return manifest


def _refuse_foreign(manifest: Manifest) -> None:
    if manifest.vendor != connection.vendor:
        names = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
        raise BackupRefusedError(
            f"This backup is of a {names[manifest.vendor]} database, and DATABASE_URL leads to "
            f"{names[connection.vendor]}."
        )
    known = _names(set(MigrationLoader(None).disk_migrations))
    unknown = sorted(set(manifest.migrations) - known)
    if unknown:
        raise BackupRefusedError(
            f"This backup is of Aliquot {manifest.release}, whose database has changes that this "
            f"release does not know ({unknown[0]}). Install that release or a newer one."
        )


def _refuse_living(overwrite: int) -> None:
    tables = set(connection.introspection.table_names())
    people = get_user_model()._default_manager
    if not tables or overwrite >= TOLD_TWICE:
        return
    if people.model._meta.db_table not in tables:
        found = "This database has tables of something else"
    elif count := people.count():
        found = f"This site has {count:,} people in it"
    else:
        return  # made ready by aliquot setup, and nobody came yet
    raise BackupRefusedError(
        f"{found}. To replace everything by the backup, say it twice: --overwrite --overwrite."
    )


def _put_files(folder: Path, manifest: Manifest) -> int:
    """Write the files that the storage does not have; nothing refers to them before the end."""
    progress = Progress(manifest.file_count, "files restored")
    written = 0
    for digest, _ in listed_files(folder):
        try:
            storage.read_bytes(digest)
        except storage.DamagedFileError:
            storage.put_back(digest, (folder / "files" / storage.name_of(digest)).read_bytes())
            written += 1
        progress.add(1)
    progress.end()
    return written


def _put_pages(folder: Path, manifest: Manifest) -> None:
    target = Path(settings.DATA) / PAGES
    if manifest.pages:
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(folder / PAGES, target)


def _compare(manifest: Manifest) -> None:
    """Every table has the rows that it had."""
    with connection.cursor() as cursor:
        for table, rows in manifest.tables.items():
            name = connection.ops.quote_name(table)
            cursor.execute(f"SELECT count(*) FROM {name}")  # noqa: S608 (a table's own name)
            found = (cursor.fetchone() or (0,))[0]
            if found != rows:
                raise BackupRefusedError(
                    f"The table {table} has {found:,} rows after the restoring, the backup had "
                    f"{rows:,}. Is the site still running? Stop it and restore again."
                )


def _names(migrations: set[tuple[str, str]]) -> set[str]:
    return {f"{app}.{name}" for app, name in migrations}
