"""The drawn certificate: every field, one page whatever the name, tagged, the same for ever."""

import io
import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from aliquot.accounts.models import User
from aliquot.catalog.models import Provider
from aliquot.certificates import queries
from aliquot.certificates.adapters import design_1, documents
from aliquot.infra import pdf, storage
from tests.factories.catalog import provider, published_course
from tests.factories.certificates import LONG_NAMES, content, finished, many_subjects

AT = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
LONG_TITLE = (
    "Interpreting the Peripheral Blood Smear in Patients with Combined Iron, Folate and Vitamin "
    "B12 Deficiency: A Practical Guide for Technologists at the Bench, with Forty Cases from "
    "Community Hospitals"
)
SIGNATURE = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 60">'
    b'<path d="M10 50C30 0 50 0 60 50S90 10 190 45" fill="none" stroke="#222"/></svg>'
)
WIDE_LOGO = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 900 60"><path d="M0 0h900v60z"/></svg>'
)


def drawn(paper: str = "letter", **changes: Any) -> bytes:
    return documents.certificate_pdf(
        content=content(**changes), design=1, issued_at=AT, paper=paper
    )


def text_of(document: bytes) -> str:
    (page,) = PdfReader(io.BytesIO(document)).pages
    return " ".join(page.extract_text().split())


def findings(path: Path) -> list[Any]:
    """What the PDF/UA checker says, errors and warnings."""
    checker = Path(sys.executable).parent / "outloud"
    out = subprocess.run(
        [checker, "--json", "-", str(path)], capture_output=True, text=True, check=False
    ).stdout
    (report,) = json.loads(out)["results"]
    assert report["stats"]["tagged"] is True
    return [each for each in report["findings"] if each["severity"] != "info"]


def test_every_field_is_printed() -> None:
    text = text_of(
        drawn(
            participant={
                "name": "Rosa Méndez",
                "licenses": [
                    {
                        "state": "FL",
                        "state_name": "Florida",
                        "profession": "Technologist",
                        "number": "TN 00042",
                    }
                ],
            },
            approval_sentences=["Approved by Example Accreditor: approval 000-014-26."],
            credit_sentences=["1 contact hour may be declared as 1 ASCP CMP point."],
            replaces="0000-0000-0000-0000-A",
        )
    )
    for words in (
        "Riverside Laboratory School",
        "1 River Street Albany, NY 12207",
        "Provider number 000",
        "Certificate of completion",
        "Rosa Méndez",
        "completed",
        "Interpreting the Peripheral Blood Smear",
        "HEM-101",
        "Version 3",
        "Contact hours 1.25",
        "Completed November 23, 2026",
        "Level Basic",
        "Format Self-study, online",
        "Hematology 1.25",
        "Florida, Technologist: TN 00042",
        "Approved by Example Accreditor: approval 000-014-26.",
        "1 contact hour may be declared as 1 ASCP CMP point.",
        "Amara Okafor Program Administrator",
        "ce.example.org/v/7QK2-M9XD-4TRA-8HB3-W",
        "Code 7QK2-M9XD-4TRA-8HB3-W",
        "Issued on November 23, 2026. Replaces certificate 0000-0000-0000-0000-A.",
        "Drafted with AI assistance; not reviewed by a credentialed professional.",
    ):
        assert words in text
    assert text.count("Aliquot") == 1
    assert "DEMONSTRATION" not in text
    assert "accreditation" not in text


def test_without_approval_the_certificate_says_so() -> None:
    text = text_of(drawn())
    assert "This course carries no accreditation." in text
    assert "CMP" not in text


def test_a_demonstration_is_marked_on_the_page() -> None:
    assert text_of(drawn(is_demonstration=True)).count("DEMONSTRATION") == 2


@pytest.mark.parametrize("paper", ["letter", "a4"])
@pytest.mark.parametrize("script", LONG_NAMES)
def test_a_name_of_two_hundred_characters_fits_one_tagged_page(
    script: str, paper: str, caplog: pytest.LogCaptureFixture
) -> None:
    name = LONG_NAMES[script]
    assert len(name) == 200
    document = drawn(
        paper,
        participant={"name": name, "licenses": []},
        course=content()["course"] | {"title": LONG_TITLE},
        subjects=many_subjects(12),
    )
    (page,) = PdfReader(io.BytesIO(document)).pages
    assert round(float(page.mediabox.width)) == {"letter": 792, "a4": 842}[paper]
    assert caplog.records == []  # drawn with the strict standards: every glyph was there


def places_of(document: bytes) -> list[tuple[str, float, float]]:
    """Each run of text and where it stands, to a tenth of a point."""
    found: list[tuple[str, float, float]] = []
    (page,) = PdfReader(io.BytesIO(document)).pages

    def note(text: str, at: Any, within: Any, *_: object) -> None:
        if text.strip():
            found.append((text, round(within[4] + at[4], 1), round(within[5] - at[5], 1)))

    page.extract_text(visitor_text=note)
    return found


def test_a_certificate_that_fits_looks_the_same_measured_or_not() -> None:
    template, data_of = documents.DESIGNS[1]
    data = {**data_of(content(), paper="a4"), "logo": None, "signature": None}
    quick, measured = (
        pdf.render(template, {**data, "is_tight": it}, at=AT) for it in (False, True)
    )
    assert len(places_of(quick)) > 20
    assert places_of(quick) == places_of(measured)
    tight = data_of(content(subjects=many_subjects(30)), paper="a4")
    with pytest.raises(pdf.GivenUpError, match="is tight"):
        pdf.render(template, {**data, **tight, "is_tight": False}, at=AT)


def test_the_page_reads_aloud_in_order(tmp_path: Path) -> None:
    path = tmp_path / "certificate.pdf"
    path.write_bytes(drawn(is_demonstration=True, subjects=many_subjects(5)))
    assert findings(path) == []
    reader = PdfReader(path)
    assert reader.metadata["/Title"] == (  # type: ignore[index]
        "Certificate of completion: Interpreting the Peripheral Blood Smear, Rosa Méndez"
    )
    assert reader.trailer["/Root"]["/Lang"] == "en-US"


def test_the_code_to_scan_is_twenty_millimeters_and_says_the_address() -> None:
    # 24 mm in the template; the drawing has no margin of its own.
    template = (documents.DATA / "certificate_1.typ").read_text()
    assert 'image(bytes(data.qr), format: "svg", width: 24mm, height: 24mm' in template
    drawing = design_1.qr_drawing("https://ce.example.org/v/7QK2-M9XD-4TRA-8HB3-W")
    assert 'width="33" height="33"' in drawing or 'viewBox="0 0 33 33"' in drawing


def test_the_same_record_gives_the_same_bytes_for_ever() -> None:
    assert drawn() == drawn()
    assert drawn() != drawn(contact_hours="1.5")


@pytest.mark.django_db
def test_logo_and_signature_of_the_day_are_drawn(rosa: User, now: datetime) -> None:
    logo = storage.store(WIDE_LOGO, media_type="image/svg+xml", now=now)
    signature = storage.store(SIGNATURE, media_type="image/svg+xml", now=now)
    provider(logo=logo, signature=signature)
    made = finished(rosa, published_course(pages=1), now)
    with_pictures = queries.certificate_pdf(made, paper="letter")
    Provider.objects.update(logo=None, signature=None)
    assert queries.certificate_pdf(made, paper="letter") == with_pictures


@pytest.mark.django_db
@pytest.mark.parametrize("picture", ["missing", "broken", "no picture"])
def test_a_lost_or_broken_picture_never_loses_the_certificate(
    picture: str, rosa: User, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    media_type = "text/html" if picture == "no picture" else "image/png"
    stored = storage.store(f"no png, {picture}".encode(), media_type=media_type, now=now)
    provider(logo=stored)
    made = finished(rosa, published_course(pages=1), now)
    if picture == "missing":
        (storage.default_storage).delete(storage.name_of(stored.sha256))
    document = queries.certificate_pdf(made, paper="a4")
    assert "Rosa Méndez" in text_of(document)
    assert "certificate." in caplog.text
