"""Deeds and reads about endpoints: made, changed, switched off and on, removed; their log."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from aliquot.infra import audit, cache
from aliquot.infra.models import WebhookDelivery, WebhookEndpoint
from aliquot.infra.webhooks import addresses, signing
from aliquot.infra.webhooks.emitting import GENERATION
from aliquot.lib.errors import AliquotError, NotFoundError

MOST_ENDPOINTS = 50


class EndpointRefusedError(AliquotError):
    """An endpoint cannot be made so; ``field`` names what is wrong."""

    code = "endpoint_refused"

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def endpoints() -> QuerySet[WebhookEndpoint]:
    """Every endpoint that was not removed, the newest first."""
    return WebhookEndpoint.objects.filter(removed_at=None).order_by("-pk")


def endpoint_by_id(endpoint_id: int) -> WebhookEndpoint:
    """One of them. Raises NotFoundError."""
    found = endpoints().filter(pk=endpoint_id).first()
    if found is None:
        raise NotFoundError("There is no such webhook.")
    return found


def deliveries_of(endpoint: WebhookEndpoint) -> QuerySet[WebhookDelivery]:
    """The log: what was owed to an endpoint, the newest first."""
    return WebhookDelivery.objects.filter(endpoint=endpoint).order_by("-pk")


@transaction.atomic
def make_endpoint(
    *, url: str, events: Iterable[str], contact: str, now: datetime, actor_id: int
) -> WebhookEndpoint:
    """Subscribe an address. It is resolved now, and again before each message.

    Raises AddressRefusedError or EndpointRefusedError.
    """
    chosen = _checked(events)
    addresses.resolve(url)
    known = list(endpoints().select_for_update())
    if any(each.url == url for each in known):
        raise EndpointRefusedError("url", "This address is subscribed already.")
    if len(known) >= MOST_ENDPOINTS:
        raise EndpointRefusedError("url", "There are as many webhooks as there may be.")
    cache.raise_generation(GENERATION)
    endpoint = WebhookEndpoint.objects.create(
        url=url, events=chosen, contact=contact, salt=signing.new_salt(), made_at=now
    )
    audit.record(
        action="webhook.made",
        actor_id=actor_id,
        subject=endpoint,
        details={"url": url, "events": chosen},
    )
    return endpoint


@transaction.atomic
def change_endpoint(
    *, endpoint: WebhookEndpoint, events: Iterable[str], actor_id: int
) -> WebhookEndpoint:
    """Subscribe to other events; the same ones change nothing."""
    endpoint = WebhookEndpoint.objects.select_for_update().get(pk=endpoint.pk)
    chosen = _checked(events)
    if endpoint.events == chosen:
        return endpoint
    cache.raise_generation(GENERATION)
    endpoint.events = chosen
    endpoint.save(update_fields=["events"])
    audit.record(
        action="webhook.changed", actor_id=actor_id, subject=endpoint, details={"events": chosen}
    )
    return endpoint


@transaction.atomic
def switch_off(*, endpoint: WebhookEndpoint, now: datetime, actor_id: int) -> WebhookEndpoint:
    """Send nothing more for now; what is owed waits. Twice changes nothing."""
    endpoint = WebhookEndpoint.objects.select_for_update().get(pk=endpoint.pk)
    if endpoint.switched_off_at is None:
        endpoint.switched_off_at = now
        endpoint.save(update_fields=["switched_off_at"])
        audit.record(action="webhook.switched_off", actor_id=actor_id, subject=endpoint)
    return endpoint


@transaction.atomic
def switch_on(*, endpoint: WebhookEndpoint, actor_id: int) -> WebhookEndpoint:
    """Send again, what is owed first. Twice changes nothing."""
    endpoint = WebhookEndpoint.objects.select_for_update().get(pk=endpoint.pk)
    if endpoint.switched_off_at is not None:
        endpoint.switched_off_at = endpoint.failing_since = None
        endpoint.save(update_fields=["switched_off_at", "failing_since"])
        audit.record(action="webhook.switched_on", actor_id=actor_id, subject=endpoint)
    return endpoint


@transaction.atomic
def remove_endpoint(*, endpoint: WebhookEndpoint, now: datetime, actor_id: int) -> None:
    """Unsubscribe for good; the log stays. Twice changes nothing."""
    endpoint = WebhookEndpoint.objects.select_for_update().get(pk=endpoint.pk)
    if endpoint.removed_at is not None:
        return
    cache.raise_generation(GENERATION)
    endpoint.removed_at = now
    endpoint.save(update_fields=["removed_at"])
    audit.record(
        action="webhook.removed",
        actor_id=actor_id,
        subject=endpoint,
        details={"url": endpoint.url},
    )


@transaction.atomic
def replay(
    *, endpoint: WebhookEndpoint, delivery_id: int, now: datetime, actor_id: int
) -> WebhookDelivery:
    """Send a message again, under the same id. Raises NotFoundError."""
    rows = WebhookDelivery.objects.select_for_update().filter(endpoint=endpoint)
    delivery = rows.filter(pk=delivery_id).first()
    if delivery is None:
        raise NotFoundError("There is no such delivery.")
    delivery.delivered_at = delivery.given_up_at = None
    delivery.attempts, delivery.send_after = 0, now
    delivery.save(update_fields=["delivered_at", "given_up_at", "attempts", "send_after"])
    audit.record(
        action="webhook.replayed",
        actor_id=actor_id,
        subject=endpoint,
        details={"message": delivery.message_id},
    )
    from aliquot.infra.tasks import deliver_webhooks

    deliver_webhooks.enqueue()
    return delivery


def _checked(events: Iterable[str]) -> list[str]:
    asked = set(events)
    unknown = sorted(asked - set(settings.WEBHOOK_EVENTS))
    if unknown or not asked:
        accepted = ", ".join(settings.WEBHOOK_EVENTS)
        raise EndpointRefusedError("events", f"Choose at least one event of: {accepted}.")
    return [event for event in settings.WEBHOOK_EVENTS if event in asked]
