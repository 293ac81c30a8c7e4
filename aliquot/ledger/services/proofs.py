"""Proofs: papers kept under their hash, judged by what they are and never by their names."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db import transaction

from aliquot.accounts.models import User
from aliquot.infra import apart, audit, storage
from aliquot.ledger import queries, rules
from aliquot.ledger.errors import NotSelfReportedError, ProofRefusedError
from aliquot.ledger.models import Activity, Proof
from aliquot.lib.papers import OpenedPaper, digest_of

MEGABYTE = 1024 * 1024
MOST_READ = settings.MAX_PROOF_BYTES + 1  # one more than may be: it tells of a file too large


def opened_proof(content: bytes) -> OpenedPaper:
    """The paper, judged by its bytes: PDF, JPEG, PNG or HEIC, whole, and not too large.

    It may take seconds, so no transaction should wait for it. Raises ProofRefusedError.
    """
    if len(content) > settings.MAX_PROOF_BYTES:
        most = settings.MAX_PROOF_BYTES // MEGABYTE
        raise ProofRefusedError(f"The file is too large. Send one of at most {most} MB.")
    try:
        paper = apart.opened_paper(content)
    except apart.StoppedError as error:
        raise ProofRefusedError(error.message) from error
    if paper is None:
        raise ProofRefusedError(
            "This file is not a PDF, JPEG, PNG or HEIC, or it is damaged. "
            "Its content decides, not its name. Send a PDF, or a photo of the paper as your phone "
            "takes it; anything else: open it and print it to a PDF."
        )
    return paper


@transaction.atomic
def add_proof(
    *,
    activity: Activity,
    paper: OpenedPaper,
    name: str,
    shows: Iterable[str],
    now: datetime,
    actor_id: int | None,
) -> Proof:
    """Keep a paper with an activity from elsewhere.

    ``name`` is what the holder calls it, only ever shown. The same bytes again give the proof that
    is there. Raises ProofRefusedError (the person's quota), NotSelfReportedError.
    """
    if activity.origin != Activity.Origin.ELSEWHERE:
        raise NotSelfReportedError
    readable = rules.checked_shows(shows)
    # Locked so that two uploads at once cannot both fit into the last of the quota.
    person = User.objects.select_for_update().get(pk=activity.person_id)
    _check_quota(person, paper.content)
    file = storage.store(paper.content, media_type=paper.media_type, now=now)
    existing = Proof.objects.filter(activity=activity, file=file, withdrawn_at=None).first()
    if existing is not None:
        return existing
    proof = Proof.objects.create(
        activity=activity,
        file=file,
        name=rules.shown_name(name) or "proof",
        shows=list(readable),
        added_at=now,
    )
    audit.record(
        action="proof.added",
        actor_id=actor_id,
        subject=proof,
        details={"activity": activity.pk, "sha256": file.sha256, "shows": proof.shows},
    )
    return proof


@transaction.atomic
def describe_proof(*, proof: Proof, shows: Iterable[str], actor_id: int | None) -> Proof:
    """Say anew what can be read on a proof; saying the same changes nothing."""
    proof = Proof.objects.select_for_update().get(pk=proof.pk)
    readable = list(rules.checked_shows(shows))
    if proof.withdrawn_at is not None or proof.shows == readable:
        return proof
    proof.shows = readable
    proof.save(update_fields=["shows"])
    audit.record(
        action="proof.described", actor_id=actor_id, subject=proof, details={"shows": readable}
    )
    return proof


@transaction.atomic
def withdraw_proof(*, proof: Proof, now: datetime, actor_id: int | None) -> None:
    """Take a proof away from its activity; the bytes are kept, and count in the quota."""
    proof = Proof.objects.select_for_update().get(pk=proof.pk)
    if proof.withdrawn_at is not None:
        return
    proof.withdrawn_at = now
    proof.save(update_fields=["withdrawn_at"])
    audit.record(
        action="proof.withdrawn",
        actor_id=actor_id,
        subject=proof,
        details={"activity": proof.activity_id},
    )


def _check_quota(person: User, content: bytes) -> None:
    used = queries.proof_bytes_of(person, but_not=digest_of(content))
    if used + len(content) > settings.PROOF_QUOTA_BYTES:
        most = settings.PROOF_QUOTA_BYTES // MEGABYTE
        raise ProofRefusedError(
            f"Your proofs may take {most} MB together, withdrawn ones included, and "
            f"{used // MEGABYTE} MB are taken. Send a smaller file."
        )
