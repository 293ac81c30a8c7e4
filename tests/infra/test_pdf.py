"""The document engine: data is never markup, the bytes are the same for ever, nothing is lost."""

import io
import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from pypdf import PdfReader

from aliquot.infra import pdf

AT = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
TEMPLATE = """
#let drawing(data) = [
#set document(title: data.title)
#set text(font: ("Literata", "Noto Serif CJK SC"), fallback: false, lang: "en")
= #data.title
#if "picture" in data { image(data.picture, width: 20mm, alt: "A picture") }
]
"""
PICTURE = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0h9v9z"/></svg>'
)


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "page.typ"
    path.write_text(TEMPLATE)
    return path


def text_of(document: bytes) -> str:
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(document)).pages).strip()


def catalog_of(document: bytes) -> Any:
    return PdfReader(io.BytesIO(document)).trailer["/Root"]


def test_what_a_person_typed_is_text_never_markup(template: Path) -> None:
    typed = '#read("/etc/passwd") *bold* $x$ \\ "quoted" #panic()'
    assert text_of(pdf.render(template, {"title": typed}, at=AT)) == typed


def test_a_long_document_is_drawn_elsewhere_to_the_same_bytes(
    template: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    data = {"title": "Long " * 20}
    here = pdf.render(template, data, at=AT)
    monkeypatch.setattr(pdf, "LONG", 50)
    monkeypatch.setattr(pdf, "render_here", None)  # this process draws nothing
    assert pdf.render(template, data, at=AT) == here
    template.write_text('#let drawing(data) = panic("is tight")')
    with pytest.raises(pdf.GivenUpError, match="is tight"):
        pdf.render(template, data, at=AT)
    template.write_text("#let drawing(data) = nothing")
    with pytest.raises(pdf.DrawingError, match="unknown variable"):
        pdf.render(template, data, at=AT)
    assert any("plain_fallback" in each.message for each in caplog.records) is False


def test_a_template_may_give_up_and_says_why(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "page.typ"
    path.write_text('#let drawing(data) = panic("is tight")')
    with pytest.raises(pdf.GivenUpError, match="is tight"):
        pdf.render(path, {}, at=AT)
    assert caplog.records == []  # no alert: whoever asked knows what to do


def test_the_document_is_tagged_and_has_a_title_and_a_language(template: Path) -> None:
    document = pdf.render(template, {"title": "Certificate"}, at=AT)
    root = catalog_of(document)
    assert root["/MarkInfo"]["/Marked"] == True  # noqa: E712  # an object of the reader
    assert root["/Lang"] == "en"
    assert PdfReader(io.BytesIO(document)).metadata["/Title"] == "Certificate"  # type: ignore[index]


def test_the_same_input_gives_the_same_bytes(template: Path) -> None:
    first = pdf.render(template, {"title": "Same"}, at=AT)
    assert pdf.render(template, {"title": "Same"}, at=AT) == first
    assert pdf.render(template, {"title": "Other"}, at=AT) != first


def test_a_kept_compiler_knows_nothing_of_the_document_before(template: Path) -> None:
    data = {"title": "With", "picture": "logo.png"}
    pdf.render(template, data, files={"logo.png": png()}, at=AT)
    with pytest.raises(pdf.DrawingError, match=r"page\.typ"):
        pdf.render(template, data, at=AT)  # the picture of the other is gone
    assert text_of(pdf.render(template, {"title": "Next"}, at=AT)) == "Next"


def png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (90, 30), "navy").save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(("name", "content"), [("logo.svg", PICTURE), ("logo.png", png())])
def test_pictures_are_given_by_name(template: Path, name: str, content: bytes) -> None:
    data = {"title": "With", "picture": name}
    with_picture = pdf.render(template, data, files={name: content}, at=AT)
    assert with_picture != pdf.render(template, {"title": "With"}, at=AT)
    assert with_picture == pdf.render(template, data, files={name: content}, at=AT)


def test_a_character_that_no_font_has_gives_a_plain_document_and_an_alert(
    template: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        document = pdf.render(template, {"title": "Rosa 🧪 Méndez"}, at=AT)
    assert len(PdfReader(io.BytesIO(document)).pages) == 1
    assert "Méndez" in text_of(document)
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert "pdf.plain_fallback template=page.typ" in caplog.text


def test_what_cannot_be_drawn_at_all_is_said(template: Path) -> None:
    data = {"title": "Broken", "picture": "logo.svg"}
    with pytest.raises(pdf.DrawingError, match=r"page\.typ"):
        pdf.render(template, data, files={"logo.svg": b"not a picture"}, at=AT)
    broken = {"title": "Broken", "picture": "logo.png"}
    with pytest.raises(pdf.DrawingError, match=r"page\.typ"):
        pdf.render(template, broken, files={"logo.png": b"\x89PNG\xff not a picture"}, at=AT)
    with pytest.raises(pdf.DrawingError, match=r"page\.typ"):
        pdf.render(template, {"title": "Escape", "picture": "/etc/passwd"}, at=AT)


def test_every_font_lies_beside_its_license() -> None:
    fonts = {path.stem.partition("-")[0] for path in pdf.FONTS.glob("*.?tf")}
    licenses = {path.name.partition(".")[0] for path in pdf.FONTS.glob("*.txt")}
    assert {"Noto" if name.startswith("Noto") else name for name in fonts} == licenses
    assert sum(path.stat().st_size for path in pdf.FONTS.iterdir()) < 12 * 1024 * 1024
