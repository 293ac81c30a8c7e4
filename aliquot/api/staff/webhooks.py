"""Webhooks by program: subscribing, the log, sending again."""

from datetime import datetime
from typing import Annotated

from django.conf import settings
from pydantic import Field, StrictStr

from aliquot.accounts import access
from aliquot.api.frame import (
    ApiRequest,
    Area,
    Id,
    Limit,
    Listed,
    Shape,
    Start,
    Taken,
    one_of,
    paged,
)
from aliquot.infra import webhooks
from aliquot.infra.models import WebhookEndpoint

READ, WRITE = "staff-webhooks:read", "staff-webhooks:write"
area = Area("Back office: webhooks", may=access.can_administer)
Event = one_of(settings.WEBHOOK_EVENTS, empty=False)


class WebhookShape(Shape):
    """An address that is told of events."""

    id: Id
    url: str
    events: list[str]
    made_at: datetime
    failing_since: datetime | None
    switched_off_at: datetime | None


class MadeWebhook(WebhookShape):
    """With its secret, for the receiver."""

    secret: Annotated[str, Field(description="Standard Webhooks: whsec_ and base64.")]


class DeliveryShape(Shape):
    """A message that was owed to an address."""

    id: Id
    event: str
    message_id: str
    created_at: datetime
    attempts: int
    last_status: int | None
    last_error: str
    delivered_at: datetime | None
    given_up_at: datetime | None


class WebhookIn(Taken):
    """An address and what it is told of."""

    url: Annotated[StrictStr, Field(max_length=500)]
    events: Annotated[list[Event], Field(min_length=1, max_length=10)]  # type: ignore[valid-type]


@area.read("/staff/webhooks", scope=READ, gives=Listed[WebhookShape])
def list_webhooks(
    request: ApiRequest, cursor: Start = "", limit: Limit = 25
) -> Listed[WebhookShape]:
    """Every webhook, the newest first."""
    rows, following = paged(webhooks.endpoints(), cursor, limit)
    return Listed(items=[WebhookShape.model_validate(row) for row in rows], next=following)


@area.make("/staff/webhooks", scope=WRITE, gives=MadeWebhook)
def make_webhook(request: ApiRequest, body: WebhookIn) -> MadeWebhook:
    """Subscribe a public https address.

    One address is subscribed once: sent again, it is refused (422), so no Idempotency-Key is
    taken and no secret is kept with one.
    """
    key = request.auth
    made = webhooks.make_endpoint(
        url=body.url,
        events=body.events,
        contact=key.person.email,
        now=key.now,
        actor_id=key.person.pk,
    )
    shape = WebhookShape.model_validate(made)
    return MadeWebhook(**shape.model_dump(), secret=webhooks.secret_of(made))


@area.read("/staff/webhooks/{webhook_id}", scope=READ, gives=WebhookShape)
def get_webhook(request: ApiRequest, webhook_id: Id) -> WebhookShape:
    """One webhook."""
    return WebhookShape.model_validate(webhooks.endpoint_by_id(webhook_id))


@area.deed("/staff/webhooks/{webhook_id}/switch-off", scope=WRITE, gives=WebhookShape)
def switch_webhook_off(request: ApiRequest, webhook_id: Id) -> WebhookShape:
    """Send nothing more for now; what happens meanwhile is owed."""
    endpoint = webhooks.endpoint_by_id(webhook_id)
    key = request.auth
    return WebhookShape.model_validate(
        webhooks.switch_off(endpoint=endpoint, now=key.now, actor_id=key.person.pk)
    )


@area.deed("/staff/webhooks/{webhook_id}/switch-on", scope=WRITE, gives=WebhookShape)
def switch_webhook_on(request: ApiRequest, webhook_id: Id) -> WebhookShape:
    """Send again, what is owed first."""
    endpoint = webhooks.endpoint_by_id(webhook_id)
    return WebhookShape.model_validate(
        webhooks.switch_on(endpoint=endpoint, actor_id=request.auth.person.pk)
    )


@area.deed("/staff/webhooks/{webhook_id}/remove", scope=WRITE, gives=None, status=204)
def remove_webhook(request: ApiRequest, webhook_id: Id) -> None:
    """Unsubscribe for good."""
    endpoint: WebhookEndpoint = webhooks.endpoint_by_id(webhook_id)
    key = request.auth
    webhooks.remove_endpoint(endpoint=endpoint, now=key.now, actor_id=key.person.pk)


@area.read("/staff/webhooks/{webhook_id}/deliveries", scope=READ, gives=Listed[DeliveryShape])
def list_deliveries(
    request: ApiRequest, webhook_id: Id, cursor: Start = "", limit: Limit = 25
) -> Listed[DeliveryShape]:
    """What was owed to an address in the last 90 days, the newest first."""
    endpoint = webhooks.endpoint_by_id(webhook_id)
    rows, following = paged(webhooks.deliveries_of(endpoint), cursor, limit)
    return Listed(items=[DeliveryShape.model_validate(row) for row in rows], next=following)


@area.deed(
    "/staff/webhooks/{webhook_id}/deliveries/{delivery_id}/replay",
    scope=WRITE,
    gives=DeliveryShape,
)
def replay_delivery(request: ApiRequest, webhook_id: Id, delivery_id: Id) -> DeliveryShape:
    """Send a message again, under the same webhook-id."""
    key = request.auth
    again = webhooks.replay(
        endpoint=webhooks.endpoint_by_id(webhook_id),
        delivery_id=delivery_id,
        now=key.now,
        actor_id=key.person.pk,
    )
    return DeliveryShape.model_validate(again)
