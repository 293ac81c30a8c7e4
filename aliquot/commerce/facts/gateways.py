"""What we ask of a gateway, and what a gateway says. The same for all of them."""

from dataclasses import dataclass, field
from datetime import datetime

from aliquot.lib.money import Money


@dataclass(frozen=True, slots=True)
class CheckoutItem:
    """A line of the hosted page: its title and its amount with tax."""

    title: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Wanted:
    """A payment that a gateway shall ask the buyer for. ``key`` makes asking twice one payment."""

    order_number: str
    buyer_email: str
    items: tuple[CheckoutItem, ...]
    total: Money
    return_address: str
    cancel_address: str
    key: str
    saves_method: bool = False  # the buyer wants renewal: keep the card at the gateway
    expires_at: datetime | None = None  # when the order lapses: the page ends then


@dataclass(frozen=True, slots=True)
class Checkout:
    """An opened payment: the gateway's name for it and the page where the buyer pays.

    ``address`` is empty where nobody pays online: an invoice waits for the money.
    """

    provider_id: str
    address: str


@dataclass(frozen=True, slots=True)
class PaidBack:
    """One refund as the gateway has it. ``state``: pending, succeeded or failed."""

    provider_id: str
    amount: Money
    state: str
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class Charged:
    """The present state of a payment, fetched from the gateway: the only truth about money.

    ``state``: open, captured, failed or abandoned. ``disputed`` is what a bank has taken back and
    holds, ``returned`` what it had taken and gave back: a dispute may be about a part only.
    """

    provider_id: str
    charge_id: str
    state: str
    order_number: str
    captured: Money
    is_live: bool
    occurred_at: datetime | None = None
    method_reference: str = ""
    refunds: tuple[PaidBack, ...] = field(default=())
    disputed: Money | None = None
    disputed_at: datetime | None = None
    returned: Money | None = None


@dataclass(frozen=True, slots=True)
class Happened:
    """An event of a gateway whose signature holds. It only says where to look, never what is so."""

    event_id: str
    kind: str
    object_id: str  # a provider_id of a payment; empty: of no concern
    is_live: bool
    created_at: datetime
