"""Who may: one's own activities, proofs and imports only. Absent and another's answer alike."""

from django.db.models import QuerySet

from aliquot.accounts.models import User
from aliquot.ledger.errors import ActivityNotFoundError
from aliquot.ledger.models import Activity, ActivityImport, Proof


def activity_for(person: User, activity_id: int) -> Activity:
    """One's own activity, also a withdrawn one; raises ActivityNotFoundError."""
    found = Activity.objects.filter(pk=activity_id, person=person).select_related("person").first()
    if found is None:
        raise ActivityNotFoundError
    return found


def own_activity_for(person: User, activity_id: int) -> Activity:
    """One's own activity from elsewhere; that of a course completed here is not one's to change.

    Raises ActivityNotFoundError for both.
    """
    found = activity_for(person, activity_id)
    if found.origin != Activity.Origin.ELSEWHERE:
        raise ActivityNotFoundError
    return found


def proof_for(person: User, activity_id: int, proof_id: int) -> Proof:
    """A proof that is not withdrawn, of one's own activity; raises ActivityNotFoundError."""
    found = _proofs(person).filter(pk=proof_id, activity=activity_id, withdrawn_at=None).first()
    if found is None:
        raise ActivityNotFoundError
    return found


def import_for(person: User, import_id: int) -> ActivityImport:
    """A table that the person sent; raises ActivityNotFoundError."""
    found = ActivityImport.objects.filter(pk=import_id, person=person).first()
    if found is None:
        raise ActivityNotFoundError
    return found


def _proofs(person: User) -> QuerySet[Proof]:
    return Proof.objects.filter(activity__person=person).select_related("file", "activity__person")
