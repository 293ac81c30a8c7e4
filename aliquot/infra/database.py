"""Fewer questions to the database about itself."""

import time

from django.db import connection

FRESH = 1.0  # seconds after its last use in which a connection is believed to be alive


def believe_fresh_connection() -> None:
    """At the start of a request: do not ask "are you there?" of what answered a moment ago.

    Django asks once a request; a server under load asks hundreds of times a second. What broke
    within the second fails one request and is then opened anew.
    """
    used = getattr(connection, "last_used", None)
    if used is not None and time.monotonic() - used < FRESH and connection.connection is not None:
        connection.health_check_done = True  # type: ignore[attr-defined]


def note_use() -> None:
    """At the end of a request: the connection has answered, if it did not fail."""
    if connection.connection is not None and not connection.errors_occurred:
        connection.last_used = time.monotonic()  # type: ignore[attr-defined]
