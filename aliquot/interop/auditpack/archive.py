"""The archive itself, written piece by piece: one paper in memory at a time."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils.text import slugify

from aliquot.credentials import queries
from aliquot.flows.audit_pack import AuditPack, Packed, packed_papers, transcript_pdf
from aliquot.infra import limits
from aliquot.interop.auditpack.index import index_html
from aliquot.interop.auditpack.tables import Filed, index_csv, sheet_csv
from aliquot.interop.transcript.export import transcript_document
from aliquot.lib.archives import ArchiveWriter
from aliquot.lib.papers import EXTENSIONS

_LONGEST_SLUG = 60
MOST_PACKS, PACKS_PERIOD = 10, timedelta(hours=1)  # of one person: each draws every certificate


def archive_name(pack: AuditPack) -> str:
    """``audit-pack-ascp-mls-2027-06-30``, also the folder inside."""
    credential = pack.sheet.credential.replace("_", "-")
    return f"audit-pack-{credential}-{pack.sheet.ends_on.isoformat()}"


def sent(pack: AuditPack, *, now: datetime) -> Iterator[bytes]:
    """The archive for whoever asks now. Raises TooManyRequestsError before anything is made."""
    limits.check(
        scope="audit_pack", key=str(pack.person.pk), limit=MOST_PACKS, period=PACKS_PERIOD, now=now
    )
    return stream(pack)


def stream(pack: AuditPack) -> Iterator[bytes]:
    """The ZIP archive in pieces: papers first, then the tables and the index that name them."""
    archive, folder = ArchiveWriter(), archive_name(pack)
    filed: list[Filed] = []
    for number, packed in enumerate(packed_papers(pack), start=1):
        name = "" if packed.content is None else _name_of(packed, number)
        filed.append(Filed(name, _without_content(packed)))
        if packed.content is not None:
            archive.put(f"{folder}/{name}", packed.content, at=pack.at)
            yield archive.taken()
    for name, content in _documents(pack, filed):
        archive.put(f"{folder}/{name}", content, at=pack.at)
        yield archive.taken()
    archive.close()
    yield archive.taken()


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
