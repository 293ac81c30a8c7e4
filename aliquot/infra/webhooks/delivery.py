"""Delivering what is owed: claimed, sent, marked; at least once, with growing waits.

An endpoint that took nothing for days is switched off, and its contact is told by mail. 410 says
that it is gone for good.
"""

import random
import time
from datetime import datetime, timedelta

from django.db import transaction

from aliquot.infra import audit, outbox
from aliquot.infra.models import WebhookDelivery, WebhookEndpoint
from aliquot.infra.webhooks import addresses, sending, signing

LEASE = timedelta(minutes=5)
RUN_SECONDS = 30.0
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(hours=6)
MAX_ATTEMPTS = 18  # with the waits above: about three days
DEAD_AFTER = timedelta(days=5)
GONE = 410


def deliver_due(*, now: datetime) -> int:
    """Send what is due, oldest first, for a while; returns how many were taken."""
    taken = 0
    until = time.monotonic() + RUN_SECONDS
    while time.monotonic() < until and (delivery := _claim(now=now)) is not None:
        taken += _deliver(delivery, now=now)
    return taken


def _claim(*, now: datetime) -> WebhookDelivery | None:
    """Take what waits longest; nobody else gets it while the lease lasts."""
    due = WebhookDelivery.objects.filter(
        delivered_at=None,
        given_up_at=None,
        send_after__lte=now,
        endpoint__removed_at=None,
        endpoint__switched_off_at=None,
    )
    if not due.exists():
        return None
    with transaction.atomic():
        locked = due.select_for_update(skip_locked=True, of=("self",))
        delivery = locked.select_related("endpoint").order_by("send_after", "id").first()
        if delivery is not None:
            delivery.attempts += 1
            delivery.send_after = now + LEASE
            delivery.save(update_fields=["attempts", "send_after"])
        return delivery


def _deliver(delivery: WebhookDelivery, *, now: datetime) -> int:
    reply = _sent(delivery, now)
    if reply.is_well:
        WebhookDelivery.objects.filter(pk=delivery.pk).update(
            delivered_at=now, last_status=reply.status, last_error=""
        )
        WebhookEndpoint.objects.filter(pk=delivery.endpoint_id).update(failing_since=None)
        return 1
    is_over = delivery.attempts >= MAX_ATTEMPTS or reply.status == GONE
    WebhookDelivery.objects.filter(pk=delivery.pk, delivered_at=None).update(
        last_status=reply.status,
        last_error=reply.error,
        send_after=now + wait_after(delivery.attempts),
        given_up_at=now if is_over else None,
    )
    _note_failure(delivery.endpoint_id, now=now, is_gone=reply.status == GONE)
    return 0


def _sent(delivery: WebhookDelivery, now: datetime) -> sending.Reply:
    try:
        target = addresses.resolve(delivery.endpoint.url)
    except addresses.AddressRefusedError as refusal:
        return sending.Reply(None, refusal.message)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Aliquot-Webhooks/1",
        **signing.headers_for(
            delivery.endpoint,
            message_id=delivery.message_id,
            moment=int(now.timestamp()),
            body=delivery.body,
        ),
    }
    return sending.post(target, delivery.body.encode(), headers)


@transaction.atomic
def _note_failure(endpoint_id: int, *, now: datetime, is_gone: bool) -> None:
    """Since when an endpoint fails; too long, and it is switched off with notice, once."""
    endpoint = WebhookEndpoint.objects.select_for_update().get(pk=endpoint_id)
    if endpoint.switched_off_at is not None:
        return
    endpoint.failing_since = endpoint.failing_since or now
    is_dead = is_gone or now - endpoint.failing_since >= DEAD_AFTER
    endpoint.switched_off_at = now if is_dead else None
    endpoint.save(update_fields=["failing_since", "switched_off_at"])
    if not is_dead:
        return
    why = "it answered that it is gone" if is_gone else "it took nothing for days"
    audit.record(
        action="webhook.switched_off", actor_id=None, subject=endpoint, details={"reason": why}
    )
    outbox.send_template(
        to=endpoint.contact,
        template="infra/mail/webhook_off",
        context={"url": endpoint.url, "why": why, "since": endpoint.failing_since.date()},
    )


def wait_after(attempts: int) -> timedelta:
    """Exponential back-off with jitter: between half and the whole of the step."""
    step: timedelta = min(FIRST_WAIT * 2 ** (attempts - 1), LONGEST_WAIT)
    return step * random.uniform(0.5, 1)  # noqa: S311 (spreads load, guards nothing)
