"""Outgoing webhooks: events owed to addresses that people typed.

A deed calls ``emit`` in its own transaction; a job delivers, signed as Standard Webhooks has it
(standardwebhooks.com), with growing waits. An address is resolved, checked and pinned each time it
is spoken to: nobody inside our network is ever reached (``addresses``).
"""

from aliquot.infra.webhooks.delivery import deliver_due
from aliquot.infra.webhooks.emitting import emit, emit_many, is_wanted
from aliquot.infra.webhooks.endpoints import (
    change_endpoint,
    deliveries_of,
    endpoint_by_id,
    endpoints,
    make_endpoint,
    remove_endpoint,
    replay,
    switch_off,
    switch_on,
)
from aliquot.infra.webhooks.signing import secret_of

__all__ = [
    "change_endpoint",
    "deliver_due",
    "deliveries_of",
    "emit",
    "emit_many",
    "endpoint_by_id",
    "endpoints",
    "is_wanted",
    "make_endpoint",
    "remove_endpoint",
    "replay",
    "secret_of",
    "switch_off",
    "switch_on",
]
