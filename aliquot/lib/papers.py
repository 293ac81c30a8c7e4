"""Papers that people send: what a file really is, by its bytes and never by its name.

Taken are PDF, JPEG, PNG and HEIC. A file that is two things at once (a picture that is also a web
page or a zip archive) is none of them: whoever opens it elsewhere must meet what we took it for.
"""

import hashlib
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO

from aliquot.lib.pictures import Picture

EXTENSIONS = {
    "application/pdf": "pdf",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/heic": "heic",
}
_HEAD = 4096  # where browsers and viewers look for what a file is
_PAGES = (b"<html", b"<!doctype", b"<script", b"<svg", b"<?xml-stylesheet", b"<body", b"<iframe")
_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1"}
_END_OF_PDF = 2048
_LONGEST_SIDE = 6_000  # up to here a picture is read to its last row


@dataclass(frozen=True, slots=True)
class OpenedPaper:
    """A paper that was opened and found to be whole: its bytes, and one of EXTENSIONS."""

    content: bytes
    media_type: str


ReadPicture = Callable[..., Picture | None]


def media_type_of_paper(content: bytes, *, read_picture: ReadPicture) -> str | None:
    """The media type of a whole, single-minded PDF, JPEG, PNG or HEIC; None for all else.

    ``read_picture`` opens what is a picture: ``infra.apart`` for files of strangers.
    """
    found = _media_type(content, read_picture)
    return None if found is None or _is_also_another(content, found) else found


def digest_of(content: bytes) -> str:
    """SHA-256 in hexadecimal, as ``infra.storage`` names files."""
    return hashlib.sha256(content).hexdigest()


def _media_type(content: bytes, read_picture: ReadPicture) -> str | None:
    if content.startswith((b"%PDF-1.", b"%PDF-2.")):
        return "application/pdf" if b"%%EOF" in content[-_END_OF_PDF:] else None
    if content.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        picture = read_picture(content, kinds=("JPEG", "PNG"), longest_side=_LONGEST_SIDE)
        if picture is None:
            return None
        # A phone may put several pictures into one JPEG, which Pillow then calls MPO.
        return "image/png" if picture.media_type == "image/png" else "image/jpeg"
    if not _is_heic(content):
        return None
    picture = read_picture(content, kinds=("HEIF",), longest_side=_LONGEST_SIDE)
    return None if picture is None else "image/heic"


def _is_heic(content: bytes) -> bool:
    """Boxes that fill the file to its last byte, the first one naming a HEIC brand."""
    if content[4:8] != b"ftyp":
        return False
    kinds: list[bytes] = []
    place = 0
    while place < len(content):
        size, kind = int.from_bytes(content[place : place + 4]), content[place + 4 : place + 8]
        if size == 1:
            size = int.from_bytes(content[place + 8 : place + 16])
        elif size == 0:  # to the end of the file
            size = len(content) - place
        if size < 8 or place + size > len(content) or len(kinds) > 1000:
            return False
        kinds.append(kind)
        place += size
    length = min(int.from_bytes(content[:4]), 256)
    brands = {content[8:12], *(content[at : at + 4] for at in range(16, length, 4))}
    return bool(brands & _HEIC_BRANDS) and b"meta" in kinds


def _is_also_another(content: bytes, media_type: str) -> bool:
    head = content[:_HEAD].lower()
    if any(mark in head for mark in _PAGES):
        return True
    if media_type != "application/pdf" and b"%pdf-" in head:
        return True
    return zipfile.is_zipfile(BytesIO(content))
