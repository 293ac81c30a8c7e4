"""One POST to a checked address: pinned, without redirects, bounded in time and size."""

import http.client
import socket
import ssl
import threading
from contextlib import suppress
from dataclasses import dataclass

from aliquot.infra.webhooks.addresses import Target

# Connecting and the handshake of TLS have so long each, so that the socket that the watchdog cuts
# is there before it looks.
CONNECT_SECONDS, TOTAL_SECONDS = 4.0, 10.0
LARGEST_REPLY = 4096


@dataclass(frozen=True, slots=True)
class Reply:
    """What the receiver answered; ``status`` None: nothing, for the reason in ``error``."""

    status: int | None
    error: str

    @property
    def is_well(self) -> bool:
        """Whether the receiver took the message."""
        return self.status is not None and 200 <= self.status < 300


class _Pinned(http.client.HTTPSConnection):
    """Connects to an address that was checked; the certificate must be the name's."""

    def __init__(self, target: Target, address: str) -> None:
        context = ssl.create_default_context()
        super().__init__(target.host, target.port, timeout=CONNECT_SECONDS, context=context)
        self.target, self.address, self.tls = target, address, context

    def connect(self) -> None:
        plain = socket.create_connection((self.address, self.target.port), self.timeout)
        if self.target.scheme == "http":  # the demonstration only; addresses.check_shape
            self.sock = plain
        else:
            self.sock = self.tls.wrap_socket(plain, server_hostname=self.target.host)
        self.sock.settimeout(TOTAL_SECONDS)


def post(target: Target, body: bytes, headers: dict[str, str]) -> Reply:
    """Send and read the status. A receiver that drips its answer is cut off."""
    connection = _Pinned(target, target.addresses[0])
    watchdog = threading.Timer(TOTAL_SECONDS, _cut, [connection])
    watchdog.daemon = True
    watchdog.start()
    try:
        connection.request("POST", target.path, body, headers)
        answer = connection.getresponse()
        answer.read(LARGEST_REPLY)
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Reply(None, f"{type(error).__name__}: {' '.join(str(error).split())}"[:300])
    finally:
        watchdog.cancel()
        connection.close()
    if 300 <= answer.status < 400:
        return Reply(answer.status, "Redirects are not followed.")
    return Reply(answer.status, "" if 200 <= answer.status < 300 else f"Answered {answer.status}.")


def _cut(connection: http.client.HTTPSConnection) -> None:
    with suppress(OSError, AttributeError):
        connection.sock.shutdown(socket.SHUT_RDWR)
