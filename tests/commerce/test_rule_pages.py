"""Every table of the shop's rule pages is true."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from aliquot.commerce.facts import (
    Discount,
    Item,
    Limits,
    Purchase,
    Returned,
    SoldLine,
    TaxedLine,
    TaxQuestion,
    TaxRow,
    VoucherTerms,
)
from aliquot.commerce.rules.gifts import goes_at
from aliquot.commerce.rules.pricing import quote, taxes_by
from aliquot.commerce.rules.refunds import assess
from aliquot.commerce.rules.renewals import step
from aliquot.commerce.rules.taxes import given_back
from aliquot.commerce.rules.terms import term_end, term_start
from aliquot.commerce.rules.vouchers import refusal
from aliquot.learning import rules as learning
from aliquot.learning.facts import Right
from aliquot.lib.dates import day_in_zone
from aliquot.lib.money import Money
from tests.commerce.pages import rows

TODAY = date(2026, 11, 26)
NEW_YORK = ZoneInfo("America/New_York")
NOW = datetime(2026, 11, 26, 15, 0, tzinfo=NEW_YORK).astimezone(UTC)
MARCH_2 = datetime(2027, 3, 2, tzinfo=NEW_YORK).astimezone(UTC)


def amounts(text: str) -> list[Money]:
    return [Money.typed(each) for each in text.split(", ")]


@pytest.mark.parametrize(
    ("zone", "begins", "days", "last_day"), rows("entitlements.md", "zone", "begins")
)
def test_terms(zone: str, begins: str, days: str, last_day: str) -> None:
    start = datetime.fromisoformat(begins).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    end = term_end(start, days=int(days), zone=zone)
    assert day_in_zone(end - timedelta(microseconds=1), zone).isoformat() == last_day
    assert end.astimezone(ZoneInfo(zone)).time().isoformat() == "00:00:00"


@pytest.mark.parametrize(
    ("bought", "running", "begins"), rows("entitlements.md", "bought", "while there is")
)
def test_beginnings(bought: str, running: str, begins: str) -> None:
    has = {
        "nothing": [],
        "a subscription through 2027-03-01": [Right(1, "order", None, NOW, MARCH_2)],
        "a pack through 2027-03-01": [Right(1, "pack", None, NOW, MARCH_2, hours_limit=Decimal(8))],
        "access without end": [Right(1, "grant", None, NOW)],
    }[running]
    starts_at = term_start(bought, has, now=NOW)
    assert starts_at == (NOW if begins == "at once" else MARCH_2)


@pytest.mark.parametrize(
    ("pack", "subscription", "to_pay"), rows("entitlements.md", "pack paid", "subscription")
)
def test_upgrades(pack: str, subscription: str, to_pay: str) -> None:
    item = Item("year", "subscription", "x", 1, Money.typed(subscription), setoff=Money.typed(pack))
    assert str(quote([item], currency="USD").total) == to_pay


@pytest.mark.parametrize(
    ("read", "minutes", "given_back"), rows("entitlements.md", "read", "minutes since the start")
)
def test_giving_back(read: str, minutes: str, given_back: str) -> None:
    found = learning.returning(
        hours_drawn=Decimal(1),
        started_at=NOW,
        is_over=False,
        has_read=read == "yes",
        minutes=60,
        now=NOW + timedelta(minutes=int(minutes)),
    )
    assert found.may is (given_back == "yes")


@pytest.mark.parametrize(
    ("day", "zone", "sent"), rows("entitlements.md", "gift for", "in the zone")
)
def test_mornings_of_gifts(day: str, zone: str, sent: str) -> None:
    moment = goes_at(date.fromisoformat(day), zone).astimezone(UTC)
    assert f"{moment:%Y-%m-%d %H:%M} UTC" == sent


@pytest.mark.parametrize(
    ("ends", "today", "announced", "declined", "done"), rows("entitlements.md", "term ends", "now")
)
def test_renewals(ends: str, today: str, announced: str, declined: str, done: str) -> None:
    def midnight(day: str) -> datetime:
        return datetime.fromisoformat(day).replace(tzinfo=UTC)

    found = step(
        due_at=midnight(ends),
        noticed_at=None if announced == "no" else midnight(announced),
        attempts=int(declined),
        notice_days=14,
        now=midnight(today),
    )
    assert found.value == done


@pytest.mark.parametrize(
    ("lines", "voucher", "shares", "to_pay"), rows("prices.md", "lines", "voucher")
)
def test_vouchers(lines: str, voucher: str, shares: str, to_pay: str) -> None:
    items = [Item(f"p{n}", "x", "x", 1, each) for n, each in enumerate(amounts(lines))]
    percent = Decimal(voucher[:-1]) if voucher.endswith("%") else None
    discount = Discount("X", percent, None if percent else Money.typed(voucher))
    found = quote(items, currency="USD", discount=discount)
    assert [line.discount for line in found.lines] == amounts(shares)
    assert str(found.total) == to_pay


@pytest.mark.parametrize(
    ("used", "limit", "mine", "each", "applies"), rows("prices.md", "used in all", "limit")
)
def test_who_may_use_a_code(used: str, limit: str, mine: str, each: str, applies: str) -> None:
    terms = VoucherTerms(
        code="WELCOME",
        valid_from=NOW,
        limit=None if limit == "none" else int(limit),
        limit_per_person=None if each == "none" else int(each),
        used=int(used),
        used_by_person=int(mine),
    )
    why = refusal(terms, products=["year"], currency="USD", zone="America/New_York", now=NOW)
    assert (why == "") is (applies == "yes")


@pytest.mark.parametrize(("net", "rate", "tax"), rows("prices.md", "net lines", "rate"))
def test_taxes(net: str, rate: str, tax: str) -> None:
    lines = tuple(TaxedLine(each) for each in amounts(net))
    row = TaxRow("US", "tax", Decimal(rate[:-1]), date(2020, 1, 1))
    found = taxes_by([row], TaxQuestion(lines, "USD", "US", "FL", "", False, TODAY))
    assert str(Money.total((each.tax for each in found), "USD")) == tax


@pytest.mark.parametrize(
    ("net", "tax", "before", "back", "price", "of_tax"), rows("prices.md", "line", "tax")
)
def test_what_of_a_refund_is_tax(
    net: str, tax: str, before: str, back: str, price: str, of_tax: str
) -> None:
    gone = None if before == "none" else Returned(0, *map(Money.typed, before.split(" + ")))
    found = given_back(
        0, Money.typed(back), net=Money.typed(net), tax=Money.typed(tax), before=gone
    )
    assert found == Returned(0, Money.typed(price), Money.typed(of_tax))


@pytest.mark.parametrize(
    ("kind", "paid", "completed", "drawn", "unused", "on", "answer", "back"),
    rows("refunds.md", "bought", "paid"),
)
def test_refunds(
    kind: str, paid: str, completed: str, drawn: str, unused: str, on: str, answer: str, back: str
) -> None:
    line = SoldLine(
        position=0,
        kind=kind,
        title="x",
        paid=Money.typed(paid),
        completions=int(completed),
        hours=Decimal(8) if kind == "pack" else None,
        hours_drawn=Decimal(drawn),
    )
    found = assess(
        Purchase(date(2026, 11, 1), (line,)),
        Limits(unused_hours=unused == "yes"),
        today=date.fromisoformat(on),
    )
    assert (found.answer.value, str(found.amount)) == (answer, back)
