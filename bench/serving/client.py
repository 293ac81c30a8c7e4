"""A small HTTP client: kept-alive connections, ready-made requests, and nothing else to wait for.

It costs about a tenth of a millisecond a request, so that what is measured is the server.
"""

import json
import re
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

# As a browser behind the proxy of the production profile sends it.
HOST = "bench.example.org"
ORIGIN = f"https://{HOST}"
TOKEN = "b" * 32  # CSRF: the same in cookie and header
PATIENCE = 60.0
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_LOCATION = re.compile(rb"\r\nlocation: *([^\r]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back."""

    status: int
    location: str
    body: bytes
    size: int


def request(
    path: str,
    *,
    cookie: str = "",
    body: bytes | None = None,
    content_type: str = "application/json",
    address: str = "192.0.2.1",
    more: str = "",
) -> bytes:
    """One request as bytes; with a body it is a POST that passes the CSRF check."""
    cookies = f"__Host-csrf={TOKEN}; {cookie}" if body is not None else cookie
    lines = [
        f"{'GET' if body is None else 'POST'} {path} HTTP/1.1",
        f"Host: {HOST}",
        "X-Forwarded-Proto: https",
        f"X-Forwarded-For: {address}",
        "Accept: text/html,application/json;q=0.9",
        "User-Agent: bench",
    ]
    if cookies:
        lines.append(f"Cookie: {cookies}")
    if body is not None:
        lines += [f"Origin: {ORIGIN}", f"Referer: {ORIGIN}/", f"X-CSRFToken: {TOKEN}"]
        lines += [f"Content-Type: {content_type}", f"Content-Length: {len(body)}"]
    if more:
        lines.append(more)
    return "\r\n".join([*lines, "", ""]).encode() + (body or b"")


def as_json(data: object) -> bytes:
    """A JSON body."""
    return json.dumps(data).encode()


class Connection:
    """One kept-alive connection; opened again when the server has closed it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._socket: socket.socket | None = None

    def ask(self, sent: bytes) -> Reply:
        """Send a request and read the whole reply."""
        for is_last in (False, True):
            try:
                return self._ask(sent)
            except (BrokenPipeError, ConnectionResetError, _ClosedError):
                self.close()
                if is_last:
                    raise
        raise AssertionError

    def close(self) -> None:
        """Let go of it."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _ask(self, sent: bytes) -> Reply:
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self._port), timeout=PATIENCE)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(sent)
        got = b""
        while b"\r\n\r\n" not in got:
            got += self._more()
        head, _, body = got.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        wanted = int(length[1]) if length else 0
        pieces, size = [body], len(body)
        while size < wanted:
            pieces.append(self._more())
            size += len(pieces[-1])
        location = _LOCATION.search(head)
        if b"\r\nConnection: close" in head:
            self.close()
        return Reply(
            status=int(head[9:12]),
            location=location[1].decode() if location else "",
            body=b"".join(pieces),
            size=len(head) + 4 + size,
        )

    def _more(self) -> bytes:
        assert self._socket is not None
        piece = self._socket.recv(65536)
        if not piece:
            raise _ClosedError
        return piece


class _ClosedError(Exception):
    pass


# One unit of work: asks over a connection, returns the bytes received. Raises when it went wrong.
type Unit = Callable[[Connection], int]


@dataclass
class Load:
    """What happened while units were worked off."""

    seconds: float = 0
    sizes: int = 0
    requests: int = 0
    times: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def work_off(units: Iterable[Unit], *, port: int, at_once: int) -> Load:
    """Let so many connections work the units off, each asking for the next when it is done."""
    load, lock, waiting = Load(), threading.Lock(), iter(units)

    def one() -> None:
        connection = Connection(port)
        for unit in _shared(waiting, lock):
            begun = time.perf_counter()
            try:
                size = unit(connection)
            except Exception as error:  # noqa: BLE001 (whatever it was, it is reported)
                load.wrong.append(f"{type(error).__name__}: {error}")
                connection.close()
                continue
            load.times.append(time.perf_counter() - begun)
            load.sizes += size
        connection.close()

    begun = time.perf_counter()
    threads = [threading.Thread(target=one) for _ in range(at_once)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    load.seconds = time.perf_counter() - begun
    return load


def _shared(waiting: Iterator[Unit], lock: threading.Lock) -> Iterator[Unit]:
    while True:
        with lock:
            unit = next(waiting, None)
        if unit is None:
            return
        yield unit
