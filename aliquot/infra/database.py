"""Fewer questions to the database about itself, fewer savepoints, and fewer plans."""

import time
from collections.abc import Callable
from functools import cache, wraps
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

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


def planning_once() -> CursorWrapper:
    """A cursor for statements asked again and again with other values.

    PostgreSQL plans each of them once for a connection (a prepared statement), where that is
    possible: not behind a pooler, whose next transaction may meet another server process.
    """
    cursor = connection.cursor()
    if connection.vendor == "postgresql" and _is_direct(cursor):
        cursor.cursor = _preparing()(connection.connection)
    return cursor


def _is_direct(cursor: CursorWrapper) -> bool:
    """Whether the server itself answers: a pooler tells another process number at the start.

    Asked once for each connection, so that no setting can be forgotten.
    """
    raw: Any = connection.connection
    known: bool | None = getattr(raw, "is_direct", None)
    if known is None:
        cursor.cursor.execute("SELECT pg_backend_pid()")
        known = raw.is_direct = cursor.cursor.fetchone() == (raw.info.backend_pid,)
        raw.prepare_threshold = 0 if known else None
    return known


@cache
def _preparing() -> Callable[[Any], Any]:
    """The driver's plain cursor: values go beside the text, which is kept prepared."""
    from psycopg import Cursor
    from psycopg.types.numeric import Int8

    class Preparing(Cursor[Any]):  # the framework's own cursor writes values into the text
        def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
            """Whole numbers have one size, or each size would be a statement of its own."""
            if params is not None:
                params = [Int8(each) if type(each) is int else each for each in params]
            return super().execute(query, params, **options)

    return Preparing
