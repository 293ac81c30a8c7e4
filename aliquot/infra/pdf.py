"""The document engine: a typst template and plain data become a tagged PDF.

Data goes in as JSON that the template reads; nothing a person typed is ever markup. Pictures are
files with names that the caller made up. Only the fonts of this package are used, so the same
input gives the same bytes on every machine.
"""

import functools
import json
import logging
import os
import tempfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

FONTS = Path(__file__).parent / "data" / "fonts"
STANDARDS = ["a-2a", "ua-1"]  # both refuse a character that no font has

logger = logging.getLogger(__name__)


class DrawingError(Exception):
    """The document could not be drawn at all: a broken picture, or an error in the template."""


class GivenUpError(DrawingError):
    """The template itself gave the drawing up (``panic``); the message has its words."""


def render(
    template: Path,
    data: Mapping[str, Any],
    *,
    files: Mapping[str, bytes] | None = None,
    at: datetime,
) -> bytes:
    """Draw ``template`` with ``data`` (JSON) and pictures by name; returns the bytes of the PDF.

    ``at`` is written into the file as the moment it was made: pass a stored one, and drawing again
    gives the same bytes. When the strict standards refuse (a character that no font has), a plain
    PDF is drawn and an alert logged: a document is never lost. Raises DrawingError when that
    fails, too; GivenUpError, one of them, at once.
    """
    typst = _engine()
    pictures = files or {}
    sys_inputs = {"data": json.dumps(data, ensure_ascii=False)}
    try:
        return _compiled(template, pictures, sys_inputs, at, STANDARDS)
    except typst.TypstError as refusal:
        if refusal.message.startswith("panicked"):
            raise GivenUpError(f"{template.name}: {refusal.message}") from refusal
        logger.error(  # noqa: TRY400  # what failed is in the message; the trace says nothing more
            "pdf.plain_fallback template=%s reason=%s", template.name, refusal.message
        )
    try:
        return _compiled(template, pictures, sys_inputs, at, [])
    except typst.TypstError as error:
        raise DrawingError(f"{template.name}: {error.message}") from error


def _compiled(
    template: Path,
    pictures: Mapping[str, bytes],
    sys_inputs: dict[str, str],
    at: datetime,
    standards: list[Any],
) -> bytes:
    """Draw in a folder of its own: the engine takes pictures only as files, not from memory."""
    with tempfile.TemporaryDirectory(prefix="aliquot-pdf-") as name:
        folder = Path(name)
        (folder / "main.typ").write_bytes(_source(template))
        for picture, content in pictures.items():
            (folder / picture).write_bytes(content)
        drawn = _engine().compile(
            str(folder / "main.typ"),
            root=name,
            format="pdf",
            sys_inputs=sys_inputs,
            pdf_standards=standards,
            font_paths=_fonts(),
            ignore_system_fonts=True,
            timestamp=int(at.timestamp()),
        )
    if not isinstance(drawn, bytes):
        raise DrawingError("The engine gave no document.")
    return drawn


@functools.cache
def _engine() -> Any:
    """typst, in one thread: the server draws for several people at once, and threads that look for
    work of one page cost more than they save.
    """
    os.environ.setdefault("RAYON_NUM_THREADS", "1")
    import typst

    return typst


@functools.cache
def _source(template: Path) -> bytes:
    return template.read_bytes()


@functools.cache
def _fonts() -> Any:
    """The fonts, looked through once per process; their files are read when they are needed."""
    return _engine().Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)]
    )
