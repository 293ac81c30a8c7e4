"""Files are kept once, under their hash, and never handed on damaged."""

import hashlib
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage

from aliquot.infra import storage
from aliquot.infra.models import StoredFile

pytestmark = pytest.mark.django_db

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00"


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Path) -> Path:
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        },
    }
    return tmp_path


def files_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_file_lies_under_its_hash_and_reads_back(now: datetime, own_folder: Path) -> None:
    row = storage.store(b"smear", media_type="text/plain", now=now)
    digest = hashlib.sha256(b"smear").hexdigest()
    assert (row.sha256, row.size, row.media_type, row.stored_at) == (digest, 5, "text/plain", now)
    assert files_in(own_folder) == [f"{digest[:2]}/{digest[2:4]}/{digest}"]
    assert storage.read(row) == b"smear"


def test_the_same_bytes_are_kept_once(now: datetime, own_folder: Path) -> None:
    first = storage.store(b"smear", media_type="text/plain", now=now)
    second = storage.store(b"smear", media_type="text/html", now=now)
    assert (second.pk, second.media_type) == (first.pk, "text/plain")
    assert (StoredFile.objects.count(), len(files_in(own_folder))) == (1, 1)


def test_changed_bytes_are_not_handed_on(now: datetime) -> None:
    row = storage.store(b"smear", media_type="text/plain", now=now)
    Path(default_storage.path(storage.name_of(row.sha256))).write_bytes(b"other")
    with pytest.raises(storage.DamagedFileError, match="has other bytes than were stored"):
        storage.read(row)


def test_a_missing_file_is_said_plainly_and_storing_again_heals_it(now: datetime) -> None:
    row = storage.store(b"smear", media_type="text/plain", now=now)
    Path(default_storage.path(storage.name_of(row.sha256))).unlink()
    with pytest.raises(storage.DamagedFileError, match="cannot be read"):
        storage.read(row)
    assert storage.store(b"smear", media_type="text/plain", now=now) == row
    assert storage.read(row) == b"smear"


def test_a_failing_disk_leaves_no_half_file_and_no_row(
    now: datetime, own_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(storage.os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        storage.store(b"smear", media_type="text/plain", now=now)
    assert files_in(own_folder) == []
    assert StoredFile.objects.count() == 0


def test_a_store_that_is_no_disk_works_too(now: datetime, settings: Any) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    }
    row = storage.store(b"smear", media_type="text/plain", now=now)
    assert storage.read(storage.store(b"smear", media_type="text/plain", now=now)) == b"smear"
    assert default_storage.listdir("")[1] == []
    assert row.size == 5


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (PNG, "image/png"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "application/pdf"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01", "image/jpeg"),
        (b"RIFF\x24\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "image/svg+xml"),
        (b'\xef\xbb\xbf<?xml version="1.0"?>\n<svg/>', "image/svg+xml"),
        (b"", storage.UNKNOWN),
        (b"just words", storage.UNKNOWN),
    ],
)
def test_the_type_is_judged_by_content(content: bytes, media_type: str) -> None:
    assert storage.media_type_of(content) == media_type
