"""What a backup says of itself, and whether that is true."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from aliquot.infra.storage import name_of
from aliquot.lib.errors import AliquotError
from aliquot.lib.progress import Progress

FORMAT, FORMAT_VERSION = "aliquot-backup", 1
MANIFEST, FILES = "manifest.json", "files.txt"
SESSIONS = "django_session"  # the table stays, its rows do not: nobody comes in by a copy
_CHUNK = 1024 * 1024


class BackupRefusedError(AliquotError):
    """A backup cannot be taken, or one that was brought cannot be restored here."""

    code = "backup_refused"


@dataclass(frozen=True, slots=True)
class Part:
    """A file of the backup: its name in the folder, bytes and SHA-256."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything needed to judge a backup before anything is touched."""

    release: str  # of Aliquot, that took it
    site: str
    taken_at: str  # the moment of the snapshot, ISO 8601
    vendor: str  # sqlite or postgresql
    database: Part
    migrations: list[str]  # learning.0001_initial …
    tables: dict[str, int]  # rows of each
    audit_head: str
    file_list: Part
    file_count: int
    file_bytes: int
    damaged_files: list[str]  # hashes of files that the storage had lost already
    pages: list[Part]
    format: str = FORMAT
    version: int = FORMAT_VERSION
    checksum: str = ""

    def sealed(self) -> "Manifest":
        """With the checksum over all else."""
        return replace(self, checksum=_checksum(asdict(self)))

    def write(self, folder: Path) -> None:
        """Into the folder, readable by its owner."""
        text = json.dumps(asdict(self.sealed()), indent=1, ensure_ascii=False)
        (folder / MANIFEST).write_text(text + "\n")


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a backup. Raises BackupRefusedError when it is none, or a damaged one."""
    path = folder / MANIFEST
    if not path.is_file():
        raise BackupRefusedError(_no_backup(folder))
    try:
        data: dict[str, Any] = json.loads(path.read_text())
        if data["format"] != FORMAT:
            raise BackupRefusedError(f"{path} is not the manifest of an Aliquot backup.")
        if data["version"] > FORMAT_VERSION:
            raise BackupRefusedError(
                f"This backup was taken by Aliquot {data['release']}, in a format that this "
                "release does not know. Install that release or a newer one."
            )
        parts = {name: Part(**data[name]) for name in ("database", "file_list")}
        pages = [Part(**each) for each in data["pages"]]
        manifest = Manifest(**{**data, **parts, "pages": pages})
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BackupRefusedError(f"{path} is damaged: it cannot be read as a manifest.") from error
    if _checksum(data) != manifest.checksum:
        raise BackupRefusedError(f"{path} is damaged: it does not give its own checksum.")
    return manifest


def verify(folder: Path, manifest: Manifest) -> None:
    """Read every byte of the backup. Raises BackupRefusedError at the first that is wrong."""
    for part in (manifest.database, manifest.file_list, *manifest.pages):
        _verify_part(folder, part)
    progress = Progress(manifest.file_count, "files checked")
    count = total = 0
    for digest, size in listed_files(folder):
        _verify_part(folder, Part(f"files/{name_of(digest)}", size, digest))
        count, total = count + 1, total + size
        progress.add(1)
    progress.end()
    if (count, total) != (manifest.file_count, manifest.file_bytes):
        raise BackupRefusedError(f"{folder / FILES} lists other files than the manifest counts.")


def listed_files(folder: Path) -> Iterator[tuple[str, int]]:
    """Hash and size of each stored file in the backup, a line at a time."""
    with (folder / FILES).open() as lines:
        for line in lines:
            digest, _, size = line.strip().partition(" ")
            yield digest, int(size)


def measured(folder: Path, name: str) -> Part:
    """A file of the backup as it is now."""
    path = folder / name
    return Part(name, path.stat().st_size, digest_of(path))


def digest_of(path: Path) -> str:
    """The SHA-256 of a file, read a piece at a time."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _verify_part(folder: Path, part: Part) -> None:
    path = folder / part.name
    if not path.is_file():
        raise BackupRefusedError(f"This backup is damaged: {path} is missing.")
    if path.stat().st_size != part.size or digest_of(path) != part.sha256:
        raise BackupRefusedError(f"This backup is damaged: {path} has other bytes than were saved.")


def _checksum(data: dict[str, Any]) -> str:
    rest = {key: value for key, value in data.items() if key != "checksum"}
    text = json.dumps(rest, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _no_backup(folder: Path) -> str:
    if not folder.is_dir():
        return f"There is no folder {folder}."
    within = sorted(path.parent.name for path in folder.glob(f"*/{MANIFEST}"))
    if within:
        return f"{folder} holds the backups {', '.join(within)}: name one of them."
    return f"{folder} holds no Aliquot backup: there is no {MANIFEST} in it."
