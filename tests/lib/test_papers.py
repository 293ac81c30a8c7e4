"""What a file is, is decided by its bytes; what is two things at once is neither."""

import zipfile
from io import BytesIO

import pytest

from aliquot.lib.papers import media_type_of_paper
from aliquot.lib.pictures import read_picture
from tests.factories.papers import HEIC, HTML, PDF, SVG, XHTML, jpeg, png


def zipped() -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("inside.txt", "hello")
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (PDF, "application/pdf"),
        (PDF.replace(b"1.4", b"2.0"), "application/pdf"),
        (jpeg(), "image/jpeg"),
        (jpeg(notes=True), "image/jpeg"),
        (png(), "image/png"),
        (HEIC, "image/heic"),
    ],
)
def test_a_paper_is_known_by_its_bytes(content: bytes, media_type: str) -> None:
    assert media_type_of_paper(content, read_picture=read_picture) == media_type


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        HTML,
        XHTML,
        SVG,
        b"data:text/html;base64,PGh0bWw+",
        zipped(),
        b"GIF89a" + bytes(20),
        b"%PDF-1.4",  # cut short
        b"\n" + PDF,
        PDF[:20],
        jpeg()[:200],
        png()[:40],
        b"\x89PNG\r\n\x1a\n" + HTML,
        HEIC[:-1],
        HEIC + b"x",
        HEIC.replace(b"heic", b"avif").replace(b"mif1", b"avif"),
        HEIC.replace(b"meta", b"free"),
        HEIC[:-38] + bytes(38),  # whole boxes, and no picture in them
        (8).to_bytes(4) + b"ftyp",
    ],
)
def test_everything_else_is_refused(content: bytes) -> None:
    assert media_type_of_paper(content, read_picture=read_picture) is None


@pytest.mark.parametrize(
    "content",
    [
        PDF + zipped(),
        png() + zipped(),
        jpeg()[:-2] + zipped() + jpeg()[-2:],
        PDF.replace(b"1 0 obj", HTML + b"1 0 obj"),
        jpeg()[:20] + b"%PDF-1.4" + jpeg()[20:],
    ],
)
def test_a_file_that_is_two_things_at_once_is_refused(content: bytes) -> None:
    assert media_type_of_paper(content, read_picture=read_picture) is None
