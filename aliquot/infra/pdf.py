"""The document engine: a typst template and plain data become a tagged PDF.

A template is a file that defines ``drawing(data)``. The data go in as JSON; nothing a person typed
is ever markup, and the functions of a template are the same for all that is drawn with it.
Pictures are files with names that the caller made up. Only the fonts of this package are used, so
the same input gives the same bytes on every machine.
"""

import functools
import json
import logging
import os
import tempfile
import threading
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

FONTS = Path(__file__).parent / "data" / "fonts"
PAPERS = ("letter", "a4")  # the sizes that templates draw on
MAIN = b'#import "template.typ": drawing\n#drawing(json("data.json"))\n'
LONG = 64 * 1024  # bytes of data: a transcript of some two hundred lines
STANDARDS = ["a-2a", "ua-1"]  # both refuse a character that no font has

logger = logging.getLogger(__name__)

# Two drawings at once would take twice the memory and be ready no sooner: there is a process for
# each core.
_one_at_a_time = threading.Lock()


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
    fails, too; GivenUpError, one of them, at once. A long document is drawn by another process.
    """
    written = json.dumps(data, ensure_ascii=False).encode()
    if not files and len(written) > LONG:
        from aliquot.infra import long_pdf

        return long_pdf.draw(template, written, at=at)
    return render_here(template, {**(files or {}), "data.json": written}, at)


def render_here(template: Path, files: Mapping[str, bytes], at: datetime) -> bytes:
    """Draw in this process, however long it becomes; the data are among the files."""
    typst = _engine()
    try:
        return _compiled(template, files, at, STANDARDS)
    except typst.TypstError as refusal:
        if refusal.message.startswith("panicked"):
            raise GivenUpError(f"{template.name}: {refusal.message}") from refusal
        logger.error(  # noqa: TRY400  # what failed is in the message; the trace says nothing more
            "pdf.plain_fallback template=%s reason=%s", template.name, refusal.message
        )
    try:
        return _compiled(template, files, at, [])
    except typst.TypstError as error:
        raise DrawingError(f"{template.name}: {error.message}") from error


def load() -> None:
    """Load the engine and look through the fonts, so that processes forked later share both.

    Nothing is drawn: that would start the engine's thread, which a fork leaves behind.
    """
    _fonts()


def _compiled(
    template: Path, files: Mapping[str, bytes], at: datetime, standards: list[Any]
) -> bytes:
    """Draw in a folder of its own: the engine takes pictures only as files, not from memory."""
    with tempfile.TemporaryDirectory(prefix="aliquot-pdf-") as name:
        folder = Path(name)
        (folder / "main.typ").write_bytes(MAIN)
        (folder / "template.typ").write_bytes(_source(template))
        for file, content in files.items():
            (folder / file).write_bytes(content)
        with _one_at_a_time:
            drawn = _compiler().compile(
                str(folder / "main.typ"),
                root=name,
                format="pdf",
                pdf_standards=standards,
                timestamp=int(at.timestamp()),
            )
    if not isinstance(drawn, bytes):
        raise DrawingError("The engine gave no document.")
    return drawn


@functools.cache
def _compiler() -> Any:
    """The compiler of the process: it has read the template already, and knows again what it laid
    out before, as neither library nor fonts are new to it.
    """
    return _engine().Compiler(font_paths=_fonts(), ignore_system_fonts=True)


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
