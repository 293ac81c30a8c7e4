"""Real pictures of one color."""

from io import BytesIO

from PIL import Image


def picture(kind: str, width: int = 40, height: int = 30, *, notes: bool = False) -> bytes:
    """A real picture of one color; ``notes`` are what a camera adds."""
    image = Image.new("RGB", (width, height), "white")
    exif = image.getexif()
    if notes:
        exif[0x010F] = "Camera maker"
    out = BytesIO()
    image.save(out, kind, exif=exif)
    return out.getvalue()


def png(width: int = 40, height: int = 30) -> bytes:
    return picture("PNG", width, height)


def jpeg(*, notes: bool = False) -> bytes:
    return picture("JPEG", notes=notes)
