"""A program with a token, as the API's users have it."""

from collections.abc import Callable

import pytest

from aliquot.accounts.facts import SCOPES, STAFF_SCOPES
from aliquot.accounts.models import User
from aliquot.accounts.services import make_token
from aliquot.infra import clock
from tests.api.program import Program


@pytest.fixture
def program() -> Callable[..., Program]:
    """Make a program for a person; all of the person's own scopes unless told."""

    def make(person: User | None, *scopes: str) -> Program:
        if person is None:
            return Program("")
        chosen = scopes or tuple(SCOPES)
        return Program(token_for(person, *chosen))

    return make


def token_for(person: User, *scopes: str) -> str:
    from datetime import timedelta

    now = clock.now()
    ends = now + timedelta(days=30) if set(scopes) & set(STAFF_SCOPES) else None
    name = f"token {person.api_tokens.count() + 1}"
    return make_token(
        person=person, name=name, scopes=scopes, expires_at=ends, now=now, actor_id=person.pk
    )[1]
