"""The way back for somebody who lost phone and recovery codes: all second factors are removed."""

from allauth.mfa.models import Authenticator
from django.db import transaction

from aliquot.accounts import rules
from aliquot.accounts.adapters.sessions import end_all_sessions
from aliquot.accounts.errors import InvalidProfileError, StaffFactorsError
from aliquot.accounts.models import StaffRole, User
from aliquot.accounts.queries import factors_of
from aliquot.infra import audit, outbox


@transaction.atomic
def remove_factors(*, person: User, because: str, actor_id: int | None) -> list[str]:
    """Remove one-time codes, recovery codes and passkeys; returns what there was, in words.

    Every session ends, and the person is told by mail. From then on the password alone signs in;
    the back office stays shut until a new factor is set up. Where there is none, nothing happens.
    ``because`` stays in the audit trail for good. In the office (an ``actor_id``) nobody does this
    to somebody with a staff role. Raises InvalidProfileError naming ``because``, StaffFactorsError.
    """
    because = rules.clean_line(field="because", value=because, longest=200)
    if not because:
        raise InvalidProfileError("because", "Say why, in one line.")
    person = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    is_staff = StaffRole.objects.filter(person=person).exists()
    if is_staff and actor_id is not None:
        raise StaffFactorsError
    removed = factors_of(person)
    if not removed:
        return []
    Authenticator.objects.filter(user_id=person.pk).delete()
    audit.record(
        action="person.factors_removed",
        actor_id=actor_id,
        subject=person,
        details={
            "factors": removed,
            "reason": because,
            "sessions_ended": end_all_sessions(person),
        },
    )
    outbox.send_template(
        to=person.email,
        template="accounts/mail/factors_removed",
        context={"name": person.full_name, "factors": removed, "is_staff": is_staff},
    )
    return removed
