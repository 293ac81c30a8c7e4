"""A picture is known by its content, and read to its end."""

import pytest

from aliquot.lib.pictures import Picture, read_picture
from tests.factories.pictures import jpeg, picture, png

KINDS = ("PNG", "JPEG", "WEBP")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (png(), Picture("image/png", 40, 30)),
        (jpeg(), Picture("image/jpeg", 40, 30)),
        (jpeg(notes=True), Picture("image/jpeg", 40, 30, has_notes=True)),
        (picture("WEBP"), Picture("image/webp", 40, 30)),
        (b"GIF89a" + b"\0" * 40, None),
        (b"<svg/>", None),
        (b"%PDF-1.7", None),
        (png()[:20], None),
        (jpeg()[:12], None),
        (png()[:-30], None),
        (b"\xff\xd8\xff" + b"\x00" * 50, None),
        (b"RIFF\0\0\0\0WEBPXXXX", None),
        (b"", None),
    ],
)
def test_a_picture_is_known_by_its_content(content: bytes, expected: Picture | None) -> None:
    assert read_picture(content, kinds=KINDS, longest_side=100) == expected


def test_only_the_kinds_asked_for_are_pictures() -> None:
    assert read_picture(jpeg(), kinds=("PNG",), longest_side=100) is None


def test_one_too_large_is_measured_and_one_cut_short_is_none() -> None:
    assert read_picture(png(200, 1), kinds=KINDS, longest_side=100) == Picture("image/png", 200, 1)
    assert read_picture(png(200, 1)[:50], kinds=KINDS, longest_side=200) is None
