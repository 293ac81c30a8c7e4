"""Ports for servers that tests, measurements and experiments start."""

import secrets
import socket

# Below those that the system lends to whoever connects: it may lend one before its server is up.
FIRST, COUNT = 20_000, 12_000
_marks: list[socket.socket] = []


def free_port() -> int:
    """A port that nobody listens on, and that nobody else is given while this process lives.

    Other processes ask here, too: a mark on the same number, of the other protocol, tells them.
    """
    while True:
        port = FIRST + secrets.randbelow(COUNT)
        mark = socket.socket(type=socket.SOCK_DGRAM)
        with socket.socket() as probe:
            try:
                mark.bind(("127.0.0.1", port))
                probe.bind(("127.0.0.1", port))
            except OSError:
                mark.close()
                continue
        _marks.append(mark)
        return port
