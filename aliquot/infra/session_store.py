"""Sessions in the framework's table, read by a statement worked out once (``SESSION_ENGINE``)."""

from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.utils import timezone

from aliquot.infra.statements import Given, Statement

_living: Statement[str] = Statement(
    str,
    lambda: Session.objects.filter(
        session_key=Given("key"), expire_date__gt=Given("now")
    ).values_list("session_data"),
)


class SessionStore(db.SessionStore):
    """The framework's, but for how a session is loaded: every page of a signed-in person does."""

    def load(self) -> dict[str, Any]:
        """What the session holds; a key that is unknown or too old is forgotten."""
        rows = _living.rows(key=self.session_key or "", now=timezone.now())
        if not rows:
            self._session_key = None
            return {}
        found: dict[str, Any] = self.decode(rows[0])
        return found
