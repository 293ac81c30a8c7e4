"""Photographs: their kind and size by content, whatever the file is called."""

import struct
from dataclasses import dataclass

ENDINGS = {
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/webp": (".webp",),
}
LARGEST_SIDE = 8000
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}  # JPEG's start-of-frame markers


@dataclass(frozen=True, slots=True)
class Photograph:
    """What a photograph is. ``has_notes`` tells of embedded notes of a camera (Exif)."""

    media_type: str
    width: int
    height: int
    has_notes: bool = False


def read_photograph(content: bytes) -> Photograph | None:
    """The kind and size of a PNG, JPEG or WebP; None for anything else or a broken one."""
    try:
        if content.startswith(b"\x89PNG\r\n\x1a\n"):
            return _png(content)
        if content.startswith(b"\xff\xd8\xff"):
            return _jpeg(content)
        if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
            return _webp(content)
    except (struct.error, IndexError):
        return None
    return None


def _png(content: bytes) -> Photograph | None:
    length, name = struct.unpack_from(">I4s", content, 8)
    if name != b"IHDR" or length != 13:
        return None
    width, height = struct.unpack_from(">II", content, 16)
    return Photograph("image/png", width, height, b"eXIf" in content)


def _jpeg(content: bytes) -> Photograph | None:
    place = 2
    has_notes = False
    while place + 9 < len(content):
        if content[place] != 0xFF:
            return None
        marker = content[place + 1]
        if marker == 0xFF:
            place += 1
            continue
        (length,) = struct.unpack_from(">H", content, place + 2)
        if marker in _FRAMES:
            height, width = struct.unpack_from(">HH", content, place + 5)
            return Photograph("image/jpeg", width, height, has_notes)
        has_notes |= marker == 0xE1 and content[place + 4 : place + 8] == b"Exif"
        place += 2 + max(length, 2)
    return None


def _webp(content: bytes) -> Photograph | None:
    chunk = content[12:16]
    has_notes = b"EXIF" in content
    if chunk == b"VP8X":
        width = int.from_bytes(content[24:27], "little") + 1
        height = int.from_bytes(content[27:30], "little") + 1
    elif chunk == b"VP8L":
        bits = int.from_bytes(content[21:25], "little")
        width, height = (bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1
    elif chunk == b"VP8 ":
        width, height = (side & 0x3FFF for side in struct.unpack_from("<HH", content, 26))
    else:
        return None
    return Photograph("image/webp", width, height, has_notes)
