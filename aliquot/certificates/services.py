"""Deeds: issue, reissue with another name, revoke. A certificate itself never changes."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from aliquot.certificates import queries, rules
from aliquot.certificates.errors import (
    AlreadyReplacedError,
    AlreadyRevokedError,
    NameMissingError,
    ReasonMissingError,
)
from aliquot.certificates.facts import IssueFacts
from aliquot.certificates.models import Certificate, Revocation
from aliquot.infra import append_only, audit, rows, webhooks
from aliquot.infra.database import joined
from aliquot.learning.models import Completion
from aliquot.lib import codes, dates

DESIGN = 1


@joined
def issue_certificate(
    *, completion: Completion, now: datetime, is_new: bool = False
) -> Certificate:
    """Issue the certificate of a completion; a second call gives the one in force back.

    ``is_new`` says that this transaction made the completion: nobody else can issue it meanwhile.
    Frozen with it: the provider, its logo and signature of this day, the person's license numbers.
    """
    if not is_new:
        append_only.take_turns(completion)
        existing = queries.certificate_in_force(completion)
        if existing is not None:
            return existing
    issue = _issue(completion, now)
    content = rules.content_of(
        completed=queries.completed_facts(completion),
        issuer=queries.issuer_facts(),
        licenses=queries.license_facts_of(completion.person),
        issue=issue,
    )
    certificate = _create(completion, issue, content, now)
    audit.record(
        action="certificate.issued",
        actor_id=completion.person_id,
        subject=certificate,
        details={"content_hash": certificate.content_hash},
    )
    webhooks.emit(event="certificate.issued", data=_told(certificate), now=now)
    return certificate


@transaction.atomic
def reissue_certificate(
    *, certificate: Certificate, full_name: str, actor_id: int | None, now: datetime
) -> Certificate:
    """Replace a certificate by one with a corrected name; the old one reads Superseded for ever.

    Everything else stays as it was. Raises NameMissingError, AlreadyRevokedError, or
    AlreadyReplacedError: only the certificate in force can be corrected.
    """
    full_name = full_name.strip()
    if not full_name:
        raise NameMissingError("Enter the name as on the license.")
    old = _locked(certificate)
    _refuse_when_out_of_force(old)
    issue = _issue(old.completion, now, replaces=old)
    content = rules.renamed(old.content, full_name=full_name, issue=issue)
    new = _create(old.completion, issue, content, now, replaces=old)
    audit.record(
        action="certificate.reissued",
        actor_id=actor_id,
        subject=new,
        details={"replaces": old.code, "content_hash": new.content_hash},
    )
    data = _told(new) | {"replaces": codes.grouped(old.code)}
    webhooks.emit(event="certificate.issued", data=data, now=now)
    return new


@transaction.atomic
def revoke_certificate(
    *, certificate: Certificate, reason: str, actor_id: int | None, now: datetime
) -> Revocation:
    """Declare a certificate revoked; its page says so, with the reason, for ever.

    The reason is shown to anybody with the code. Raises ReasonMissingError, AlreadyRevokedError.
    """
    reason = reason.strip()
    if not reason:
        raise ReasonMissingError("Say why; the reason is shown to everybody who checks the code.")
    certificate = _locked(certificate)
    if hasattr(certificate, "revocation"):
        raise AlreadyRevokedError("This certificate was revoked before.")
    revocation = Revocation.objects.create(
        certificate=certificate, revoked_at=now, revoked_by_id=actor_id, reason=reason
    )
    audit.record(
        action="certificate.revoked",
        actor_id=actor_id,
        subject=certificate,
        details={"reason": reason},
    )
    data = _told(certificate) | {"reason": reason}
    webhooks.emit(event="certificate.revoked", data=data, now=now)
    return revocation


def _told(certificate: Certificate) -> dict[str, Any]:
    """What a webhook says of a certificate: ids and the code, nobody's name."""
    return {
        "certificate": codes.grouped(certificate.code),
        "completion_id": certificate.completion_id,
        "person_id": certificate.person_id,
        "course": certificate.content["course"]["code"],
    }


def _locked(certificate: Certificate) -> Certificate:
    append_only.take_turns(certificate)
    return Certificate.objects.select_related("completion").get(pk=certificate.pk)


def _refuse_when_out_of_force(certificate: Certificate) -> None:
    if hasattr(certificate, "revocation"):
        raise AlreadyRevokedError("A revoked certificate cannot be corrected.")
    if hasattr(certificate, "replaced_by"):
        raise AlreadyReplacedError("Correct the certificate that replaced this one.")


def _issue(
    completion: Completion, now: datetime, *, replaces: Certificate | None = None
) -> IssueFacts:
    """The day of issue is the learner's own, as the completion's day is."""
    return IssueFacts(
        code=codes.new_code(),
        site_url=settings.SITE_URL,
        issued_on=dates.day_in_zone(now, completion.time_zone),
        is_demonstration=settings.IS_DEMO,
        replaces=None if replaces is None else replaces.code,
    )


def _create(
    completion: Completion,
    issue: IssueFacts,
    content: dict[str, Any],
    now: datetime,
    replaces: Certificate | None = None,
) -> Certificate:
    return rows.insert(
        Certificate(
            code=issue.code,
            person_id=completion.person_id,
            completion=completion,
            content=content,
            content_hash=rules.digest_of(content),
            design=DESIGN,
            issued_at=now,
            replaces=replaces,
        )
    )
