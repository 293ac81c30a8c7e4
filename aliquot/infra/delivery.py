"""Delivery of owed mail: each mail is claimed, sent, marked; at least once, hardly ever twice.

Claiming pushes ``send_after`` ahead by a lease, in its own short transaction, so two workers never
send the same mail at the same time and no transaction waits for a mail server. A worker that dies
between the server's answer and the mark leads to a second copy after the lease, with the same
``Message-ID``, which mail programs show once.

In the demonstration without a mail server, being in the outbox is being delivered.
"""

import random
import smtplib
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.smtp import EmailBackend
from django.db import transaction

from aliquot.infra import environment, storage
from aliquot.infra.models import OutboxMail, StoredFile

LEASE = timedelta(minutes=5)
SERVER_TIMEOUT_SECONDS = 10
RUN_SECONDS = 30  # at most this long in one run, so that a slow server cannot hold a worker
MAX_ATTEMPTS = 16  # with the waits below: about two days
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(hours=6)


class ServerDownError(Exception):
    """The mail server cannot be reached or refuses to talk: no other mail is tried now."""


def deliver_owed(*, now: datetime, is_over: Callable[[], bool] = lambda: False) -> int:
    """Deliver what is due, oldest first; returns how many mails were delivered.

    No other mail is begun once ``is_over()``. Raises ServerDownError after noting it on the mail
    that found out.
    """
    if not settings.MAIL_URL:
        return OutboxMail.objects.filter(sent_at=None, given_up_at=None).update(sent_at=now)
    delivered = 0
    until = time.monotonic() + RUN_SECONDS
    with _Server() as server:
        while time.monotonic() < until and not is_over():
            mail = _claim(now=now)
            if mail is None:
                break
            delivered += _deliver(mail, server, now=now)
    return delivered


def server_options(url: str) -> dict[str, Any]:
    """Read ``smtp://user:password@host:587`` (STARTTLS) or ``smtps://…:465`` (TLS at once).

    ``?starttls=off`` allows a server on the same machine or network without encryption.
    """
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    unknown = set(query) - {"starttls"}
    is_server = parts.hostname and environment.has_port(parts)
    if parts.scheme not in {"smtp", "smtps"} or not is_server or unknown:
        raise ImproperlyConfigured(
            "ALIQUOT_MAIL_URL must look like smtp://user:password@host:587 or smtps://…:465."
        )
    return {
        "host": parts.hostname,
        "port": parts.port,
        "username": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "use_tls": parts.scheme == "smtp" and query.get("starttls") != "off",
        "use_ssl": parts.scheme == "smtps",
        "timeout": SERVER_TIMEOUT_SECONDS,
    }


class _Server:
    """One connection to the mail server, opened when the first mail needs it."""

    def __init__(self) -> None:
        self.backend = EmailBackend(alias="delivery", **server_options(settings.MAIL_URL))

    def __enter__(self) -> "_Server":
        return self

    def __exit__(self, *_error: object) -> None:
        try:
            self.backend.close()
        except (OSError, smtplib.SMTPException):
            self.backend.connection = None

    def send(self, message: EmailMultiAlternatives) -> None:
        try:
            self.backend.open()
        except (OSError, smtplib.SMTPException) as error:
            raise ServerDownError(_words(error)) from error
        try:
            self.backend.send_messages([message])
        except (TimeoutError, ConnectionError, smtplib.SMTPServerDisconnected) as error:
            raise ServerDownError(_words(error)) from error


def _claim(*, now: datetime) -> OutboxMail | None:
    """Take the mail that waits longest; nobody else gets it while the lease lasts."""
    due = OutboxMail.objects.filter(sent_at=None, given_up_at=None, send_after__lte=now)
    if not due.exists():  # asked without a lock first: an empty outbox costs one read
        return None
    with transaction.atomic():
        mail = due.select_for_update(skip_locked=True).order_by("send_after", "id").first()
        if mail is not None:
            mail.attempts += 1
            mail.send_after = now + LEASE
            mail.save(update_fields=["attempts", "send_after"])
        return mail


def _deliver(mail: OutboxMail, server: _Server, *, now: datetime) -> int:
    try:
        server.send(_message(mail))
    except ServerDownError as error:
        _note_failure(mail, str(error), now=now, final=False)
        raise
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        _note_failure(mail, _words(error), now=now, final=all(code >= 500 for code in codes))
    except (smtplib.SMTPException, OSError, ValueError, storage.DamagedFileError) as error:
        _note_failure(mail, _words(error), now=now, final=False)
    else:
        OutboxMail.objects.filter(pk=mail.pk).update(sent_at=now, last_error="")
        return 1
    return 0


def _note_failure(mail: OutboxMail, words: str, *, now: datetime, final: bool) -> None:
    """Remember why, and try later; an address refused for good is not tried again."""
    over = final or mail.attempts >= MAX_ATTEMPTS
    OutboxMail.objects.filter(pk=mail.pk, sent_at=None).update(
        last_error=words,
        send_after=now + wait_after(mail.attempts),
        given_up_at=now if over else None,
    )


def wait_after(attempts: int) -> timedelta:
    """Exponential back-off with jitter: between half and the whole of the step."""
    step: timedelta = min(FIRST_WAIT * 2 ** (attempts - 1), LONGEST_WAIT)
    return step * random.uniform(0.5, 1)  # noqa: S311 (spreads load, guards nothing)


def _message(mail: OutboxMail) -> EmailMultiAlternatives:
    host = urlsplit(settings.SITE_URL).hostname
    message = EmailMultiAlternatives(
        subject=mail.subject,
        body=mail.text,
        from_email=mail.sender,
        to=mail.recipients,
        headers={
            "Message-ID": f"<outbox.{mail.pk}.{mail.created_at:%Y%m%d%H%M%S%f}@{host}>",
            "Auto-Submitted": "auto-generated",
            **mail.headers,
        },
    )
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    for part in mail.attachments:
        file = StoredFile.objects.get(pk=part["file_id"])
        message.attach(part["name"], storage.read(file), part["type"])
    return message


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())}"[:500]
