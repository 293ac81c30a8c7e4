"""The mail outbox, which is the mail backend."""

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from aliquot.infra import clock
from aliquot.infra.models import OutboxMail


class OutboxBackend(BaseEmailBackend):
    """Writes each mail as a row in the present transaction; a job delivers it."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Store the messages; returns how many."""
        moment = clock.now()
        for message in email_messages:
            html = next(
                (
                    part.content
                    for part in getattr(message, "alternatives", [])
                    if part.mimetype == "text/html"
                ),
                "",
            )
            OutboxMail.objects.create(
                created_at=moment,
                send_after=moment,
                recipients=message.recipients(),
                sender=message.from_email,
                subject=message.subject,
                text=message.body,
                html=html,
                headers=message.extra_headers,
            )
        return len(email_messages)
