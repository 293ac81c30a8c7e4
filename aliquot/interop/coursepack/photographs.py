"""Photographs: their kind and size by content, whatever the file is called."""

from dataclasses import dataclass
from io import BytesIO

ENDINGS = {
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/webp": (".webp",),
}
LARGEST_SIDE = 8000


@dataclass(frozen=True, slots=True)
class Photograph:
    """What a photograph is. ``has_notes`` tells of embedded notes of a camera (Exif)."""

    media_type: str
    width: int
    height: int
    has_notes: bool = False


def read_photograph(content: bytes) -> Photograph | None:
    """The kind and size of a PNG, JPEG or WebP; None for anything else or a broken one."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(BytesIO(content), formats=["PNG", "JPEG", "WEBP"]) as image:
            width, height = image.size
            found = Photograph(
                media_type=Image.MIME[str(image.format)],
                width=width,
                height=height,
                has_notes=len(image.getexif()) > 0,
            )
            if max(found.width, found.height) <= LARGEST_SIDE:
                image.load()  # a file cut short is found only by reading it
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError):
        return None
    return found
