"""What happens outside of our site, done alike for every gateway: a buyer pays, a card is kept."""

from datetime import datetime
from typing import Any, Protocol

from aliquot.commerce.models import FakeCharge, OfflinePayment
from aliquot.commerce.services import offline_gateway, test_gateway
from aliquot.lib.money import Money
from tests.fakes.stripe_books import Refusal
from tests.fakes.stripe_checkout import StripeFake


class Bench(Protocol):
    """The outside of one gateway."""

    name: str

    def pay(self, provider_id: str, *, now: datetime) -> None:
        """The buyer pays, if the payment is still open."""

    def kept_card(self, *, is_declined: bool) -> str:
        """The reference of a card that was kept."""


class TestBench:
    """The embedded test gateway: its page is ours."""

    name = "test"

    def pay(self, provider_id: str, *, now: datetime) -> None:
        test_gateway.end_charge(provider_id, state=FakeCharge.State.CAPTURED, now=now)

    def kept_card(self, *, is_declined: bool) -> str:
        return "card_declined" if is_declined else "card_good"


class OfflineBench:
    """Money by mail: staff see it arrive."""

    name = "offline"

    def pay(self, provider_id: str, *, now: datetime) -> None:
        row = OfflinePayment.objects.get(provider_id=provider_id)
        if row.given_up_at is None:
            offline_gateway.record_offline_payment(
                provider_id,
                amount=Money(row.amount, row.currency),
                reference="check 1001",
                actor_id=1,
                now=now,
            )

    def kept_card(self, *, is_declined: bool) -> str:
        return ""


class StripeBench:
    """Stripe, as our fake plays it."""

    name = "stripe"

    def __init__(self, fake: StripeFake) -> None:
        self.fake = fake

    def pay(self, provider_id: str, *, now: datetime) -> None:
        try:
            self.fake.pay(provider_id)
        except Refusal:
            return

    def kept_card(self, *, is_declined: bool) -> str:
        customer = self.fake.make("customer", "cus")["id"]
        method = self.fake.make("payment_method", "pm", is_declined=is_declined)["id"]
        return f"{customer}:{method}"


def bench_of(name: str, fixture: Any) -> Bench:
    """The bench of a gateway; ``fixture`` gives pytest's fixtures by name."""
    if name == "stripe":
        return StripeBench(fixture("stripe"))
    return {"test": TestBench, "offline": OfflineBench}[name]()
