"""The audit trail: one row per deed, append-only at once, sealed into blocks by a job."""

from typing import Any

from aliquot.infra import clock
from aliquot.infra.models import AuditEntry


def record(
    *,
    action: str,
    actor_id: int | None,
    subject: Any,
    details: dict[str, Any] | None = None,
) -> AuditEntry:
    """Write the audit row of one deed, in the deed's own transaction.

    ``subject`` is the model row the deed was about; ``actor_id`` None means the system itself.
    """
    return AuditEntry.objects.create(
        recorded_at=clock.now(),
        actor_id=actor_id,
        action=action,
        object_type=subject._meta.label_lower,
        object_id=str(subject.pk),
        details=details or {},
    )
