"""API tokens: made once, shown once, kept as a hash; revoked by hand or by what happens."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction

from aliquot.accounts import rules
from aliquot.accounts.access import scopes_for
from aliquot.accounts.errors import InvalidTokenError, TooManyTokensError
from aliquot.accounts.facts import MOST_TOKENS
from aliquot.accounts.models import ApiToken, User
from aliquot.accounts.queries import hash_of_secret, live_tokens
from aliquot.infra import audit, outbox
from aliquot.lib.dates import long_date


@transaction.atomic
def make_token(
    *,
    person: User,
    name: str,
    scopes: Iterable[str],
    expires_at: datetime | None,
    now: datetime,
    actor_id: int,
) -> tuple[ApiToken, str]:
    """Make a token; returns its row and the secret, which is nowhere else from now on.

    The person is told by mail: somebody else at their keyboard must not go unseen. Raises
    InvalidTokenError naming the field, or TooManyTokensError.
    """
    person = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    name = rules.clean_line(field="name", value=name, longest=80)
    chosen = rules.checked_token(
        name=name, scopes=set(scopes), allowed=scopes_for(person), expires_at=expires_at, now=now
    )
    names = list(live_tokens(person, now).values_list("name", flat=True))
    if name in names:  # also what a second click on "Make token" meets
        raise InvalidTokenError("name", "You have a token of this name. Choose another name.")
    if len(names) >= MOST_TOKENS:
        raise TooManyTokensError
    secret = rules.new_secret()
    token = ApiToken.objects.create(
        person=person,
        name=name,
        prefix=rules.shown_prefix(secret),
        digest=hash_of_secret(secret),
        scopes=chosen,
        created_at=now,
        expires_at=expires_at,
    )
    audit.record(
        action="token.made",
        actor_id=actor_id,
        subject=token,
        details={"name": name, "scopes": chosen, "expires_at": expires_at},
    )
    outbox.send_template(
        to=person.email,
        template="accounts/mail/token_made",
        context={
            "name": person.full_name,
            "token": token,
            "ends": long_date(expires_at.date()) if expires_at else "",
        },
    )
    return token, secret


@transaction.atomic
def revoke_token(*, token: ApiToken, now: datetime, actor_id: int) -> ApiToken:
    """End a token for good; doing it twice changes nothing."""
    token = ApiToken.objects.select_for_update().get(pk=token.pk)
    if token.revoked_at is not None:
        return token
    token.revoked_at = now
    token.save(update_fields=["revoked_at"])
    audit.record(
        action="token.revoked", actor_id=actor_id, subject=token, details={"name": token.name}
    )
    return token


def end_all_tokens(*, person: User, now: datetime) -> int:
    """End every token of a person; returns how many lived.

    A step of another deed (a password reset, closing an account), whose audit row says so.
    """
    return live_tokens(person, now).update(revoked_at=now)


def note_token_used(*, token: ApiToken, day: date) -> None:
    """Remember the day on which a token was last used: one write a day, and no more is known."""
    if token.last_used_on != day:
        ApiToken.objects.filter(pk=token.pk).update(last_used_on=day)
