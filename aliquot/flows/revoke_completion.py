"""Taking back what a completion proved: the certificate, and where it was decided, the credit."""

from datetime import datetime

from aliquot.certificates.models import Certificate, Revocation
from aliquot.certificates.services import revoke_certificate
from aliquot.infra import audit, outbox
from aliquot.ledger.models import Activity
from aliquot.ledger.services import reverse_credit
from aliquot.lib import codes


def credit_left_of(certificate: Certificate) -> Activity | None:
    """The activity behind a certificate if some of its credit still counts, else None."""
    return (
        Activity.objects.filter(
            completion=certificate.completion_id,
            entries__reverses=None,
            entries__reversed_by=None,
        )
        .distinct()
        .first()
    )


def revoke_completion(
    *,
    certificate: Certificate,
    reason: str,
    takes_credit_back: bool,
    actor_id: int | None,
    now: datetime,
) -> Revocation:
    """Revoke a certificate, reverse its credit if so decided, and tell the holder why.

    One transaction, one audit row. Raises ReasonMissingError, AlreadyRevokedError, and
    AlreadyReversedError when the credit was to be taken back and none is left.
    """
    with audit.story(action="completion.revoked", actor_id=actor_id, subject=certificate) as story:
        revocation = revoke_certificate(
            certificate=certificate, reason=reason, actor_id=actor_id, now=now
        )
        if takes_credit_back:
            activity = Activity.objects.get(completion=certificate.completion_id)
            reverse_credit(activity=activity, reason=revocation.reason, actor_id=actor_id, now=now)
        story.details = {"reason": revocation.reason, "credit_taken_back": takes_credit_back}
        outbox.send_template(
            to=certificate.person.email,
            template="certificates/mail/certificate_revoked",
            context={
                "name": certificate.content["participant"]["name"],
                "title": certificate.content["course"]["title"],
                "code": codes.grouped(certificate.code),
                "reason": revocation.reason,
                "takes_credit_back": takes_credit_back,
            },
        )
    return revocation
