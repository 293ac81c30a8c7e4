"""The door: who a request is for, what the token may do, how often.

Only the Authorization header counts. A cookie is never looked at, so no page of another site can
make a browser act here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from django.http import HttpRequest
from ninja.security import HttpBearer

from aliquot.accounts import access, queries, services
from aliquot.accounts.models import ApiToken, User
from aliquot.api.frame.problems import ScopeError, TokenError
from aliquot.infra import clock, limits
from aliquot.infra.http.requests import client_network
from aliquot.lib.errors import NotFoundError

PERIOD = timedelta(minutes=1)
OF_A_TOKEN, OF_A_NETWORK, REFUSED_OF_A_NETWORK = 600, 120, 30  # requests in a period
LONGEST_TOKEN = 200


@dataclass(frozen=True, slots=True)
class Key:
    """Whom a request acts for, and by which token."""

    token: ApiToken
    person: User
    now: datetime


class ApiRequest(HttpRequest):
    """A request that came through the door."""

    auth: Key
    sent: bytes  # the body of an upload
    opened: Any  # the same, read


class Token(HttpBearer):
    """Lets in whoever holds a working token with ``scope``, if ``may`` allows the person.

    Where ``may`` refuses, the address answers 404, as the pages of the back office do. ``may``
    means staff: a second factor must be set up, too.
    """

    def __init__(self, scope: str, may: Callable[[User], bool] | None = None) -> None:
        super().__init__()
        self.scope = scope
        self.may = may

    def authenticate(self, request: HttpRequest, token: str) -> Key:
        """The key of a request. Raises TokenError, ScopeError, NotFoundError or 429."""
        now = clock.now()
        secret = token.strip()
        found = None
        if 0 < len(secret) <= LONGEST_TOKEN and secret.isascii():
            found = queries.token_by_secret(secret, now)
        if found is None:
            _count(client_network(request), "api-refused", REFUSED_OF_A_NETWORK, now)
            raise TokenError
        _count(str(found.pk), "api-token", OF_A_TOKEN, now)
        if self.may is not None and not _works_in_office(found.person, self.may):
            raise NotFoundError("Not for this person.")
        if self.scope not in found.scopes:
            raise ScopeError(self.scope)
        services.note_token_used(token=found, day=now.date())
        return Key(found, found.person, now)


def check_visitor(request: HttpRequest) -> None:
    """Count a request that needs no token. Raises TooManyRequestsError."""
    _count(client_network(request), "api-public", OF_A_NETWORK, clock.now())


def key_of(request: HttpRequest) -> Key:
    """The key of a request that came through the door."""
    return cast("ApiRequest", request).auth


def _works_in_office(person: User, may: Callable[[User], bool]) -> bool:
    return access.is_staff(person) and may(person) and queries.has_second_factor(person)


def _count(key: str, scope: str, limit: int, now: datetime) -> None:
    limits.check(scope=scope, key=key, limit=limit, period=PERIOD, now=now)
