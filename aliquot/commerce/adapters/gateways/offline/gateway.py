"""The offline gateway's answers, read from its own table."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from django.conf import settings as site

from aliquot.commerce.adapters.gateways import moved_between, own_tables
from aliquot.commerce.adapters.gateways.offline import settings
from aliquot.commerce.errors import ForgedEventError, GatewayDownError, PaymentMismatchError
from aliquot.commerce.facts import Charged, Checkout, Happened, Movement, PaidBack, Wanted
from aliquot.commerce.models import OfflinePayment
from aliquot.commerce.services import offline_gateway as books
from aliquot.infra import clock
from aliquot.lib.money import Money


class OfflineGateway:
    """Money that comes outside of this site."""

    name = "offline"
    title = "Invoice: purchase order, check or bank transfer"
    is_online = False

    @property
    def is_live(self) -> bool:
        """Real money, except in the demonstration."""
        return not site.IS_DEMO

    def open(self, wanted: Wanted) -> Checkout:
        """An invoice; nobody pays it on a page."""
        return Checkout(
            books.open_invoice(wanted, is_live=self.is_live, now=clock.now()).provider_id, ""
        )

    def fetch(self, provider_id: str) -> Charged:
        """The payment as staff have recorded it."""
        row = OfflinePayment.objects.filter(provider_id=provider_id).first()
        if row is None:
            raise PaymentMismatchError("There is no such payment.")
        return _charged(row)

    def close(self, provider_id: str) -> None:
        """Give up an invoice."""
        books.give_up_invoice(provider_id, now=clock.now())

    def refund(self, charged: Charged, amount: Money, *, key: str) -> PaidBack:
        """Note that staff send the money back."""
        made = books.note_refund(charged.provider_id, amount=amount, key=key, now=clock.now())
        return own_tables.paid_back(made, amount.currency)

    def charge_again(self, method_reference: str, wanted: Wanted) -> Charged:
        """There is no saved method to charge."""
        raise GatewayDownError("An invoice cannot be charged by itself; a person must pay it.")

    def charged_before(self, method_reference: str, key: str) -> Charged | None:
        """Nothing is ever charged by itself."""
        return None

    def read_event(self, body: bytes, headers: Mapping[str, str], *, now: datetime) -> Happened:
        """Staff record payments; nobody may send events in their name."""
        raise ForgedEventError("The offline gateway sends no events.")

    def changed_since(self, moment: datetime) -> Iterator[str]:
        """Invoices that changed since."""
        return own_tables.changed_since(OfflinePayment, moment)

    def movements(self, start: datetime, end: datetime) -> Iterator[Movement]:
        """What its table says moved in a stretch of time."""
        rows = OfflinePayment.objects.filter(received_at__isnull=False, changed_at__gte=start)
        return moved_between(map(_charged, rows.order_by("pk")), start, end)


def make() -> OfflineGateway:
    """The gateway."""
    settings.check()
    return OfflineGateway()


def _charged(row: OfflinePayment) -> Charged:
    state = "captured" if row.received_at else "abandoned" if row.given_up_at else "open"
    return Charged(
        provider_id=row.provider_id,
        charge_id=row.provider_id if row.received_at else "",
        state=state,
        order_number=row.order_number,
        captured=Money(row.received_amount or 0, row.currency),
        is_live=row.is_live,
        occurred_at=row.received_at,
        refunds=own_tables.all_paid_back(row.refunds, row.currency),
    )
