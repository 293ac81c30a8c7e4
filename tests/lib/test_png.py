"""Whether a file is a whole PNG: nothing that merely begins like one gets in."""

import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aliquot.lib.png import Png, read_png

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def chunk(name: bytes, data: bytes = b"") -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def picture(
    *,
    width: int = 5,
    height: int = 3,
    depth: int = 8,
    color: int = 6,
    interlace: int = 0,
    size: int = 63,
    extra: bytes = b"",
) -> bytes:
    """A PNG of ``size`` unpacked bytes."""
    header = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, interlace)
    return (
        SIGNATURE + chunk(b"IHDR", header) + extra + chunk(b"IDAT", zlib.compress(bytes(size)))
        + chunk(b"IEND")
    )  # fmt: skip


@pytest.mark.parametrize(
    ("content", "is_one"),
    [
        (picture(), True),  # 3 rows of 1 + 5 × 4 bytes
        (picture(color=0, depth=1, size=3 * 2), True),  # 5 pixels of a bit fill a byte
        (picture(color=2, depth=16, size=3 * 31), True),
        (picture(color=3, size=3 * 6, extra=chunk(b"PLTE", bytes(3))), True),
        (picture(color=3, size=3 * 6), False),  # no palette
        # the seven passes of 5 × 3 pixels, counted by hand from the specification's table
        (picture(color=0, interlace=1, size=2 + 2 + 0 + 2 + 4 + 6 + 6), True),
        (picture(size=62), False),
        (picture(size=64), False),
        (picture(depth=3), False),
        (picture(color=5), False),
        (picture(interlace=2), False),
        (picture(width=0, size=3), False),
        (picture(width=2000, size=3 * 8001), False),  # longer than the longest side
        (picture()[:-12], False),
        (picture() + b"<html>", False),
        (picture(extra=b"<html>"), False),
        (b"", False),
        (SIGNATURE, False),
    ],
)
def test_only_a_whole_picture_is_one(content: bytes, is_one: bool) -> None:
    assert (read_png(content, longest_side=1000) is not None) is is_one


def test_the_size_is_read_in_pixels() -> None:
    assert read_png(picture(), longest_side=5) == Png(5, 3)
    assert read_png(picture(), longest_side=4) is None


def test_a_bomb_is_not_unpacked_beyond_what_the_header_promises() -> None:
    assert read_png(picture(size=50_000_000), longest_side=1000) is None


@given(st.integers(min_value=0, max_value=len(picture()) - 1), st.integers(1, 255))
def test_a_picture_with_one_wrong_byte_is_refused(place: int, flip: int) -> None:
    damaged = bytearray(picture())
    damaged[place] ^= flip
    assert read_png(bytes(damaged), longest_side=1000) is None


@given(st.binary(max_size=200))
def test_any_bytes_are_read_without_a_failure(content: bytes) -> None:
    assert read_png(SIGNATURE + content, longest_side=1000) is None
