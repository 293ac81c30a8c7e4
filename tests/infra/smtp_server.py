"""A mail server of our own on a port of its own: takes mail, refuses as told, or falls silent."""

import email
import email.policy
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage


@dataclass
class MailServer:
    """What arrived, and how to behave."""

    port: int = 0
    received: list[EmailMessage] = field(default_factory=list)
    refuse: dict[str, int] = field(default_factory=dict)  # address: SMTP code
    silent: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}?starttls=off"


class Handler(socketserver.StreamRequestHandler):
    """The few verbs that smtplib speaks."""

    def say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")

    def handle(self) -> None:
        state: MailServer = self.server.state  # type: ignore[attr-defined]
        if state.silent:
            self.rfile.read()
            return
        self.say("220 ready")
        while line := self.rfile.readline().decode().strip():
            verb = line.split()[0].upper()
            if verb in {"EHLO", "HELO", "MAIL", "RSET", "NOOP"}:
                self.say("250 fine")
            elif verb == "RCPT":
                address = line[line.index("<") + 1 : line.index(">")]
                code = state.refuse.get(address, 250)
                self.say(f"{code} {'fine' if code == 250 else 'refused'}")
            elif verb == "DATA":
                self.take(state)
            else:
                self.say("221 bye")
                return

    def take(self, state: MailServer) -> None:
        self.say("354 go on")
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line[1:] if line.startswith(b".") else line)
        message = email.message_from_bytes(b"".join(lines), policy=email.policy.default)
        with state.lock:
            state.received.append(message)
        self.say("250 taken")


class ThreadedServer(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """A running mail server."""
    with ThreadedServer(("127.0.0.1", 0), Handler) as server:
        state = MailServer(port=server.server_address[1])
        server.state = state  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield state
        finally:
            server.shutdown()
            thread.join()
