"""The id of the request, job or command at work: in logs, audit rows and error pages."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_current: ContextVar[str] = ContextVar("trace_id", default="")


def current() -> str:
    """The id at work in this thread, or ``""`` outside of any request or job."""
    return _current.get()


@contextmanager
def tracing(trace_id: str = "") -> Iterator[str]:
    """Give the work inside an id; a new random one unless told."""
    chosen = trace_id or secrets.token_hex(8)
    token = _current.set(chosen)
    try:
        yield chosen
    finally:
        _current.reset(token)
