"""A backup is only real once restored: the drill, and everything that must be refused."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client

from aliquot.accounts.models import User
from aliquot.certificates.models import Certificate
from aliquot.certificates.queries import certificate_pdf
from aliquot.cli import backup as commands
from aliquot.flows.check_invariants import examined
from aliquot.infra import append_only, clock, seals, storage
from aliquot.infra.backup import restoring, taking
from aliquot.infra.backup.manifest import BackupRefusedError, _checksum, read_manifest
from aliquot.infra.backup.taking import take_backup, whole_backups
from aliquot.infra.models import StoredFile, UpkeepRun
from aliquot.infra.upkeep_runs import last_backup
from aliquot.learning.models import Completion
from tests.factories.catalog import provider, published_course
from tests.factories.certificates import finished

ROOT = Path(__file__).resolve().parents[2]
SECOND = timedelta(seconds=1)


@pytest.fixture
def own_folders(settings: Any, tmp_path: Path) -> Path:
    """Files and data folder of this test alone; returns where backups go."""
    settings.DATA = tmp_path / "data"
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "data" / "files"},
        },
    }
    pages = tmp_path / "data" / "pages"
    pages.mkdir(parents=True)
    (pages / "about.md").write_text("# Who we are\n")
    return tmp_path / "backups"


def everything() -> dict[str, list[Any]]:
    """All rows of all tables but the notes on upkeep itself."""
    found = {}
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            if model is not UpkeepRun:
                table, key = model._meta.db_table, model._meta.pk.column  # type: ignore[union-attr]
                quoted = connection.ops.quote_name
                cursor.execute(f"SELECT * FROM {quoted(table)} ORDER BY {quoted(key)}")
                found[table] = cursor.fetchall()
    return found


def papers() -> list[bytes]:
    return [certificate_pdf(each, paper="letter") for each in Certificate.objects.order_by("pk")]


@pytest.mark.django_db(transaction=True)
def test_the_drill_a_lost_site_comes_back_to_the_last_byte(
    rosa: User, own_folders: Path, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    now = clock.now()
    provider()
    finished(rosa, published_course(pages=2), now)
    storage.store(b"a proof", media_type="text/plain", now=now)
    seals.seal_entries(now=now)
    browser = Client()
    browser.force_login(rosa)
    rows, printed, head = everything(), papers(), seals.head()
    assert browser.session.session_key in str(rows.pop("django_session"))
    place = str(own_folders)

    assert commands.backup([place]) == 0
    (folder,) = whole_backups(own_folders)
    copied = b"".join(each.read_bytes() for each in folder.iterdir() if each.is_file())
    assert str(browser.session.session_key).encode() not in copied
    noted = last_backup()
    assert noted is not None
    assert noted.report["name"] == str(folder)
    assert f"{folder}: " in capsys.readouterr().out

    with append_only.lifted():
        Certificate.objects.all().delete()
    storage.put_back(StoredFile.objects.get(size=7).sha256, b"damage!")
    (settings.DATA / "pages" / "about.md").unlink()
    storage.store(b"stored after the backup", media_type="text/plain", now=now)

    for told, words in ((0, "has 1 people in it"), (1, "say it twice: --overwrite --overwrite")):
        with pytest.raises(BackupRefusedError, match=words):
            restoring.restore_backup(folder, overwrite=told)
    assert Certificate.objects.count() == 0
    assert commands.restore([str(folder), "--overwrite", "--overwrite"]) == 0
    assert "(1 written, the others were here)" in capsys.readouterr().out

    assert everything() == {**rows, "django_session": []}
    assert papers() == printed
    assert (list(seals.problems(trusted_head=head)), seals.head()) == ([], head)
    assert append_only.missing_triggers() == []
    assert {each.name: list(each.broken) for each in examined(now=clock.now())} == {
        f"I{number}": [] for number in range(1, 13)
    }
    assert (settings.DATA / "pages" / "about.md").read_text() == "# Who we are\n"
    Completion.objects.get()  # and ids go on where they were
    assert StoredFile.objects.create(
        sha256="0" * 64, media_type="x", size=1, stored_at=now
    ).pk > max(row[0] for row in rows["infra_storedfile"])


@pytest.fixture
def whole(own_folders: Path, transactional_db: None) -> Iterator[Path]:
    """A backup of a site with three files and nobody in it."""
    now = clock.now()
    for word in (b"one", b"two", b"three"):
        storage.store(word, media_type="text/plain", now=now)
    return take_backup(own_folders, keep=None, now=now).folder


def refusal(folder: Path) -> str:
    with pytest.raises(BackupRefusedError) as refused:
        restoring.check_backup(folder)
    return refused.value.message


def test_one_that_was_interrupted_goes_on_the_next_links_what_is_there_and_old_ones_go(
    own_folders: Path, transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = clock.now()
    for word in (b"one", b"two", b"three"):
        storage.store(word, media_type="text/plain", now=now)
    read, seen = storage.read_bytes, []

    def cut_off(digest: str) -> bytes:
        seen.append(digest)
        if len(seen) == 3:
            raise KeyboardInterrupt
        return read(digest)

    monkeypatch.setattr(storage, "read_bytes", cut_off)
    with pytest.raises(KeyboardInterrupt):
        take_backup(own_folders, keep=None, now=now)
    assert (whole_backups(own_folders), last_backup()) == ([], None)
    first = take_backup(own_folders, keep=1, now=now)
    assert (first.copied, first.manifest.file_count, first.removed) == (1, 3, [])
    storage.store(b"four", media_type="text/plain", now=now)
    second = take_backup(own_folders, keep=1, now=now + SECOND)
    assert (second.copied, second.removed) == (1, [first.folder.name])
    assert whole_backups(own_folders) == [second.folder]
    assert restoring.check_backup(second.folder).file_count == 4
    assert sorted(path.name for path in own_folders.iterdir()) == [".lock", second.folder.name]
    assert (second.folder.stat().st_mode & 0o077, own_folders.stat().st_mode & 0o077) == (0, 0)


def test_a_file_damaged_in_the_last_backup_is_copied_anew_and_one_lost_on_the_site_is_named(
    whole: Path, own_folders: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, two, _ = StoredFile.objects.order_by("pk")
    (whole / "files" / storage.name_of(one.sha256)).write_bytes(b"eno")
    Path(default_storage.path(storage.name_of(two.sha256))).unlink()
    (whole / "files" / storage.name_of(two.sha256)).unlink()
    later = take_backup(own_folders, keep=None, now=clock.now() + SECOND)
    assert (later.copied, later.manifest.damaged_files) == (1, [two.sha256])
    assert restoring.check_backup(later.folder).file_count == 2
    assert commands.backup([str(own_folders / "elsewhere")]) == 1
    assert f"Not in the backup: the stored file {two.sha256} is" in capsys.readouterr().out


def test_two_at_once_into_one_folder_are_refused(own_folders: Path, db: None) -> None:
    own_folders.mkdir()
    with (
        taking._alone(own_folders),
        pytest.raises(BackupRefusedError, match=r"Another backup into .* is at work"),
    ):
        take_backup(own_folders, keep=None, now=clock.now())


def test_damage_and_foreign_things_are_refused_in_one_sentence_each(
    whole: Path, own_folders: Path, tmp_path: Path
) -> None:
    assert refusal(tmp_path) == (
        f"{tmp_path} holds no Aliquot backup: there is no manifest.json in it."
    )
    assert refusal(own_folders) == (
        f"{own_folders} holds the backups {whole.name}: name one of them."
    )
    assert refusal(tmp_path / "x") == f"There is no folder {tmp_path / 'x'}."
    manifest = read_manifest(whole)
    stored = whole / "files" / storage.name_of(StoredFile.objects.order_by("pk")[0].sha256)
    for path in (whole / manifest.database.name, whole / "files.txt", stored):
        sound = path.read_bytes()
        path.write_bytes(sound[:-1] + bytes([sound[-1] ^ 1]))
        assert refusal(whole) == (
            f"This backup is damaged: {path} has other bytes than were saved."
        )
        path.unlink()
        assert refusal(whole) == f"This backup is damaged: {path} is missing."
        path.write_bytes(sound)
    assert restoring.check_backup(whole) == manifest

    written = json.loads((whole / "manifest.json").read_text())
    newer = [*manifest.migrations, "learning.0099_later"]
    other = "postgresql" if connection.vendor == "sqlite" else "sqlite"
    for change, words in (
        ({"site": "https://elsewhere.example"}, "does not give its own checksum"),
        ({"format": "tar"}, "is not the manifest of an Aliquot backup"),
        ({"version": 2}, "in a format that this release does not know"),
        ({"database": 7}, "cannot be read as a manifest"),
        ({"migrations": newer, "sealed": True}, r"does not know \(learning.0099_later\)"),
        ({"vendor": other, "sealed": True}, "and DATABASE_URL leads to"),
    ):
        changed = {**written, **{key: change[key] for key in change if key != "sealed"}}
        if "sealed" in change:
            changed["checksum"] = _checksum(changed)
        (whole / "manifest.json").write_text(json.dumps(changed))
        assert re.search(words, refusal(whole)), words


def test_a_file_stored_while_the_backup_is_taken_does_not_break_it(
    own_folders: Path, transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = clock.now()
    storage.store(b"before", media_type="text/plain", now=now)
    wish = taking._wish

    def busy(building: Path, moment: Any) -> int:
        storage.store(b"meanwhile", media_type="text/plain", now=now)
        return wish(building, moment)

    monkeypatch.setattr(taking, "_wish", busy)
    taken = take_backup(own_folders, keep=None, now=now)
    assert taken.manifest.file_count == taken.manifest.tables["infra_storedfile"] == 1
    restoring.check_backup(taken.folder)


def test_nothing_deletes_a_stored_file_or_its_bytes() -> None:
    """What makes copying the files after the database right."""
    deleting = re.compile(r"(StoredFile|default_storage)\b.*\.delete\(")
    found = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "aliquot").rglob("*.py")
        if deleting.search(path.read_text())
    }
    assert found == {"aliquot/infra/storage.py"}  # a second copy of the same bytes; put_back


def test_bytes_are_put_back_on_a_storage_that_is_no_disk(
    settings: Any, transactional_db: None
) -> None:
    memory = {"BACKEND": "django.core.files.storage.InMemoryStorage"}
    settings.STORAGES = {**settings.STORAGES, "default": memory}
    row = storage.store(b"one", media_type="text/plain", now=clock.now())
    name = storage.name_of(row.sha256)
    default_storage.delete(name)
    default_storage.save(name, ContentFile(b"eno"))
    with pytest.raises(storage.DamagedFileError):
        storage.read(row)
    storage.put_back(row.sha256, b"one")
    assert storage.read(row) == b"one"
