"""Pictures of strangers are opened apart: by a process that is small, limited and soon over.

The libraries that decode them are written in C. A file that makes one of them crash, loop or fill
the memory ends that process (``lib.decoder``), and the person is told; the server goes on.

Call this before a transaction begins: it may take seconds.
"""

import json
import logging
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from aliquot.infra import child
from aliquot.lib.errors import AliquotError
from aliquot.lib.papers import OpenedPaper, media_type_of_paper
from aliquot.lib.pictures import Picture

MEGABYTE = 1024 * 1024
# Enough for the 48 megapixels of a phone; each process of the server opens one file at a time.
LIMITS = {"memory": 1024 * MEGABYTE, "cpu_seconds": 10, "answer": 64 * MEGABYTE}
WALL_SECONDS = 15.0
PATIENCE = 5.0  # seconds that a request waits for its turn: threads are few
_turn = threading.Lock()
log = logging.getLogger(__name__)


class StoppedError(AliquotError):
    """A file made the program that opens it fail, or take more than any honest file does."""

    code = "file_not_opened"

    def __init__(self) -> None:
        super().__init__(
            "This file could not be opened: it is damaged, or takes more memory or time than a "
            "picture may. Send a PDF, or take the picture again."
        )


class BusyError(AliquotError):
    """Other files are being opened; nothing was kept."""

    code = "busy"
    status = 503
    retry_after = 10
    is_passing = True

    def __init__(self) -> None:
        super().__init__("Too many files are being opened at the moment. Send yours again shortly.")


def opened_paper(content: bytes) -> OpenedPaper | None:
    """A whole, single-minded PDF, JPEG, PNG or HEIC; None for all else. Raises StoppedError."""
    media_type = media_type_of_paper(content, read_picture=read_picture)
    return None if media_type is None else OpenedPaper(content, media_type)


def read_picture(content: bytes, *, kinds: Sequence[str], longest_side: int) -> Picture | None:
    """As ``lib.pictures.read_picture``. Raises StoppedError."""
    facts, _ = _ask("read_picture", content, kinds=list(kinds), longest_side=longest_side)
    return None if facts is None else Picture(**facts)


def heic_as_jpeg(content: bytes) -> bytes | None:
    """As ``lib.pictures.heic_as_jpeg``. Raises StoppedError."""
    return _ask("heic_as_jpeg", content)[1]


def redrawn_png(content: bytes, *, longest_side: int) -> bytes | None:
    """As ``lib.pictures.redrawn_png``. Raises StoppedError."""
    return _ask("redrawn_png", content, longest_side=longest_side)[1]


def _ask(deed: str, content: bytes, **options: Any) -> tuple[dict[str, Any] | None, bytes | None]:
    """Facts and new bytes, as far as the deed gives them.

    The answer goes into a file without a name: its size has a limit that the system keeps.
    """
    asked = json.dumps({"deed": deed, "options": options, "limits": LIMITS})
    with _a_turn(), tempfile.TemporaryFile() as answer:
        try:
            done = child.run(
                "aliquot.lib.decoder", asked, given=content, seconds=WALL_SECONDS,
                stdout=answer, stderr=subprocess.DEVNULL,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            log.warning("%s: a file of %d bytes took too long", deed, len(content))
            raise StoppedError from None
        if done.returncode:
            log.warning("%s: a file of %d bytes ended it: %d", deed, len(content), done.returncode)
            raise StoppedError
        answer.seek(0)
        said = json.loads(answer.readline())
        return said["facts"], answer.read() if said["is_one"] else None


@contextmanager
def _a_turn() -> Iterator[None]:
    if not _turn.acquire(timeout=PATIENCE):
        raise BusyError
    try:
        yield
    finally:
        _turn.release()
