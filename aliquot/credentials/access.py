"""Who may: one's own credentials only. Absent, removed and another's answer alike.

Two secrets stand in for signing in: the address of a calendar feed, and the link in a mail that
stops more of them.
"""

import hashlib

from django.core import signing

from aliquot.accounts.models import User
from aliquot.credentials.facts import MailKind
from aliquot.credentials.models import (
    CalendarFeed,
    Cycle,
    Declaration,
    HeldCredential,
    OutsideOffer,
)
from aliquot.lib.errors import NotFoundError

_SIGNER = signing.Signer(salt="credentials.stop_mail")


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


def person_of_feed(token: str) -> User:
    """Whose calendar has this secret address."""
    found = (
        CalendarFeed.objects.select_related("person")
        .filter(token_hash=hash_of_token(token), person__is_active=True)
        .first()
    )
    if found is None:
        raise NotFoundError("There is no such calendar.")
    return found.person


def hash_of_token(token: str) -> str:
    """What is stored of the secret in a feed's address. It has 256 bits, so no salt is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


def stop_token(person: User, kind: MailKind) -> str:
    """For the link in a mail that stops this kind: works without signing in, and does not age."""
    return _SIGNER.sign_object([person.pk, kind.value])


def person_stopping(token: str) -> tuple[User, MailKind]:
    """Who wants which kind of mail no more, by the token of a link in one."""
    try:
        person_id, kind = _SIGNER.unsign_object(token)
    except signing.BadSignature:
        raise NotFoundError("This link is not one of ours.") from None
    person = User.objects.filter(pk=person_id, is_active=True).first()
    if person is None:
        raise NotFoundError("There is no such account.")
    return person, MailKind(kind)
