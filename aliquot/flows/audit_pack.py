"""What an audit pack is made of: every paper with what it proves, one at a time.

A paper that is gone or damaged is named, never left out in silence.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from aliquot.accounts.models import User
from aliquot.certificates import queries as certificates
from aliquot.certificates.models import Certificate
from aliquot.credentials import queries
from aliquot.credentials.facts.closing import Paper, PaperKind, Sheet, SheetActivity
from aliquot.credentials.models import Declaration
from aliquot.flows.close_cycle import Closing, papers_of
from aliquot.infra import storage
from aliquot.infra.pdf import DrawingError
from aliquot.ledger.models import Proof

COUNTS, LEFT_OVER, ADDED_LATER = "counts", "left-over", "added-later"


@dataclass(frozen=True, slots=True)
class Packed:
    """One paper of the pack. ``section`` says why it is there; ``content`` None: damaged."""

    section: str
    activity: SheetActivity
    paper: Paper
    content: bytes | None


@dataclass(frozen=True, slots=True)
class AuditPack:
    """A cycle ready to be packed. The same declaration gives the same pack every time.

    ``at`` is written into the files as the moment they were made. ``later`` are papers that came
    after the declaration, by activity.
    """

    person: User
    snapshot: Mapping[str, Any]
    sheet: Sheet
    at: datetime
    later: Mapping[str, tuple[Paper, ...]]

    @property
    def counting(self) -> list[SheetActivity]:
        """What counts, in the order of the sheet, each once."""
        return list({row.activity.id: row.activity for row in self.sheet.rows}.values())

    @property
    def left_over(self) -> list[SheetActivity]:
        """What may stand in if a proof fails: nothing of it counts, for no other reason."""
        counted = {row.activity.id for row in self.sheet.rows}
        spare = [row.activity for row in self.sheet.left if row.reason == "surplus"]
        return [activity for activity in spare if activity.id not in counted]


def open_pack(closing: Closing, *, now: datetime) -> AuditPack:
    """The pack of a cycle that was not declared yet, as of now."""
    person = closing.standing.held.person
    return AuditPack(person, closing.snapshot, closing.sheet, now, {})


def declared_pack(declaration: Declaration) -> AuditPack:
    """The pack of a declaration: of its snapshot, with papers added since told apart."""
    person, snapshot = declaration.cycle.held.person, declaration.snapshot
    sheet = queries.sheet_of(snapshot)
    known = {
        (paper.kind, paper.sha256)
        for activity in sheet.activities.values()
        for paper in activity.papers
    }
    later = {
        activity: tuple(paper for paper in papers if (paper.kind, paper.sha256) not in known)
        for activity, papers in papers_of(person).items()
        if activity in sheet.activities
    }
    return AuditPack(person, snapshot, sheet, declaration.recorded_at, later)


def packed_papers(pack: AuditPack) -> Iterator[Packed]:
    """Every paper, what counts first, then what may stand in, then what was added later.

    Each is read when it is asked for, so that a large pack needs no large memory.
    """
    listed = [
        *((COUNTS, activity) for activity in pack.counting),
        *((LEFT_OVER, activity) for activity in pack.left_over),
        *(
            (ADDED_LATER, replace(activity, papers=pack.later.get(activity.id, ())))
            for activity in (*pack.counting, *pack.left_over)
        ),
    ]
    read = _Reader(pack.person, (paper for _, each in listed for paper in each.papers))
    for section, activity in listed:
        for paper in activity.papers:
            yield Packed(section, activity, paper, read.content(paper))


def transcript_pdf(pack: AuditPack) -> bytes:
    """The transcript of the certificates in the pack."""
    only = [
        paper.id
        for activity in (*pack.counting, *pack.left_over)
        for paper in activity.papers
        if paper.kind is PaperKind.CERTIFICATE
    ]
    transcript = certificates.transcript_of_certificates(
        pack.person, only=only, full_name=pack.sheet.holder, drawn_at=pack.at
    )
    return certificates.transcript_pdf(transcript, paper="letter")


class _Reader:
    """Finds the rows of all papers in two queries, and reads each when it is its turn."""

    def __init__(self, person: User, papers: Iterable[Paper]) -> None:
        wanted: dict[PaperKind, list[str]] = {kind: [] for kind in PaperKind}
        for paper in papers:
            wanted[paper.kind].append(paper.id)
        rows = Certificate.objects.filter(person=person, code__in=wanted[PaperKind.CERTIFICATE])
        self._certificates = {row.code: row for row in rows}
        proofs = Proof.objects.filter(
            activity__person=person, pk__in=map(int, wanted[PaperKind.PROOF])
        )
        self._proofs = {str(row.pk): row for row in proofs.select_related("file")}

    def content(self, paper: Paper) -> bytes | None:
        """The bytes, or None where they are gone or not what they were."""
        if paper.kind is PaperKind.CERTIFICATE:
            return self._certificate(paper)
        row = self._proofs.get(paper.id)
        if row is None or row.file.sha256 != paper.sha256:
            return None
        try:
            return storage.read(row.file)
        except storage.DamagedFileError:
            return None

    def _certificate(self, paper: Paper) -> bytes | None:
        row = self._certificates.get(paper.id)
        if row is None or row.content_hash != paper.sha256:
            return None
        try:
            return certificates.certificate_pdf(row, paper="letter")
        except DrawingError:
            return None
