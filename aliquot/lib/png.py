"""PNG pictures: whether a file really is one, down to the last row of its pixels.

Certificates embed the provider's logo and signature for ever, so a file that only begins like a
PNG must not get in. Read by the PNG specification (third edition): signature, chunks with their
checksums, header, and image data of exactly the size that the header promises.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # by color type
_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
_ADAM7 = (
    (0, 0, 8, 8),
    (4, 0, 8, 8),
    (0, 4, 4, 8),
    (2, 0, 4, 4),
    (0, 2, 2, 4),
    (1, 0, 2, 2),
    (0, 1, 1, 2),
)  # fmt: skip  (first column, first row, column step, row step)


@dataclass(frozen=True, slots=True)
class Png:
    """The size of a picture in pixels."""

    width: int
    height: int


def read_png(content: bytes, *, longest_side: int) -> Png | None:
    """The picture's size; None unless the file is a whole PNG of at most that many pixels a side.

    ``longest_side`` also bounds the memory that the picture may take when it is unpacked.
    """
    try:
        return _read(content, longest_side)
    except (struct.error, zlib.error, ValueError, KeyError):
        return None


def _read(content: bytes, longest_side: int) -> Png | None:
    if not content.startswith(SIGNATURE):
        return None
    chunks = list(_chunks(content))
    if not chunks or chunks[0][0] != b"IHDR" or chunks[-1] != (b"IEND", b""):
        return None
    width, height, depth, color, *methods = struct.unpack(">IIBBBBB", chunks[0][1])
    compression, filtering, interlace = methods
    is_size_fit = 0 < width <= longest_side and 0 < height <= longest_side
    is_kind_fit = depth in _DEPTHS[color] and not compression and not filtering
    if not is_size_fit or not is_kind_fit or interlace > 1:
        return None
    if color == 3 and not any(name == b"PLTE" for name, _ in chunks):
        return None
    expected = _unpacked_size(
        width, height, depth * _CHANNELS[color], is_interlaced=bool(interlace)
    )
    packed = b"".join(data for name, data in chunks if name == b"IDAT")
    unpacker = zlib.decompressobj()
    pixels = unpacker.decompress(packed, expected + 1)
    is_whole = len(pixels) == expected and unpacker.eof
    return Png(width, height) if is_whole else None


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = len(SIGNATURE)
    while place < len(content):
        length, name = struct.unpack_from(">I4s", content, place)
        data = content[place + 8 : place + 8 + length]
        (checksum,) = struct.unpack_from(">I", content, place + 8 + length)
        if zlib.crc32(name + data) != checksum:
            raise ValueError(name)
        yield name, data
        place += 12 + length


def _unpacked_size(width: int, height: int, bits: int, *, is_interlaced: bool) -> int:
    """Bytes of all rows, each with its filter byte in front."""
    passes = _ADAM7 if is_interlaced else ((0, 0, 1, 1),)
    total = 0
    for column, row, column_step, row_step in passes:
        columns = -(-(width - column) // column_step)
        rows = -(-(height - row) // row_step)
        if columns > 0 and rows > 0:
            total += rows * (1 + -(-columns * bits // 8))
    return total
