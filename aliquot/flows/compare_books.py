"""Our books beside a gateway's, day by day: what one has and the other has not."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from aliquot.commerce import queries, services
from aliquot.commerce.adapters.gateways import gateway, names_on
from aliquot.commerce.facts import Entered, Movement
from aliquot.commerce.models import MoneyEntry, Reconciliation
from aliquot.commerce.rules.comparing import day_sums, differences
from aliquot.flows.place_order import CURRENCY
from aliquot.lib.money import Money

ONE_DAY = timedelta(days=1)
DAYS_BACK = 7  # days that no worker compared are made up for


@dataclass(frozen=True, slots=True)
class Day:
    """A day of both books; ``known``: our entries of any day for what the gateway has.

    ``untold``: before this moment sales and refunds should be known to their source of taxes, and
    charges have their answer.
    """

    gateway: str
    day: date
    ours: list[Entered]
    theirs: list[Movement]
    known: list[Entered]
    untold: datetime | None = None


def compare_missing_days(*, now: datetime) -> list[Reconciliation]:
    """Compare the last days that were not compared yet, yesterday (UTC) last."""
    days = [now.astimezone(UTC).date() - timedelta(days=back) for back in range(DAYS_BACK, 0, -1)]
    return [
        kept
        for name in names_on()
        for day in days
        if day not in queries.days_compared(name, days[0])
        for kept in compare_books(gateway_name=name, day=day, now=now)
    ]


def compare_books(*, gateway_name: str, day: date, now: datetime) -> list[Reconciliation]:
    """Compare one day (UTC) with a gateway and keep what was found, one row per currency.

    Staff are told of differences by mail. Raises GatewayDownError.
    """
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    end = start + ONE_DAY
    theirs = list(gateway(gateway_name).movements(start, end))
    ours = [_entered(row) for row in queries.entries_between(gateway_name, start, end)]
    names = {each.object_id for each in theirs}
    known = [_entered(row) for row in queries.entries_called(gateway_name, names)]
    movements = [*theirs, *(each.movement for each in ours)]
    untold = _untold_since(day, now)
    return [
        _kept(Day(gateway_name, day, ours, theirs, known, untold), currency, now=now)
        for currency in sorted({CURRENCY, *(each.amount.currency for each in movements)})
    ]


def _kept(both: Day, currency: str, *, now: datetime) -> Reconciliation:
    ours = [each for each in both.ours if each.movement.amount.currency == currency]
    theirs = [each for each in both.theirs if each.amount.currency == currency]
    return services.keep_reconciliation(
        gateway=both.gateway,
        day=both.day,
        sums=day_sums(ours, theirs, currency),
        differences=[*differences(ours, theirs, known=both.known), *_untold(both, currency)],
        now=now,
    )


def _untold_since(day: date, now: datetime) -> datetime | None:
    """What is older than a day and not filed is listed once a day: with the newest day's books."""
    return now - ONE_DAY if now.astimezone(UTC).date() - day == ONE_DAY else None


def _untold(both: Day, currency: str) -> list[str]:
    if both.untold is None:
        return []
    return [
        *queries.missing_filings(both.gateway, currency, before=both.untold),
        *queries.unanswered_charges(both.gateway, currency, before=both.untold),
    ]


def _entered(row: MoneyEntry) -> Entered:
    amount = Money(row.amount, row.currency)
    return Entered(Movement(row.kind, amount, row.object_id, row.occurred_at), row.order.number)
