"""Proofs over the web: judged by content, given back as a download, nobody else's to see."""

from datetime import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from aliquot.accounts.models import User
from aliquot.infra.models import StoredFile
from aliquot.ledger.models import Proof
from aliquot.ledger.services import withdraw_proof
from aliquot.lib.pictures import Picture, read_picture
from tests.factories.activities import logged, proven
from tests.factories.papers import HEIC, HTML, PDF, SVG, XHTML, jpeg, png
from tests.web.ledger.reading import words_of

pytestmark = pytest.mark.django_db


def send(client: Client, url: str, content: bytes, name: str, media_type: str = "") -> Any:
    file = SimpleUploadedFile(name, content, content_type=media_type or "application/pdf")
    return client.post(url, {"file": file, "shows": ["date", "title"]})


@pytest.mark.parametrize(
    ("content", "extension", "media_type"),
    [
        (PDF, "pdf", "application/pdf"),
        (jpeg(), "jpg", "image/jpeg"),
        (png(), "png", "image/png"),
        (HEIC, "heic", "image/heic"),
    ],
)
def test_a_proof_comes_back_as_a_download_under_our_name(
    rosas: Client, rosa: User, now: datetime, content: bytes, extension: str, media_type: str
) -> None:
    activity = logged(rosa, now)
    response = send(rosas, f"/activities/{activity.pk}/proofs/add/", content, "mine.bin")
    assert response["Location"] == f"/activities/{activity.pk}/"
    proof = Proof.objects.get()
    assert (proof.name, proof.shows) == ("mine.bin", ["date", "title"])
    got = rosas.get(f"/activities/{activity.pk}/proofs/{proof.pk}/")
    assert got.content == content
    assert got["Content-Type"] == media_type
    name = f"proof-{activity.pk}-{proof.pk}.{extension}"
    assert got["Content-Disposition"] == f'attachment; filename="{name}"'
    assert got["X-Content-Type-Options"] == "nosniff"
    assert got["Content-Security-Policy"] == "sandbox"
    assert got["Cache-Control"] == "private, no-store"


def test_a_heic_is_also_to_be_had_as_a_jpeg_and_nothing_else_is(
    rosas: Client, rosa: User, now: datetime
) -> None:
    activity = logged(rosa, now)
    address = f"/activities/{activity.pk}/proofs"
    for content in (HEIC, PDF):
        send(rosas, f"{address}/add/", content, "mine.bin")
    photo, paper = Proof.objects.order_by("pk")
    got = rosas.get(f"{address}/{photo.pk}/?as=jpeg")
    found = read_picture(got.content, kinds=("JPEG",), longest_side=100)
    assert found == Picture("image/jpeg", 16, 12)
    assert got["Content-Type"] == "image/jpeg"
    assert f"proof-{activity.pk}-{photo.pk}.jpg" in got["Content-Disposition"]
    assert rosas.get(f"{address}/{paper.pk}/?as=jpeg").content == PDF
    assert rosas.get(f"/activities/{activity.pk}/").text.count("?as=jpeg") == 1


@pytest.mark.parametrize("content", [HTML, XHTML, SVG, b"data:text/html,<script>", b"GIF89a"])
@pytest.mark.parametrize("name", ["proof.xhtml", "proof.pdf", "../../proof.html"])
def test_inline_html_in_any_disguise_is_refused(
    rosas: Client, rosa: User, now: datetime, content: bytes, name: str
) -> None:
    activity = logged(rosa, now)
    response = send(rosas, f"/activities/{activity.pk}/proofs/add/", content, name)
    assert response.status_code == 422
    assert "not a PDF, JPEG, PNG or HEIC" in words_of(response)
    assert (Proof.objects.count(), StoredFile.objects.count()) == (0, 0)


def test_no_file_and_an_empty_one_are_refused(rosas: Client, rosa: User, now: datetime) -> None:
    url = f"/activities/{logged(rosa, now).pk}/proofs/add/"
    assert rosas.post(url, {}).status_code == 422
    assert send(rosas, url, b"", "x.pdf").status_code == 422
    assert Proof.objects.count() == 0


def test_too_large_a_file_and_a_full_quota_are_refused(
    rosas: Client, rosa: User, now: datetime, settings: Any
) -> None:
    url = f"/activities/{logged(rosa, now).pk}/proofs/add/"
    settings.MAX_PROOF_BYTES = len(PDF) - 1
    assert "too large" in words_of(send(rosas, url, PDF, "x.pdf"))
    settings.MAX_PROOF_BYTES = 10_000
    settings.PROOF_QUOTA_BYTES = len(PDF) - 1
    assert "Send a smaller file." in words_of(send(rosas, url, PDF, "x.pdf"))
    assert Proof.objects.count() == 0


@pytest.mark.parametrize("what", ["", "change/", "withdraw/"])
def test_the_proofs_of_others_cannot_be_guessed(
    rosas: Client, stellas: Client, rosa: User, stella: User, now: datetime, what: str
) -> None:
    activity = proven(logged(rosa, now), now)
    hers = logged(stella, now)
    proof = activity.proofs.get()
    for owner in (activity, hers):
        url = f"/activities/{owner.pk}/proofs/{proof.pk}/{what}"
        assert stellas.get(url).status_code == 404
        if what:
            assert stellas.post(url, {"shows": ["hours"]}).status_code == 404
    proof.refresh_from_db()
    assert (proof.shows, proof.withdrawn_at) == (["date", "title"], None)
    assert rosas.get(f"/activities/{activity.pk}/proofs/{proof.pk}/").status_code == 200


def test_what_it_shows_is_said_anew(rosas: Client, rosa: User, now: datetime) -> None:
    activity = proven(logged(rosa, now), now)
    proof = activity.proofs.get()
    url = f"/activities/{activity.pk}/proofs/{proof.pk}/change/"
    assert rosas.post(url, {"shows": ["price"]}).status_code == 422
    rosas.post(url, {"shows": ["hours", "license_number"]})
    words = words_of(rosas.get(f"/activities/{activity.pk}/"))
    assert "It shows the contact hours and your license number." in words


def test_a_withdrawn_proof_is_gone(rosas: Client, rosa: User, now: datetime) -> None:
    activity = proven(logged(rosa, now), now)
    proof = activity.proofs.get()
    url = f"/activities/{activity.pk}/proofs/{proof.pk}/"
    assert rosas.get(f"{url}withdraw/").status_code == 200
    assert rosas.get(url).status_code == 200
    rosas.post(f"{url}withdraw/")
    assert rosas.get(url).status_code == 404
    assert "No proof yet." in words_of(rosas.get(f"/activities/{activity.pk}/"))
    withdraw_proof(proof=proof, now=now, actor_id=rosa.pk)
