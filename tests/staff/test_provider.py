"""The provider's settings, its pictures, and accreditors."""

from datetime import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from aliquot.accounts.models import User
from aliquot.catalog.models import Accreditor, Provider
from aliquot.infra.models import AuditEntry, StoredFile
from aliquot.lib.pictures import read_picture
from tests.factories.catalog import provider
from tests.factories.staff import png

pytestmark = pytest.mark.django_db

ANSWERS = {
    "name": "Riverside Laboratory School",
    "address": "1 River Street\nAlbany, NY 12207",
    "contact_email": "office@riverside.example",
    "administrator_name": "Amara Okafor",
    "administrator_title": "Program Administrator",
    "credit_interval_months": "12",
    "accent_color": "#0B5563",
}
ACCREDITOR = {"short_name": "school", "name": "School Board", "approval_kind": "university"}


def save(office: Client, **changes: Any) -> Any:
    return office.post(reverse("staff:provider"), ANSWERS | changes)


def upload(content: bytes, name: str = "logo.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="image/png")


def test_a_provider_is_set_up_and_changed(office: Client, amara: User) -> None:
    assert save(office).status_code == 302
    assert save(office, name="Riverside School").status_code == 302
    saved = Provider.objects.get()
    assert (saved.name, saved.accent_color) == ("Riverside School", "#0b5563")
    assert saved.credit_interval_months == 12
    entries = AuditEntry.objects.filter(action="provider.saved")
    assert [entry.actor_id for entry in entries] == [amara.pk, amara.pk]


def test_the_page_shows_the_color_as_it_is_used_with_its_contrast(office: Client) -> None:
    save(office, accent_color="#ffd500")
    colors = office.get(reverse("staff:provider")).context["colors"]
    assert [color["shifted"] for color in colors] == ["shifted", ""]
    assert all(float(color["ratio"]) >= 4.5 for color in colors)


@pytest.mark.parametrize("color", ["4b2e83", "#4b2e8", "red", "#4b2e8g", "url(x)"])
def test_a_color_that_is_none_is_refused(office: Client, color: str) -> None:
    response = save(office, accent_color=color)
    assert (response.status_code, Provider.objects.count()) == (422, 0)


def test_a_logo_is_stored_shown_and_removed(office: Client) -> None:
    content = png()
    save(office, logo=upload(content, name="../../evil.html"))
    saved = Provider.objects.get()
    assert saved.logo is not None
    assert saved.logo.media_type == "image/png"
    shown = office.get(reverse("staff:provider_picture", args=["logo"]))
    assert shown["Content-Type"] == "image/png"
    assert read_picture(shown.content, kinds=("PNG",), longest_side=100) == read_picture(
        content, kinds=("PNG",), longest_side=100
    )
    assert shown["X-Content-Type-Options"] == "nosniff"
    save(office)
    assert Provider.objects.get().logo == saved.logo
    save(office, remove_logo="on")
    assert Provider.objects.get().logo is None
    assert office.get(reverse("staff:provider_picture", args=["logo"])).status_code == 404


def damaged() -> bytes:
    """A PNG with one wrong bit in its pixels."""
    content = bytearray(png(width=40, height=40))
    content[45] ^= 1
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", "not a PNG"),
        (b"<html><script>1</script></html>", "not a PNG"),
        (b"GIF89a" + bytes(40), "not a PNG"),
        (png()[:-20], "damaged"),
        (damaged(), "damaged"),
        (png(width=4001, height=1), "damaged"),
        (png() + bytes(1024 * 1024), "too large"),
        (b"", "empty"),
    ],
)
def test_a_file_that_is_no_whole_png_is_refused_whatever_its_name(
    office: Client, content: bytes, words: str
) -> None:
    stored = StoredFile.objects.count()
    for field in ("logo", "signature"):
        response = save(office, **{field: upload(content)})
        assert (response.status_code, words in response.text) == (422, True)
    assert (Provider.objects.count(), StoredFile.objects.count()) == (0, stored)


def test_what_hides_behind_the_pixels_is_not_kept(office: Client) -> None:
    save(office, logo=upload(png() + b"<script>alert(1)</script>"))
    shown = office.get(reverse("staff:provider_picture", args=["logo"]))
    assert shown.content.startswith(b"\x89PNG")
    assert b"script" not in shown.content


def test_fields_of_the_provider_that_the_form_does_not_have_are_not_taken(
    office: Client, now: datetime
) -> None:
    kept = provider()
    stored = StoredFile.objects.create(
        sha256="a" * 64, media_type="text/html", size=1, stored_at=now
    )
    save(office, id="77", pk="77", logo=str(stored.pk), logo_id=str(stored.pk))
    saved = Provider.objects.get()
    assert (saved.pk, saved.logo) == (kept.pk, None)


def test_an_accreditor_is_entered_and_changed_but_keeps_its_short_name(office: Client) -> None:
    office.post(reverse("staff:accreditor_add"), ACCREDITOR)
    office.post(
        reverse("staff:accreditor", args=["school"]),
        ACCREDITOR | {"short_name": "other", "name": "State School Board", "statement": "{number}"},
    )
    saved = Accreditor.objects.get()
    assert (saved.code, saved.name, saved.statement) == ("school", "State School Board", "{number}")
    assert "State School Board" in office.get(reverse("staff:accreditors")).text


def test_entering_an_accreditor_never_changes_another(office: Client) -> None:
    office.post(reverse("staff:accreditor_add"), ACCREDITOR)
    response = office.post(reverse("staff:accreditor_add"), ACCREDITOR | {"name": "Another"})
    assert (response.status_code, Accreditor.objects.get().name) == (422, "School Board")


def test_a_kind_outside_the_closed_list_is_refused(office: Client) -> None:
    response = office.post(
        reverse("staff:accreditor_add"), ACCREDITOR | {"approval_kind": "invented"}
    )
    assert (response.status_code, Accreditor.objects.count()) == (422, 0)


def test_outside_the_demo_nobody_enters_a_fictional_accreditor(
    office: Client, settings: Any
) -> None:
    settings.IS_DEMO = False
    office.post(reverse("staff:accreditor_add"), ACCREDITOR | {"is_demonstration": "on"})
    assert Accreditor.objects.get().is_demonstration is False


def test_a_change_in_production_keeps_what_the_form_does_not_show(
    office: Client, settings: Any
) -> None:
    office.post(reverse("staff:accreditor_add"), ACCREDITOR | {"is_demonstration": "on"})
    settings.IS_DEMO = False
    office.post(reverse("staff:accreditor", args=["school"]), ACCREDITOR)
    assert Accreditor.objects.get().is_demonstration is True
