"""Reading the audit trail: who did what to which object, newest first, and how it is sealed."""

from collections.abc import Iterable, Mapping

from django.db.models import Q, QuerySet

from aliquot.infra.models import AuditBlock, AuditEntry


def entries(
    *, actor_id: int | None = None, action: str = "", object_type: str = "", object_id: str = ""
) -> QuerySet[AuditEntry]:
    """Entries that match everything given, newest first, each with the block that seals it."""
    found = AuditEntry.objects.select_related("seal__block").order_by("-id")
    wanted = {"action": action, "object_type": object_type, "object_id": object_id}
    found = found.filter(**{name: value for name, value in wanted.items() if value})
    return found if actor_id is None else found.filter(actor_id=actor_id)


def entries_around(*, actor_id: int, objects: Mapping[str, Iterable[int]]) -> QuerySet[AuditEntry]:
    """What an actor did, and what anybody did to the objects; ``objects`` are ids by type."""
    touched = Q(actor_id=actor_id)
    for object_type, ids in objects.items():
        keys = [str(each) for each in ids]
        if keys:
            touched |= Q(object_type=object_type, object_id__in=keys)
    return AuditEntry.objects.filter(touched).order_by("-id")


def newest_block() -> AuditBlock | None:
    """The seal that vouches for everything before it; None before the first."""
    return AuditBlock.objects.order_by("-id").first()
