"""Pictures: whether a file really is one, of which kind and size, whatever it is called.

Files of strangers are opened by ``infra.apart``, which calls these in a process of their own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

MOST_PIXELS = 64_000_000  # what may be unpacked: no small file may fill the memory
# What Pillow and libheif raise over files that are not what they should be.
_BROKEN = (EOFError, OSError, RuntimeError, SyntaxError, ValueError)


@dataclass(frozen=True, slots=True)
class Picture:
    """What a picture is. ``has_notes`` tells of embedded notes of a camera (Exif)."""

    media_type: str
    width: int
    height: int
    has_notes: bool = False


def read_picture(content: bytes, *, kinds: Sequence[str], longest_side: int) -> Picture | None:
    """Kind and size of a picture of one of ``kinds`` (PNG, JPEG, WEBP, HEIF), else None.

    Up to ``longest_side`` the picture is read to its last row, so that one cut short is found; a
    larger one is only measured, never unpacked.
    """
    from PIL import Image

    if "HEIF" in kinds:
        _teach_heif()
    try:
        with Image.open(BytesIO(content), formats=list(kinds)) as image:
            width, height = image.size
            if max(width, height) <= longest_side and width * height <= MOST_PIXELS:
                image.load()
            return Picture(
                media_type=Image.MIME[str(image.format)],
                width=width,
                height=height,
                has_notes=len(image.getexif()) > 0,
            )
    except (Image.DecompressionBombError, *_BROKEN):
        return None


def heic_as_jpeg(content: bytes) -> bytes | None:
    """The picture as a JPEG, upright, for machines that cannot open HEIC; None if it is broken."""
    from PIL import Image

    _teach_heif()
    out = BytesIO()
    try:
        with Image.open(BytesIO(content), formats=["HEIF"]) as image:
            if image.width * image.height > MOST_PIXELS:
                return None
            image.convert("RGB").save(out, "JPEG", quality=90)
    except (Image.DecompressionBombError, *_BROKEN):
        return None
    return out.getvalue()


def _teach_heif() -> None:
    """Pillow learns HEIC from libheif; it reads the picture itself and nothing beside it."""
    from pi_heif import register_heif_opener

    register_heif_opener(thumbnails=False)


def redrawn_png(content: bytes, *, longest_side: int) -> bytes | None:
    """A PNG drawn anew from the pixels of another; None if that is broken or too large.

    What is kept for ever, and printed, then holds pixels only: nothing hidden behind them.
    """
    from PIL import Image

    found = read_picture(content, kinds=("PNG",), longest_side=longest_side)
    if found is None or max(found.width, found.height) > longest_side:
        return None
    try:
        Image.open(BytesIO(content)).verify()  # the checksums of all chunks
    except _BROKEN:
        return None
    out = BytesIO()
    with Image.open(BytesIO(content), formats=["PNG"]) as image:
        image.convert("RGBA").save(out, "PNG")
    return out.getvalue()
