"""Receiving a gateway's event: verified, kept as it came, and left to a job."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from aliquot.commerce import services
from aliquot.commerce.adapters.gateways import LARGEST_EVENT, gateway, names_on
from aliquot.commerce.models import GatewayEvent
from aliquot.flows import tasks
from aliquot.lib.errors import NotFoundError

__all__ = ["LARGEST_EVENT", "receive_event"]


def receive_event(
    *, gateway_name: str, body: bytes, headers: Mapping[str, str], now: datetime
) -> GatewayEvent:
    """Keep an event and enqueue the job that acts on it, in one transaction.

    Sent again it is the same row and no second job. Raises ForgedEventError, and NotFoundError for
    a gateway that is not switched on.
    """
    if gateway_name not in names_on():
        raise NotFoundError("There is no such gateway.")
    happened = gateway(gateway_name).read_event(body, headers, now=now)
    with transaction.atomic():
        event, is_new = services.store_event(
            gateway=gateway_name, happened=happened, raw=body, now=now
        )
        if is_new:
            tasks.process_event.enqueue(event.pk)
    return event
