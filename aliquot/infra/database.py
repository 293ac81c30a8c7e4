"""Fewer questions to the database about itself, and fewer savepoints."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import connection, transaction

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


def joined[**Values, Result](deed: Callable[Values, Result]) -> Callable[Values, Result]:
    """One transaction around a deed, as ``transaction.atomic``; inside another deed it is that one.

    Without a savepoint in between: for deeds that are steps of a story. Should the story go on
    although such a step failed, its next statement fails, so nothing half done is ever kept.
    """

    @wraps(deed)
    def whole(*args: Values.args, **kwargs: Values.kwargs) -> Result:
        with transaction.atomic(savepoint=not _is_within_deed()):
            return deed(*args, **kwargs)

    return whole


def _is_within_deed() -> bool:
    """Whether a transaction runs; the one around a whole test does not count."""
    blocks: list[Any] = connection.atomic_blocks
    return any(not block._from_testcase for block in blocks)
