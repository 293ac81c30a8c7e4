"""Secrets of second factors: encrypted anew when the site's key changes, forgotten when it is lost.

Encrypting anew changes nothing for anybody, so it leaves no audit row; forgetting does.
"""

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, transaction
from django.db.models import QuerySet

from aliquot.accounts.models import User
from aliquot.accounts.queries import codes_by_key, codes_not_under
from aliquot.infra import audit, encryption, outbox
from aliquot.infra.streams import by_key

_FIELDS = {"secret", "seed"}  # of one-time codes, of recovery codes


def encrypt_anew() -> int:
    """Bring every secret under the present key; returns how many were under another, or none.

    What no key can read stays as it is. Safe to repeat, beside people who sign in.
    """
    readable = [*encryption.known_names(), ""]
    waiting = codes_not_under([encryption.present_name()]).filter(key_name__in=readable)
    return sum(_encrypt_anew(row.pk) for row in by_key(waiting))


def forget_unreadable() -> int:
    """Remove the codes that no key of the site can read; returns of how many people.

    They are told by mail, and sign in with the password, or a passkey, until they set up new ones.
    """
    lost = _unreadable()
    return sum(map(_forget, by_key(User.objects.filter(pk__in=lost.values("user_id")))))


def refuse_unreadable() -> None:
    """Stop the start where a key is missing that codes of people were encrypted with.

    A database that does not answer, or has no tables yet, is no reason to stop. The demonstration
    makes its own people. Raises ImproperlyConfigured.
    """
    try:
        found = codes_by_key()
    except DatabaseError:
        return
    known = {"", *encryption.known_names()}
    lost = sum(number for name, number in found.items() if name not in known)
    if lost and not settings.IS_DEMO:
        raise ImproperlyConfigured(
            f"The secrets of {lost} second factors were encrypted with a key that is not here; add "
            "the ALIQUOT_SECRET_KEY of that time to ALIQUOT_SECRET_KEY_FALLBACKS, or, if it is "
            "lost, run aliquot secrets --forget-unreadable."
        )


def _unreadable() -> QuerySet[Authenticator]:
    return codes_not_under([*encryption.known_names(), ""])


@transaction.atomic
def _encrypt_anew(pk: int) -> bool:
    """Locked and read again: a recovery code may have been used in this moment."""
    row = Authenticator.objects.select_for_update().filter(pk=pk).first()
    if row is None:
        return False
    try:
        for field in row.data.keys() & _FIELDS:
            row.data[field] = encryption.encrypt(encryption.decrypt(row.data[field]))
    except encryption.UnreadableSecretError:  # its text was changed: nobody reads it, leave it
        return False
    row.save(update_fields=["data"])
    return True


@transaction.atomic
def _forget(person: User) -> bool:
    number, _ = _unreadable().filter(user_id=person.pk).delete()
    if not number:
        return False
    audit.record(action="person.factor_forgotten", actor_id=None, subject=person)
    outbox.send_template(
        to=person.email,
        template="accounts/mail/codes_forgotten",
        context={"name": person.full_name},
    )
    return True
