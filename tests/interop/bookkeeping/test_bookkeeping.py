"""The books as a table: money and lines agree, and nothing in them is a formula."""

import csv
import io
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from aliquot.accounts.models import User
from aliquot.commerce.models import Order
from aliquot.commerce.queries import BookRow, book_rows, refund_case
from aliquot.commerce.services import add_tax_rate
from aliquot.flows.place_order import Buyer, Wish, place_order
from aliquot.flows.refund_order import request_refund
from aliquot.flows.send_refund import send_refund
from aliquot.interop.bookkeeping import COLUMNS, books_csv
from aliquot.lib.money import Money
from tests.factories.shop import open_shop, paid

pytestmark = pytest.mark.django_db
ZONE = "America/New_York"


def sold(person: User, now: datetime, *, name: str = "Rosa Méndez", key: str = "k") -> Order:
    """A year in Florida, paid at the test gateway."""
    placed = place_order(
        person=person,
        key=key,
        wishes=[Wish("unlimited-year")],
        buyer=Buyer(name, "rosa@example.org", "US", "FL", "", ""),
        gateway_name="test",
        agreed_total=Money(100_70, "USD"),
        now=now,
    )
    return paid(placed, now=now)


@pytest.fixture(autouse=True)
def shop(db: None) -> None:
    open_shop()
    add_tax_rate(
        jurisdiction="US-FL",
        name="Florida sales tax",
        percent=Decimal(6),
        valid_from=date(2026, 1, 1),
        actor_id=None,
    )


def table(rows: Iterable[BookRow]) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(books_csv(rows).decode("utf-8-sig"))))


def test_a_sale_is_one_row_of_money_and_one_for_each_line(rosa: User, now: datetime) -> None:
    order = sold(rosa, now)
    today = now.date()
    line, money = table(book_rows(today, today, zone=ZONE))
    payment = order.payments.get()
    assert money["row"] == "money"
    assert (money["kind"], money["total"], money["net"]) == ("capture", "100.70", "")
    assert money["gateway_payment"] == payment.charge_id
    assert line == {
        "row": "line",
        "date": "2026-11-23",
        "time_utc": "2026-11-23T23:00:00Z",
        "kind": "receipt",
        "order": order.number,
        "document": "R-2026-000001",
        "corrects": "",
        "line": "1",
        "title": "Unlimited year",
        "quantity": "1",
        "net": "95.00",
        "tax": "5.70",
        "tax_percent": "6",
        "tax_name": "Florida sales tax",
        "buyer_place": "US-FL",
        "exemption": "",
        "total": "100.70",
        "currency": "USD",
        "gateway": "test",
        "gateway_payment": "",
        "gateway_object": payment.charge_id,
        "live": "no",
        "buyer": "Rosa Méndez",
    }
    assert tuple(line) == COLUMNS


def test_what_was_paid_back_is_below_zero_a_number_and_agrees_with_its_note(
    rosa: User, now: datetime
) -> None:
    order = sold(rosa, now)
    terms = refund_case(order, now=now).terms
    refund = request_refund(order=order, agreed=terms, actor_id=rosa.pk, now=now)
    send_refund(refund, now=now)
    # the test gateway has a clock of its own
    written = table(book_rows(now.date(), date(2100, 1, 1), zone=ZONE))
    back = [row for row in written if row["kind"] == "refund"]
    assert [row["total"] for row in back] == ["-100.70"]
    note = [row for row in written if row["kind"] == "credit_note"]
    assert [(row["net"], row["tax"], row["corrects"]) for row in note] == [
        ("-95.00", "-5.70", "R-2026-000001")
    ]
    assert back[0]["document"] == note[0]["document"]
    sums = {
        kind: sum(Decimal(row["total"]) for row in written if row["row"] == kind)
        for kind in ("money", "line")
    }
    assert sums == {"money": Decimal(0), "line": Decimal(0)}


def test_days_are_those_of_the_seller(rosa: User, now: datetime) -> None:
    sold(rosa, now)  # 6 p.m. in New York, 11 p.m. in UTC, the next morning in Tokyo
    day = now.date()
    assert len(list(book_rows(day, day, zone=ZONE))) == 2
    assert list(book_rows(day, day, zone="Asia/Tokyo")) == []
    assert (
        len(list(book_rows(day + timedelta(days=1), day + timedelta(days=1), zone="Asia/Tokyo")))
        == 2
    )


def test_nothing_in_the_table_is_a_formula(rosa: User, now: datetime) -> None:
    sold(rosa, now, name="=HYPERLINK(1)")
    for row in table(book_rows(now.date(), now.date(), zone=ZONE)):
        assert row["buyer"] == "'=HYPERLINK(1)"


def test_reading_the_books_costs_the_same_for_one_and_three(
    rosa: User, now: datetime, django_assert_num_queries: Any
) -> None:
    for key in ("a", "b", "c"):
        sold(rosa, now, key=key)
        with django_assert_num_queries(2):
            list(book_rows(now.date(), now.date(), zone=ZONE))
