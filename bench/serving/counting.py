"""``python -m bench.serving.counting PREPARED TARGET``: works off one unit each in this process.

The application is called as a web server calls it, through a stand-in for the connection.
"""

import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django

django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connection  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from bench.serving.client import Connection, Reply, Unit  # noqa: E402
from bench.serving.works import WORKS, Work  # noqa: E402

OF_EACH_READER = {"dashboard", "player"}  # each has courses that nobody else reads now
_FRAME = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "SET ")


class Inside(Connection):
    """A connection that leads into this very process."""

    def __init__(self) -> None:
        super().__init__(0)
        self._application = get_wsgi_application()

    def ask(self, sent: bytes) -> Reply:
        """Call the application with the request."""
        head, _, body = sent.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        method, target, _ = first.split(" ")
        path, _, query = target.partition("?")
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query,
            "SERVER_NAME": "bench", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1",
            "wsgi.input": io.BytesIO(body), "wsgi.url_scheme": "http", "REMOTE_ADDR": "127.0.0.1",
        }  # fmt: skip
        for line in lines:
            name, _, value = line.partition(": ")
            key = name.upper().replace("-", "_")
            environ[key if key.startswith("CONTENT_") else f"HTTP_{key}"] = value
        told: dict[str, Any] = {}

        def start_response(status: str, headers: list[tuple[str, str]]) -> None:
            told.update(status=int(status[:3]), headers=dict(headers))

        response = self._application(environ, start_response)
        content = b"".join(response)
        location = told["headers"].get("Location", "")
        return Reply(told["status"], location, content, len(content))


def warm_units(known: dict[str, Any], inside: Inside) -> Iterator[tuple[Work, Unit]]:
    """One unit of each work, when what a process holds of it is held."""
    for name in ("takers", "finishers"):  # used up from the other end than by the measurement
        known[name].reverse()
    for work in WORKS:
        units = work.make(known)
        for _ in range(len(known["readers"]) if work.key in OF_EACH_READER else 1):
            next(units)(inside)
        yield work, next(units)


def main(prepared: Path, target: Path) -> None:
    """Count one unit of each work when what a process holds of it is held."""
    known, inside, found = json.loads(prepared.read_text()), Inside(), {}
    connection.force_debug_cursor = True
    for work, unit in warm_units(known, inside):
        with CaptureQueriesContext(connection) as captured:
            unit(inside)
        counted = [each["sql"] for each in captured if not each["sql"].startswith(_FRAME)]
        found[work.key] = len(counted)
        if "-v" in sys.argv:
            print(work.key, *counted, sep="\n  ")
    target.write_text(json.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
