"""Staff ready to work, browsers signed in as somebody, and pictures to upload."""

import struct
import zlib
from datetime import UTC, datetime

from django.test import Client

from aliquot.accounts.adapters.second_factor import set_up_codes
from aliquot.accounts.models import User
from aliquot.accounts.services import grant_staff_role
from tests.people import person

HIRED = datetime(2026, 2, 1, 12, 0, tzinfo=UTC)


def member(role: str, *, email: str = "priya@example.org", name: str = "Priya Nair") -> User:
    """A member of staff with one role and a second factor."""
    user = person(email, name)
    grant_staff_role(person=user, role=role, now=HIRED, actor_id=None)
    set_up_codes(person=user)
    return user


def browser_of(user: User | None) -> Client:
    """A browser signed in as that person, or as nobody."""
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


def chunk(name: bytes, data: bytes) -> bytes:
    """One chunk of a PNG."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(*, width: int = 3, height: int = 2, rows: int | None = None) -> bytes:
    """A PNG of one gray, or one whose pixels end after ``rows``."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pixels = (b"\0" + b"\x7f" * width) * (height if rows is None else rows)
    parts = [(b"IHDR", header), (b"IDAT", zlib.compress(pixels)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(name, data) for name, data in parts)
