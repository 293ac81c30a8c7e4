"""One's API tokens: listed and revoked. A token makes no token.

Otherwise one that was stolen could make another, and would outlive its own end: making one asks
for the password, on the page.
"""

from datetime import datetime

from aliquot.accounts import access, queries, services
from aliquot.api.accounts.profile import READ, WRITE, TokenShape
from aliquot.api.frame import ApiRequest, Area, Id, Limit, Listed, Start, paged

area = Area("Profile")


class TokenLine(TokenShape):
    """A token that was not revoked. Its secret is nowhere."""

    id: Id
    created_at: datetime


@area.read("/me/tokens", scope=READ, gives=Listed[TokenLine])
def list_tokens(request: ApiRequest, cursor: Start = "", limit: Limit = 25) -> Listed[TokenLine]:
    """Your tokens, the newest first, also those that have ended by themselves.

    A token is made on the page API tokens alone: it asks for your password.
    """
    rows, following = paged(queries.tokens_of(request.auth.person), cursor, limit)
    return Listed(items=[TokenLine.model_validate(row) for row in rows], next=following)


@area.deed("/me/tokens/{token_id}/revoke", scope=WRITE, gives=None, status=204)
def revoke_token(request: ApiRequest, token_id: Id) -> None:
    """End one of your tokens for good, also the one that you send."""
    key = request.auth
    token = access.token_for(key.person, token_id)
    services.revoke_token(token=token, now=key.now, actor_id=key.person.pk)
