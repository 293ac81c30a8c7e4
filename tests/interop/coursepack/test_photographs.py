from pathlib import Path

import pytest

from tests.factories.courses import course_folder, read
from tests.factories.pictures import jpeg, png


def photograph_course(parent: Path, name: str, content: bytes, **texts: str) -> Path:
    words = {
        "title": "A smear", "caption": "A smear", "alt": "Cells on a slide",
        "description": "Red cells in one layer.", "credit": "Ana Ruiz", "license": "CC-BY-4.0",
        "source": "Ana Ruiz, 2026", "stain": "Wright-Giemsa", "magnification": "500×",
    } | texts  # fmt: skip
    sidecar = "".join(f"{key}: {value}\n" for key, value in words.items())
    folder = course_folder(
        parent,
        ("figures/cells.yaml", "", sidecar),
        ("pages/second-page.md", "Write here.", "Write here.\n\n![](figure:cells)\n\n"),
    )
    (folder / "figures" / name).write_bytes(content)
    return folder


def test_a_photograph_with_license_source_stain_and_magnification_is_accepted(
    tmp_path: Path,
) -> None:
    pack = read(photograph_course(tmp_path, "cells.png", png())).pack
    assert pack is not None
    figure = next(each for each in pack.figures if each.key == "cells")
    assert (figure.media_type, figure.width, figure.height) == ("image/png", 40, 30)
    assert (figure.stain, figure.magnification) == ("Wright-Giemsa", "500×")


@pytest.mark.parametrize(
    ("name", "content", "texts", "expected"),
    [
        ("cells.jpg", png(), {},
         "figures/cells.jpg:1: is image/png by its content; accepted: .png"),
        ("cells.png", b"<script>alert(1)</script>", {},
         "figures/cells.png:1: is no PNG, JPEG or WebP by its content; accepted: those"),
        ("cells.png", png(), {"stain": "null"},
         ('figures/cells.yaml:8: stain is missing; accepted: the stain of the photograph, '
          'or "none"')),
        ("cells.png", png(), {"magnification": "null"},
         ("figures/cells.yaml:9: magnification is missing; accepted: the magnification of the "
         'photograph, or "none"')),
        ("cells.png", png(9000, 1), {},
         "figures/cells.png:1: is 9000 × 1 pixels; accepted: up to 8000 a side"),
    ],
)  # fmt: skip
def test_a_photograph_that_lacks_something_is_refused(
    tmp_path: Path, name: str, content: bytes, texts: dict[str, str], expected: str
) -> None:
    folder = photograph_course(tmp_path, name, content, **texts)
    found = [str(each).removeprefix(f"{folder.as_posix()}/") for each in read(folder).errors]
    assert found == [expected]


def test_notes_of_a_camera_are_a_warning_because_they_may_tell_of_a_place(tmp_path: Path) -> None:
    reading = read(photograph_course(tmp_path, "cells.jpg", jpeg(notes=True)))
    assert reading.errors == []
    assert "carries notes of a camera (Exif); better: none" in [
        each.message for each in reading.findings
    ]
