"""Papers that prove activities."""

from collections import defaultdict

from django.db.models import Sum

from aliquot.accounts.models import User
from aliquot.infra.models import StoredFile
from aliquot.ledger.facts import ProofFacts
from aliquot.ledger.models import Proof


def proofs_of(person: User) -> dict[int, tuple[ProofFacts, ...]]:
    """The person's proofs that are not withdrawn, by activity, in the order they were added.

    One query, however many. An activity without a proof is not in it; a course completed here
    has its certificate instead.
    """
    rows = Proof.objects.filter(activity__person=person, withdrawn_at=None)
    found = defaultdict(list)
    for row in rows.select_related("file").order_by("activity_id", "pk"):
        found[row.activity_id].append(_facts(row))
    return {activity_id: tuple(proofs) for activity_id, proofs in found.items()}


def proof_bytes_of(person: User, *, but_not: str = "") -> int:
    """Bytes of all papers the person ever sent, each once, withdrawn ones included.

    ``but_not`` leaves out the file with this hash.
    """
    files = Proof.objects.filter(activity__person=person).values("file_id")
    total = StoredFile.objects.filter(pk__in=files).exclude(sha256=but_not)
    return total.aggregate(bytes=Sum("size"))["bytes"] or 0


def _facts(row: Proof) -> ProofFacts:
    return ProofFacts(
        id=row.pk,
        activity_id=row.activity_id,
        file_id=row.file_id,
        sha256=row.file.sha256,
        media_type=row.file.media_type,
        size=row.file.size,
        name=row.name,
        shows=tuple(row.shows),
        added_at=row.added_at,
    )
