"""Files kept under their own hash, on the default storage: the same bytes are kept once.

A name is ``ab/cd/<sha256>``: made by the server, never from what anyone typed. On a disk the
bytes are on the platter before the row that refers to them is committed.
"""

import contextlib
import hashlib
import os
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import transaction
from django.db.models import ForeignObjectRel

from aliquot.infra.models import OutboxMail, StoredFile

UNKNOWN = "application/octet-stream"


class DamagedFileError(Exception):
    """A stored file is gone, or no longer has the bytes it was stored with."""


def store(content: bytes, *, media_type: str, now: datetime) -> StoredFile:
    """Keep ``content``; returns its row, an existing one where these bytes are kept already.

    ``media_type`` is what the caller judged it to be (``media_type_of`` judges by content). A
    rollback leaves the bytes without a row, which harms nobody.
    """
    digest = hashlib.sha256(content).hexdigest()
    known = StoredFile.objects.filter(sha256=digest).first()
    if known is not None and default_storage.exists(name_of(digest)):
        return known
    _write(name_of(digest), content)
    return StoredFile.objects.get_or_create(
        sha256=digest,
        defaults={"media_type": media_type, "size": len(content), "stored_at": now},
    )[0]


def read(file: StoredFile) -> bytes:
    """The bytes of a stored file, checked against its hash.

    Raises DamagedFileError when they are missing or changed: nothing damaged is ever handed on.
    """
    return read_bytes(file.sha256)


def read_bytes(digest: str) -> bytes:
    """The stored bytes with this SHA-256. Raises DamagedFileError as ``read`` does."""
    try:
        with default_storage.open(name_of(digest)) as stream:
            content: bytes = stream.read()
    except OSError as error:
        raise DamagedFileError(f"Stored file {digest} cannot be read: {error}") from error
    if hashlib.sha256(content).hexdigest() != digest:
        raise DamagedFileError(f"Stored file {digest} has other bytes than were stored.")
    return content


def put_back(digest: str, content: bytes) -> None:
    """Write bytes of a backup over whatever lies under their hash: nothing, or a damaged file."""
    name = name_of(digest)
    if not isinstance(default_storage, FileSystemStorage) and default_storage.exists(name):
        default_storage.delete(name)
    _write(name, content)


def forget(file: StoredFile) -> bool:
    """Delete a file that nothing refers to any more, its bytes once the transaction holds.

    False, and nothing happens, while a row or a mail refers to it. Backups keep what they hold.
    """
    file = StoredFile.objects.select_for_update().get(pk=file.pk)
    for relation in StoredFile._meta.get_fields(include_hidden=True):
        if isinstance(relation, ForeignObjectRel):
            rows: Any = relation.related_model
            if rows._base_manager.filter(**{relation.field.name: file}).exists():
                return False
    if any(
        part["file_id"] == file.pk
        for mail in OutboxMail.objects.exclude(attachments=[]).only("attachments")
        for part in mail.attachments
    ):
        return False
    digest = file.sha256
    file.delete()
    transaction.on_commit(lambda: _delete(digest))
    return True


def _delete(digest: str) -> None:
    if not StoredFile.objects.filter(sha256=digest).exists():  # nobody stored the same since
        default_storage.delete(name_of(digest))


def name_of(digest: str) -> str:
    """Where a file with this SHA-256 lies on the storage."""
    return f"{digest[:2]}/{digest[2:4]}/{digest}"


def media_type_of(content: bytes) -> str:
    """The media type by content alone, never by name; ``application/octet-stream`` if unknown."""
    import puremagic

    start = content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<svg", b"<?xml")) and b"<svg" in start:
        return "image/svg+xml"
    try:
        found: str = puremagic.from_string(content, mime=True)
    except (puremagic.PureError, ValueError):
        return UNKNOWN
    return found or UNKNOWN


def _write(name: str, content: bytes) -> None:
    if isinstance(default_storage, FileSystemStorage):  # looks through the lazy wrapper
        _write_durably(Path(default_storage.path(name)), content)
        return
    if default_storage.exists(name):
        return
    saved = default_storage.save(name, ContentFile(content))
    if saved != name:  # somebody stored the same bytes in this instant; theirs are as good
        default_storage.delete(saved)


def _write_durably(path: Path, content: bytes) -> None:
    """Write beside, flush to the disk, rename: a crash leaves the whole file or none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(temporary).unlink()
        raise
    for folder in (path.parent, path.parent.parent):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
