"""Payment gateways behind one interface, one folder each with the same files.

To add one: 1. copy ``offline/`` to a folder named as the gateway, and answer every method of
``Gateway`` in its ``gateway.py``; 2. read its secrets in ``settings.py`` and refuse there what is
unsafe; 3. name it in ``NAMES``; 4. give it to the contract test ``tests/commerce/gateways``, which
every gateway passes; 5. describe it in docs/operations.md.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import cache
from importlib import import_module
from typing import Protocol

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from aliquot.commerce.facts import Charged, Checkout, Happened, Movement, PaidBack, Wanted
from aliquot.lib.money import Money

NAMES = ("stripe", "offline", "test")
LARGEST_EVENT = 256 * 1024  # bytes of a body that is read at all


class Gateway(Protocol):
    """What the shop asks of a payment provider.

    Every method may raise GatewayDownError: then nothing is known and nothing may be assumed.
    """

    name: str
    title: str  # as buyers read it
    is_live: bool  # real money
    is_online: bool  # the buyer pays on a hosted page; else staff record the payment

    def open(self, wanted: Wanted) -> Checkout:
        """Ask for a payment; the same ``wanted.key`` gives the same payment."""

    def fetch(self, provider_id: str) -> Charged:
        """The present state of a payment. Raises PaymentMismatchError if there is none such."""

    def close(self, provider_id: str) -> None:
        """Give up a payment that was not made; nothing happens if it is gone or made."""

    def refund(self, charged: Charged, amount: Money, *, key: str) -> PaidBack:
        """Give money back; the same key gives it back once. Raises RefundRefusedError."""

    def charge_again(self, method_reference: str, wanted: Wanted) -> Charged:
        """Charge a saved method for a renewal, without the buyer."""

    def charged_before(self, method_reference: str, key: str) -> Charged | None:
        """What became of a charge that was asked for with this key; None: there is none."""

    def read_event(self, body: bytes, headers: Mapping[str, str], *, now: datetime) -> Happened:
        """Check an event's signature, age and size. Raises ForgedEventError."""

    def changed_since(self, moment: datetime) -> Iterator[str]:
        """Ids of payments or of their charges in which something may have happened since."""

    def movements(self, start: datetime, end: datetime) -> Iterator[Movement]:
        """Captures, refunds and chargebacks from ``start`` until before ``end``: its own books."""


def moved_between(
    payments: Iterable[Charged], start: datetime, end: datetime
) -> Iterator[Movement]:
    """What captured payments say moved from ``start`` until before ``end``."""
    for paid in payments:
        moved = [Movement("capture", paid.captured, paid.charge_id, paid.occurred_at)]
        moved += [
            Movement("refund", -back.amount, back.provider_id, back.occurred_at)
            for back in paid.refunds
            if back.state == "succeeded"
        ]
        yield from (each for each in moved if each.occurred_at and start <= each.occurred_at < end)


def names_on() -> tuple[str, ...]:
    """The gateways that this site offers for new orders, in the order of ``NAMES``."""
    return tuple(name for name in NAMES if name in settings.GATEWAYS)


def check_gateways() -> None:
    """Stop the start, in one sentence, when a gateway that is on would be unsafe."""
    unknown = sorted(set(settings.GATEWAYS) - set(NAMES))
    if unknown:
        raise ImproperlyConfigured(
            f"ALIQUOT_GATEWAYS names {', '.join(unknown)}; accepted: {', '.join(NAMES)}."
        )
    for name in names_on():
        import_module(f"{__name__}.{name}.settings").check()


@cache
def gateway(name: str) -> Gateway:
    """The gateway of this name, made once; ValueError for a name that no gateway has."""
    if name not in NAMES:
        raise ValueError(f"no gateway {name!r}; accepted: {', '.join(NAMES)}")
    made: Gateway = import_module(f"{__name__}.{name}.gateway").make()
    return made
