"""The archive itself, written piece by piece: one paper in memory at a time."""

import json
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime

from django.utils.text import slugify

from aliquot.credentials import queries
from aliquot.flows.audit_pack import AuditPack, Packed, packed_papers, transcript_pdf
from aliquot.interop.auditpack.index import index_html
from aliquot.interop.auditpack.tables import Filed, index_csv, sheet_csv
from aliquot.interop.transcript.export import transcript_document
from aliquot.lib.papers import EXTENSIONS

_LONGEST_SLUG = 60
_MODE = 0o644 << 16
_UNIX = 3


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


def archive_name(pack: AuditPack) -> str:
    """``audit-pack-ascp-mls-2027-06-30``, also the folder inside."""
    credential = pack.sheet.credential.replace("_", "-")
    return f"audit-pack-{credential}-{pack.sheet.ends_on.isoformat()}"


def stream(pack: AuditPack) -> Iterator[bytes]:
    """The ZIP archive in pieces: papers first, then the tables and the index that name them."""
    sink, folder = _Sink(), archive_name(pack)
    filed: list[Filed] = []
    with zipfile.ZipFile(sink, "w") as archive:  # type: ignore[call-overload]
        for number, packed in enumerate(packed_papers(pack), start=1):
            name = "" if packed.content is None else _name_of(packed, number)
            filed.append(Filed(name, _without_content(packed)))
            if packed.content is not None:
                _put(archive, f"{folder}/{name}", packed.content, pack.at)
                yield sink.taken()
        for name, content in _documents(pack, filed):
            _put(archive, f"{folder}/{name}", content, pack.at)
            yield sink.taken()
    yield sink.taken()


def _documents(pack: AuditPack, filed: list[Filed]) -> Iterator[tuple[str, bytes]]:
    sheet = pack.sheet
    transcript = json.dumps(transcript_document(pack.snapshot), indent=2, ensure_ascii=False)
    noun = {"declare": "declaration", "renew": "renewal", "file": "filing"}[sheet.files]
    yield f"{noun}.pdf", queries.sheet_pdf(sheet, paper="letter", at=pack.at)
    yield f"{noun}.csv", sheet_csv(sheet)
    yield "transcript.pdf", transcript_pdf(pack)
    yield "transcript.json", transcript.encode()
    yield "index.csv", index_csv(filed, sheet)
    yield "index.html", index_html(pack, filed, noun=noun).encode()


def _name_of(packed: Packed, number: int) -> str:
    """Plain ASCII, in order, never what somebody typed as it is."""
    activity, paper = packed.activity, packed.paper
    day = activity.completed_on.isoformat() if activity.completed_on else "no-date"
    slug = slugify(activity.title)[:_LONGEST_SLUG].strip("-") or "activity"
    ending = EXTENSIONS.get(paper.media_type, "bin")
    return f"{packed.section}/{number:03d}-{day}-{slug}-{paper.kind.value}.{ending}"


def _without_content(packed: Packed) -> Packed:
    """What the index needs: whether there were bytes, not the bytes."""
    content = None if packed.content is None else b""
    return Packed(packed.section, packed.activity, packed.paper, content)


def _put(archive: zipfile.ZipFile, name: str, content: bytes, at: datetime) -> None:
    moment = at.astimezone(UTC)
    entry = zipfile.ZipInfo(name, date_time=moment.timetuple()[:6])
    entry.external_attr, entry.create_system = _MODE, _UNIX
    papers = (".pdf", ".jpg", ".png", ".heic")
    entry.compress_type = zipfile.ZIP_STORED if name.endswith(papers) else zipfile.ZIP_DEFLATED
    archive.writestr(entry, content)
