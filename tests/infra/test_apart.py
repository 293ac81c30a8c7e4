"""A hostile file ends the process that opens it, and nothing else. Real files, real limits."""

import subprocess
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from aliquot.accounts.models import User
from aliquot.infra import apart
from aliquot.infra.models import AuditEntry, StoredFile
from aliquot.ledger.models import Proof
from aliquot.lib import pictures
from aliquot.lib.papers import OpenedPaper
from tests.factories.activities import logged
from tests.factories.papers import HEIC, PDF, jpeg, png
from tests.web.ledger.reading import words_of

pytestmark = pytest.mark.one_database
ROOT = Path(__file__).resolve().parents[2]


def endless_jpeg() -> bytes:
    """A progressive JPEG whose last pass over all rows is said 400 times: 165 KB, 13 seconds."""
    out = BytesIO()
    Image.new("L", (6000, 6000), 128).save(out, "JPEG", progressive=True)
    whole = out.getvalue()
    scan = whole[whole.rindex(b"\xff\xda") : -2]
    return whole[:-2] + scan * 400 + whole[-2:]


def swelling_png() -> bytes:
    """A PNG of 100 KB that unpacks to 100 MB."""
    out = BytesIO()
    Image.new("RGB", (5800, 5800)).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "media_type"),
    [(PDF, "application/pdf"), (jpeg(), "image/jpeg"), (HEIC, "image/heic"), (png()[:40], None)],
)
def test_a_file_is_what_it_is_when_opened_in_this_process(
    content: bytes, media_type: str | None
) -> None:
    expected = OpenedPaper(content, media_type) if media_type else None
    assert apart.opened_paper(content) == expected


def test_new_pictures_are_the_same_as_when_drawn_in_this_process() -> None:
    assert apart.heic_as_jpeg(HEIC) == pictures.heic_as_jpeg(HEIC)
    redrawn = apart.redrawn_png(png(), longest_side=100)
    assert redrawn == pictures.redrawn_png(png(), longest_side=100)
    assert redrawn is not None
    assert apart.redrawn_png(png(200, 1), longest_side=100) is None


def test_what_fills_the_memory_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(apart.LIMITS, "memory", 120 * apart.MEGABYTE)
    with pytest.raises(apart.StoppedError):
        apart.opened_paper(swelling_png())
    assert apart.opened_paper(png()) == OpenedPaper(png(), "image/png")


def test_what_takes_too_long_is_stopped_and_a_full_house_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(apart, "WALL_SECONDS", 0.01)
    with pytest.raises(apart.StoppedError):
        apart.opened_paper(jpeg())
    monkeypatch.setattr(apart, "PATIENCE", 0.01)
    with apart._a_turn(), pytest.raises(apart.BusyError):
        apart.opened_paper(jpeg())


def test_the_process_gets_no_secret_of_the_site(monkeypatch: pytest.MonkeyPatch) -> None:
    told: dict[str, Any] = {}
    run = subprocess.run

    def spy(words: list[str], **named: Any) -> Any:
        told.update(named, words=words)
        return run(words, **named)

    monkeypatch.setattr(subprocess, "run", spy)
    apart.read_picture(png(), kinds=("PNG",), longest_side=100)
    assert (told["env"], told["cwd"], told["stderr"]) == ({}, "/", subprocess.DEVNULL)
    assert "django" not in str(told["words"])


@pytest.mark.django_db
def test_a_hostile_proof_is_refused_in_words_and_leaves_nothing(
    rosa: User,
    client: Client,
    now: Any,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setitem(apart.LIMITS, "cpu_seconds", 1)  # what a test can wait for
    activity = logged(rosa, now)
    before = AuditEntry.objects.count()
    file = SimpleUploadedFile("photo.jpg", endless_jpeg(), content_type="image/jpeg")
    client.force_login(rosa)
    answer = client.post(
        f"/activities/{activity.pk}/proofs/add/", {"file": file, "idempotency_key": "k"}
    )
    assert answer.status_code == 422
    assert "takes more memory or time than a picture may" in words_of(answer)
    assert "ended it: -9" in caplog.text
    assert (Proof.objects.count(), StoredFile.objects.count()) == (0, 0)
    assert AuditEntry.objects.count() == before
    assert client.get(f"/activities/{activity.pk}/").status_code == 200


def test_pictures_are_opened_in_the_server_only_apart() -> None:
    """Who else imports them: the program itself, and the importing of courses by the operator."""
    importing = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "aliquot").rglob("*.py")
        if "lib.pictures import" in (text := path.read_text())
        or "lib import pictures" in text
        or "from PIL" in text
        or "pi_heif" in text
    }
    assert importing == {
        "aliquot/infra/apart.py",
        "aliquot/interop/coursepack/sources.py",
        "aliquot/lib/decoder.py",
        "aliquot/lib/papers.py",
        "aliquot/lib/pictures.py",
    }
