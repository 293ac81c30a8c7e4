"""An application that does nothing: what the web server itself costs."""

from collections.abc import Callable, Iterable
from typing import Any

_ANSWER = b"ok"


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Two bytes, always."""
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "2")])
    return [_ANSWER]
