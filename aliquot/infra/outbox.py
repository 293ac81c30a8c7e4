"""The mail outbox, which is the mail backend.

Sending a mail writes a row in the present transaction: it is owed exactly if its cause is
committed. ``infra.delivery`` brings it to the mail server later.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.template import Context, TemplateDoesNotExist
from django.template.loader import get_template

from aliquot.infra import clock, rows, storage
from aliquot.infra.models import OutboxMail


class OutboxBackend(BaseEmailBackend):
    """Writes each mail as a row in the present transaction; a job delivers it."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Store the messages that have a recipient; returns how many."""
        owed = [message for message in email_messages if message.recipients()]
        for message in owed:
            _keep(message)
        return len(owed)


class TimedMail(EmailMultiAlternatives):
    """A mail that is owed now and goes out from a moment on; None: at once."""

    send_after: datetime | None = None


def send_template(
    *,
    to: str | Sequence[str],
    template: str,
    context: Mapping[str, Any],
    headers: Mapping[str, str] | None = None,
    send_after: datetime | None = None,
) -> None:
    """Write a mail from ``<template>.subject.txt``, ``<template>.txt`` and, if there, ``.html``.

    ``context`` gains ``site_url``. Text is not escaped, HTML is. With ``send_after`` it is
    delivered then, not before: somebody sleeps.
    """
    values = {"site_url": settings.SITE_URL, **context}
    message = TimedMail(
        subject=" ".join(_plain(f"{template}.subject.txt", values).split()),
        body=_plain(f"{template}.txt", values),
        to=[to] if isinstance(to, str) else list(to),
        headers=dict(headers or {}),
    )
    message.send_after = send_after
    try:
        html = get_template(f"{template}.html")
    except TemplateDoesNotExist:
        html = None
    if html is not None:
        message.attach_alternative(html.render(values), "text/html")
    message.send()


def _plain(name: str, values: dict[str, Any]) -> str:
    """Render a text template: an apostrophe in a name must not become ``&#x27;``."""
    template: Any = get_template(name)
    rendered: str = template.template.render(Context(values, autoescape=False))
    return rendered.strip() + "\n"


def _keep(message: EmailMessage) -> OutboxMail:
    moment = clock.now()
    headers = {name: str(value) for name, value in message.extra_headers.items()}
    if message.reply_to:
        headers["Reply-To"] = ", ".join(message.reply_to)
    alternatives = getattr(message, "alternatives", [])
    html = [part.content for part in alternatives if part.mimetype == "text/html"]
    later = message.send_after if isinstance(message, TimedMail) else None
    return rows.insert(
        OutboxMail(
            created_at=moment,
            send_after=later or moment,
            recipients=message.recipients(),
            sender=message.from_email,
            subject=" ".join(str(message.subject).split()),
            text=str(message.body),
            html=str(html[0]) if html else "",
            headers=headers,
            attachments=[_kept_attachment(part) for part in message.attachments],
        )
    )


def _kept_attachment(part: Any) -> dict[str, Any]:
    content = part.content.encode() if isinstance(part.content, str) else part.content
    media_type = part.mimetype or storage.UNKNOWN
    file = storage.store(content, media_type=media_type, now=clock.now())
    return {"name": part.filename, "type": media_type, "file_id": file.pk}
