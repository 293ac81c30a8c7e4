"""Who may: one's own credentials only. Absent, removed and another's answer alike."""

from aliquot.accounts.models import User
from aliquot.credentials.models import Cycle, Declaration, HeldCredential, OutsideOffer
from aliquot.lib.errors import NotFoundError


def held_for(person: User, held_id: int) -> HeldCredential:
    """One of the person's own credentials that was not removed."""
    found = (
        HeldCredential.objects.select_related("person")
        .filter(pk=held_id, person=person, removed_at=None)
        .first()
    )
    if found is None:
        raise NotFoundError("There is no such credential.")
    return found


def open_cycle_of(held: HeldCredential) -> Cycle:
    """The cycle that is going on for a credential."""
    found = (
        Cycle.objects.select_related("held__person")
        .filter(held=held, closed_at=None)
        .order_by("-ends_on")
        .first()
    )
    if found is None:
        raise NotFoundError("This credential has no open cycle.")
    return found


def outside_offer_for(person: User, offer_id: int) -> OutsideOffer:
    """One of the person's own offers from elsewhere that was not removed."""
    found = OutsideOffer.objects.filter(pk=offer_id, person=person, removed_at=None).first()
    if found is None:
        raise NotFoundError("There is no such course.")
    return found


def declaration_for(person: User, held_id: int, declaration_id: int) -> Declaration:
    """One of the person's own declarations, withdrawn or not, with its snapshot."""
    found = (
        Declaration.objects.select_related("cycle__held__person")
        .filter(
            pk=declaration_id,
            cycle__held=held_id,
            cycle__held__person=person,
            cycle__held__removed_at=None,
        )
        .first()
    )
    if found is None:
        raise NotFoundError("There is no such declaration.")
    return found
