"""Owing an event to everybody who subscribed to it, in the transaction of its cause."""

import json
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection

from aliquot.infra import cache
from aliquot.infra.models import WebhookDelivery, WebhookEndpoint

GENERATION = "webhooks"  # raised when somebody subscribes, changes or leaves


def emit(*, event: str, data: Mapping[str, Any], now: datetime) -> int:
    """Owe one event; returns to how many endpoints. ``data`` is plain JSON."""
    return emit_many(event=event, each=[data], now=now)


def emit_many(*, event: str, each: Iterable[Mapping[str, Any]], now: datetime) -> int:
    """Owe events of one kind; one statement for any number, none if nobody subscribed."""
    if event not in settings.WEBHOOK_EVENTS:
        raise ValueError(f"{event} is no event of settings.WEBHOOK_EVENTS.")
    if not connection.in_atomic_block:
        raise RuntimeError(f"{event}: an event needs the transaction of its cause.")
    endpoints = _subscribed(event)
    if not endpoints:
        return 0
    owed = [
        _delivery(endpoint, event, message_id, body, now)
        for message_id, body in [(_message_id(), _body(event, data, now)) for data in each]
        for endpoint in endpoints
    ]
    WebhookDelivery.objects.bulk_create(owed, batch_size=500)
    if owed:
        from aliquot.infra.tasks import deliver_webhooks

        deliver_webhooks.enqueue()
    return len(owed)


def is_wanted(event: str) -> bool:
    """Whether anybody subscribed, for callers to whom the data costs something."""
    return bool(_subscribed(event))


def _subscribed(event: str) -> list[int]:
    """Ids of the endpoints that are told of an event; what is switched off is owed, not sent."""
    kept = cache.remember(["webhook subscriptions"], [GENERATION], _subscriptions)
    return [endpoint_id for endpoint_id, events in kept if event in events]


def _subscriptions() -> list[tuple[int, list[str]]]:
    return list(WebhookEndpoint.objects.filter(removed_at=None).values_list("pk", "events"))


def _delivery(
    endpoint_id: int, event: str, message_id: str, body: str, now: datetime
) -> WebhookDelivery:
    return WebhookDelivery(
        endpoint_id=endpoint_id,
        event=event,
        message_id=message_id,
        body=body,
        created_at=now,
        send_after=now,
    )


def _message_id() -> str:
    return f"msg_{secrets.token_urlsafe(18)}"


def _body(event: str, data: Mapping[str, Any], now: datetime) -> str:
    document = {"type": event, "timestamp": now.isoformat(), "data": data}
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))
