"""``aliquot backup`` and ``aliquot restore``: the whole site, as of one moment."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings

from aliquot.infra import clock
from aliquot.infra.backup.restoring import check_backup, restore_backup
from aliquot.infra.backup.taking import take_backup

_MEGABYTE = 1024 * 1024


def backup(argv: Sequence[str]) -> int:
    """Back up the database, the stored files and the provider's own pages, while the site runs.

    Each backup is a folder, named by its moment. One that was interrupted is taken up again.
    """
    parser = argparse.ArgumentParser(prog="aliquot backup", description=backup.__doc__)
    parser.add_argument(
        "place",
        nargs="?",
        type=Path,
        default=Path(settings.DATA) / "backups",
        metavar="PATH",
        help="the folder that holds the backups (%(default)s)",
    )
    parser.add_argument(
        "--keep", type=_positive, metavar="N", help="afterwards, delete all but the newest N"
    )
    options = parser.parse_args(argv)
    taken = take_backup(options.place.resolve(), keep=options.keep, now=clock.now())
    manifest = taken.manifest
    rows = sum(manifest.tables.values())
    print(f"{taken.folder}: {rows:,} rows in {len(manifest.tables)} tables "
          f"({_size(manifest.database.size)}), {manifest.file_count:,} files "
          f"({_size(manifest.file_bytes)}, {taken.copied:,} of them new).")  # fmt: skip
    for name in taken.removed:
        print(f"Deleted the old backup {name}.")
    for digest in manifest.damaged_files:
        print(f"Not in the backup: the stored file {digest} is missing or damaged.")
    return 1 if manifest.damaged_files else 0


def restore(argv: Sequence[str]) -> int:
    """Make this site what it was when a backup was taken. Stop the site first.

    The whole backup is checked before anything is touched; the database changes in one step.
    """
    parser = argparse.ArgumentParser(prog="aliquot restore", description=restore.__doc__)
    parser.add_argument("folder", type=Path, metavar="PATH", help="the folder of one backup")
    parser.add_argument("--check", action="store_true", help="only read it and say if it is sound")
    parser.add_argument(
        "--overwrite",
        action="count",
        default=0,
        help="given twice: replace a site that has people in it",
    )
    options = parser.parse_args(argv)
    folder = options.folder.resolve()
    if options.check:
        manifest = check_backup(folder)
        print(f"{folder} is whole: {manifest.site} as of {manifest.taken_at}.")
        return 0
    done = restore_backup(folder, overwrite=options.overwrite)
    print(f"Restored {done.manifest.site} as of {done.manifest.taken_at}: "
          f"{sum(done.manifest.tables.values()):,} rows, {done.manifest.file_count:,} files "
          f"({done.files_written:,} written, the others were here).")  # fmt: skip
    if done.needs_migration:
        print("The backup is of an older release: run aliquot setup.")
    print("Run aliquot check-invariants, then start the site.")
    return 0


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a whole number above 0")
    return number


def _size(count: int) -> str:
    return f"{count / _MEGABYTE:,.1f} MB"
