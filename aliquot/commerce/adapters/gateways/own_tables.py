"""What gateways share whose payments stand in a table of ours: the test and the offline one."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime

from aliquot.commerce.facts import PaidBack
from aliquot.commerce.models import FakeCharge, OfflinePayment
from aliquot.lib.money import Money

type OwnTable = type[FakeCharge] | type[OfflinePayment]


def changed_since(table: OwnTable, moment: datetime) -> Iterator[str]:
    """Names of payments that changed since, the first change first."""
    rows = table.objects.filter(changed_at__gte=moment).order_by("changed_at", "pk")
    yield from rows.values_list("provider_id", flat=True)


def paid_back(made: Mapping[str, object], currency: str) -> PaidBack:
    """A refund as the table keeps it."""
    return PaidBack(
        provider_id=str(made["id"]),
        amount=Money(int(str(made["amount"])), currency),
        state="succeeded",
        occurred_at=datetime.fromisoformat(str(made["at"])).astimezone(UTC),
    )


def all_paid_back(made: Iterable[Mapping[str, object]], currency: str) -> tuple[PaidBack, ...]:
    """The refunds of a payment."""
    return tuple(paid_back(each, currency) for each in made)
