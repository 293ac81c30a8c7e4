"""ZIP archives written while they are sent: one file in memory at a time, the same bytes again."""

import zipfile
from datetime import UTC, datetime

_MODE = 0o644 << 16
_UNIX = 3
_PACKED_ALREADY = (".pdf", ".jpg", ".png", ".heic")


class _Sink:
    """Takes what the archive writes, and hands it on."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, piece: bytes) -> int:
        self._pieces.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """Nothing waits anywhere."""

    def taken(self) -> bytes:
        """What was written since the last time."""
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)


class ArchiveWriter:
    """Put files in, and take what was written since the last time; close it at the end."""

    def __init__(self) -> None:
        self._sink = _Sink()
        self._archive = zipfile.ZipFile(self._sink, "w")  # type: ignore[call-overload]

    def put(self, name: str, content: bytes, *, at: datetime) -> None:
        """One file; ``at`` is its moment in the archive, in UTC."""
        entry = zipfile.ZipInfo(name, date_time=at.astimezone(UTC).timetuple()[:6])
        entry.external_attr, entry.create_system = _MODE, _UNIX
        is_packed = name.endswith(_PACKED_ALREADY)
        entry.compress_type = zipfile.ZIP_STORED if is_packed else zipfile.ZIP_DEFLATED
        self._archive.writestr(entry, content)

    def close(self) -> None:
        """Write the table of contents."""
        self._archive.close()

    def taken(self) -> bytes:
        """The bytes since the last time."""
        return self._sink.taken()
