"""The test gateway's answers, read from its own table."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from aliquot.commerce.adapters.gateways import moved_between, own_tables
from aliquot.commerce.adapters.gateways.test import settings
from aliquot.commerce.errors import ForgedEventError, PaymentMismatchError
from aliquot.commerce.facts import Charged, Checkout, Happened, Movement, PaidBack, Wanted
from aliquot.commerce.models import FakeCharge
from aliquot.commerce.services import test_gateway as memory
from aliquot.infra import clock
from aliquot.lib.money import Money


class TestGateway:
    """Payments that a page of ours pretends to take."""

    name = "test"
    title = "Test payment (no money moves)"
    is_live = False
    is_online = True

    def open(self, wanted: Wanted) -> Checkout:
        """Open a payment; its page is ours, plainly labeled."""
        charge = memory.open_charge(wanted, now=clock.now())
        return Checkout(charge.provider_id, f"/demo/pay/{charge.provider_id}/")

    def fetch(self, provider_id: str) -> Charged:
        """The payment as it stands."""
        row = FakeCharge.objects.filter(provider_id=provider_id).first()
        if row is None:
            raise PaymentMismatchError("There is no such payment.")
        return _charged(row)

    def close(self, provider_id: str) -> None:
        """Give up an open payment."""
        memory.end_charge(provider_id, state=FakeCharge.State.ABANDONED, now=clock.now())

    def refund(self, charged: Charged, amount: Money, *, key: str) -> PaidBack:
        """Give back, without looking at what is left, as a careless provider would."""
        made = memory.give_back(charged.provider_id, amount=amount, key=key, now=clock.now())
        return own_tables.paid_back(made, amount.currency)

    def charge_again(self, method_reference: str, wanted: Wanted) -> Charged:
        """Charge a saved card; one whose reference ends in ``declined`` is declined."""
        charge = memory.open_charge(wanted, now=clock.now())
        is_declined = method_reference.endswith("declined")
        state = FakeCharge.State.FAILED if is_declined else FakeCharge.State.CAPTURED
        return _charged(memory.end_charge(charge.provider_id, state=state, now=clock.now()))

    def charged_before(self, method_reference: str, key: str) -> Charged | None:
        """The charge with this key."""
        row = FakeCharge.objects.filter(key=key).first()
        return None if row is None else _charged(row)

    def read_event(self, body: bytes, headers: Mapping[str, str], *, now: datetime) -> Happened:
        """Its page calls us directly; nobody may send events in its name."""
        raise ForgedEventError("The test gateway sends no events.")

    def changed_since(self, moment: datetime) -> Iterator[str]:
        """Payments that changed since."""
        return own_tables.changed_since(FakeCharge, moment)

    def movements(self, start: datetime, end: datetime) -> Iterator[Movement]:
        """What its table says moved in a stretch of time."""
        rows = FakeCharge.objects.filter(captured_at__isnull=False, changed_at__gte=start)
        return moved_between(map(_charged, rows.order_by("pk")), start, end)


def make() -> TestGateway:
    """The gateway; ImproperlyConfigured outside of the demo profile."""
    settings.check()
    return TestGateway()


def _charged(row: FakeCharge) -> Charged:
    return Charged(
        provider_id=row.provider_id,
        charge_id=row.charge_id,
        state=row.state,
        order_number=row.order_number,
        captured=Money(row.amount, row.currency),
        is_live=False,
        occurred_at=row.captured_at,
        method_reference=row.method_reference,
        refunds=own_tables.all_paid_back(row.refunds, row.currency),
    )
