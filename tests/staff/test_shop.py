"""The shop in the office: products, prices, rules, orders with all their deeds, the books."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from aliquot.accounts.models import User
from aliquot.commerce import queries, services
from aliquot.commerce.facts import DaySums
from aliquot.commerce.models import Order, Price, Product, ShopSettings
from aliquot.flows.place_order import Wish
from aliquot.infra import clock
from aliquot.infra.models import AuditEntry, OutboxMail
from aliquot.lib.money import Money
from tests.factories.catalog import provider, published_course
from tests.factories.shop import bought, open_shop, opened, ordered
from tests.factories.staff import browser_of, member

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def shop(db: None) -> None:
    provider()
    open_shop()


@pytest.fixture
def finance(db: None) -> Client:
    return browser_of(member("finance", email="frank@example.org", name="Frank Money"))


@pytest.fixture
def today(db: None) -> datetime:
    return clock.now()


def at(name: str, *args: Any) -> str:
    return reverse(f"staff:{name}", args=args)


def found(browser: Client, query: str) -> list[str]:
    rows = browser.get(at("orders"), {"q": query}).context["rows"]
    return [row["order"].number for row in rows]


def deeds(action: str) -> int:
    return AuditEntry.objects.filter(action=action).count()


# Orders


def test_an_order_is_found_by_the_beginning_of_number_mail_payment_and_by_its_receipt(
    finance: Client, rosa: User, marcus: User, today: datetime
) -> None:
    mine = bought(rosa, "unlimited-year", now=today)
    bought(marcus, "eight-hours", now=today)
    payment = mine.payments.get()
    numbers = (mine.number[:6].lower(), mine.documents.get(kind="receipt").number)
    for query in (*numbers, "ROSA@", payment.provider_id[:20], payment.charge_id):
        assert (query, found(finance, query)) == (query, [mine.number])
    assert found(finance, "osa@example") == []


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_as_many_queries_for_three_as_for_one(
    finance: Client, rosa: User, today: datetime, count: int
) -> None:
    for place in range(count):
        bought(rosa, "eight-hours", now=today, key=f"checkout-{place}")
    finance.get(at("orders"))
    with CaptureQueriesContext(connection) as taken:
        assert len(finance.get(at("orders")).context["rows"]) == count
    assert len(taken) == 12


def test_the_page_shows_money_events_mails_and_deeds_in_one_list_and_logs_the_read(
    finance: Client, rosa: User, today: datetime
) -> None:
    order = bought(rosa, "unlimited-year", now=today)
    page = finance.get(at("order", order.number))
    titles = [each["title"] for each in page.context["events"]]
    assert {"Payment: $95.00", "Order placed", "Payment begun", "Payment looked at"} <= set(titles)
    assert any(title.startswith("Mail: ") for title in titles)
    read = AuditEntry.objects.get(action="person.viewed_by_staff")
    assert (read.object_id, read.details) == (str(rosa.pk), {"page": "order"})


def test_what_waits_for_its_money_is_listed_alone(
    finance: Client, rosa: User, marcus: User, today: datetime
) -> None:
    bought(rosa, "unlimited-year", now=today)
    waiting = ordered(marcus, Wish("unlimited-year"), now=today, gateway="offline")
    rows = finance.get(at("orders"), {"unpaid": "1"}).context["rows"]
    assert [row["order"].number for row in rows] == [waiting.number]


def test_staff_open_the_papers_of_an_order_and_no_others_through_it(
    finance: Client, rosa: User, marcus: User, today: datetime
) -> None:
    mine = bought(rosa, "unlimited-year", now=today)
    other = bought(marcus, "eight-hours", now=today)
    receipt = mine.documents.get(kind="receipt").number
    address = at("order_paper", mine.number, receipt)
    assert address in finance.get(at("order", mine.number)).text
    paper = finance.get(address)
    assert paper["Content-Disposition"] == f'attachment; filename="receipt-{receipt}.pdf"'
    assert paper.content[:5] == b"%PDF-"
    assert finance.get(at("order_paper", other.number, receipt)).status_code == 404
    assert deeds("person.viewed_by_staff") == 2


def test_support_looks_and_does_nothing(support: Client, rosa: User, today: datetime) -> None:
    order = bought(rosa, "unlimited-year", now=today)
    page = support.get(at("order", order.number)).text
    assert ("What you can do" in page, order.number in page) == (False, True)
    before = AuditEntry.objects.count()
    for name in ("order_record", "order_settle", "order_end", "order_receipt"):
        assert support.post(at(name, order.number), {"step": "do"}).status_code == 404
    assert AuditEntry.objects.count() == before


def test_an_invoice_is_paid_once_its_money_is_recorded(
    finance: Client, rosa: User, today: datetime
) -> None:
    order = ordered(rosa, Wish("unlimited-year"), now=today, gateway="offline")
    opened(order, now=today)
    answers = {"step": "do", "amount": "95", "reference": "Check 1042"}
    short = finance.post(at("order_record", order.number), {**answers, "amount": "90"})
    order.refresh_from_db()
    assert (short.status_code, order.state, deeds("payment.recorded")) == (422, "placed", 0)
    assert finance.post(at("order_record", order.number), answers).status_code == 302
    order.refresh_from_db()
    assert (order.state, str(queries.money_of(order).paid)) == ("paid", "$95.00")
    again = finance.post(at("order_record", order.number), answers)
    assert (again.status_code, order.money.count()) == (422, 1)


def test_the_answers_are_shown_before_a_payment_is_recorded(
    finance: Client, rosa: User, today: datetime
) -> None:
    order = ordered(rosa, Wish("unlimited-year"), now=today, gateway="offline")
    opened(order, now=today)
    shown = finance.post(
        at("order_record", order.number), {"amount": "95", "reference": "Check 1042"}
    )
    assert ("$95.00" in shown.text, "Check 1042" in shown.text) == (True, True)
    assert Order.objects.get().state == "placed"


def test_an_unpaid_order_is_canceled_and_a_paid_one_stays(
    finance: Client, rosa: User, today: datetime
) -> None:
    unpaid = ordered(rosa, Wish("eight-hours"), now=today)
    paid = bought(rosa, "unlimited-year", now=today, key="checkout-2")
    for order in (unpaid, paid):
        assert finance.post(at("order_end", order.number), {"step": "do"}).status_code == 302
        order.refresh_from_db()
    assert (unpaid.state, paid.state) == ("canceled", "paid")


def test_the_receipt_goes_out_again_as_it_was_issued(
    finance: Client, rosa: User, today: datetime
) -> None:
    order = bought(rosa, "unlimited-year", now=today)
    before = OutboxMail.objects.count()
    assert finance.post(at("order_receipt", order.number), {"step": "do"}).status_code == 302
    assert (OutboxMail.objects.count() - before, order.documents.count()) == (1, 1)
    assert deeds("receipt.resent") == 1
    unpaid = ordered(rosa, Wish("eight-hours"), now=today, key="checkout-2")
    assert finance.post(at("order_receipt", unpaid.number), {"step": "do"}).status_code == 404


def test_asking_the_gateway_again_enters_nothing_twice(
    finance: Client, rosa: User, today: datetime
) -> None:
    order = bought(rosa, "unlimited-year", now=today)
    assert finance.post(at("order_settle", order.number), {"step": "do"}).status_code == 302
    assert (order.money.count(), order.documents.count()) == (1, 1)


# Products, prices and rules


def answers_of(**changes: Any) -> dict[str, Any]:
    return {
        "code": "four-hours", "kind": "pack", "title": "Four contact hours", "term_days": "365",
        "hours": "4", "position": "3", **changes,
    }  # fmt: skip


def test_a_product_is_entered_priced_and_then_sold(finance: Client) -> None:
    assert finance.post(at("product_add"), answers_of()).status_code == 302
    assert queries.product_on_sale("four-hours", now=clock.now()) is None
    price = {"step": "do", "amount": "27.50", "from_quantity": "1"}
    assert finance.post(at("price_set", "four-hours"), price).status_code == 302
    sold = queries.product_on_sale("four-hours", now=clock.now())
    assert sold is not None
    assert str(sold.unit) == "$27.50"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"hours": ""}, "hours"),
        ({"kind": "subscription"}, "hours"),
        ({"kind": "bundle", "hours": ""}, "courses"),
        ({"code": "unlimited-year"}, "code"),
        ({"code": "add"}, "code"),
        ({"active_from": "2026-12-02T00:00", "active_until": "2026-12-01T00:00"}, "active_until"),
    ],
)
def test_what_does_not_fit_is_said_at_its_field_and_nothing_is_saved(
    finance: Client, changes: dict[str, Any], field: str
) -> None:
    response = finance.post(at("product_add"), answers_of(**changes))
    assert (response.status_code, list(response.context["form"].errors)) == (422, [field])
    assert Product.objects.count() == 3


def test_a_bundle_names_its_courses(finance: Client) -> None:
    published_course("HEM-101")
    answers = answers_of(code="blood", kind="bundle", hours="", courses=["HEM-101"])
    assert finance.post(at("product_add"), answers).status_code == 302
    assert [each.code for each in Product.objects.get(code="blood").courses.all()] == ["HEM-101"]


def test_a_new_price_follows_the_old_one_and_alters_no_order(
    finance: Client, rosa: User, today: datetime
) -> None:
    order = bought(rosa, "unlimited-year", now=today)
    later = f"{today + timedelta(days=30):%Y-%m-%dT%H:%M}"
    price = {"step": "do", "amount": "110", "from_quantity": "1", "starts_at": later}
    assert finance.post(at("price_set", "unlimited-year"), price).status_code == 302
    sold = queries.product_on_sale("unlimited-year", now=today)
    order.refresh_from_db()
    assert (str(sold.unit) if sold else "", order.total) == ("$95.00", 95_00)
    page = finance.get(at("product", "unlimited-year")).context["prices"]
    assert [(str(each["amount"]), each["is_to_come"]) for each in page] == [
        ("$110.00", True), ("$95.00", False)
    ]  # fmt: skip


def test_a_price_never_begins_before_now(finance: Client) -> None:
    before = Price.objects.count()
    price = {"step": "do", "amount": "1", "from_quantity": "1", "starts_at": "2020-01-01T00:00"}
    assert finance.post(at("price_set", "unlimited-year"), price).status_code == 422
    assert Price.objects.count() == before


def test_the_rules_of_the_shop_are_saved_once(finance: Client) -> None:
    page = finance.get(at("shop_settings"))
    answers = {name: value for name, value in page.context["form"].initial.items() if value}
    answers["refund_days"] = 45
    for _ in range(2):
        assert finance.post(at("shop_settings"), answers).status_code == 302
    assert (ShopSettings.objects.get().refund_days, deeds("shop_settings.saved")) == (45, 1)


# The books


def test_the_export_has_every_movement_and_every_line_of_its_days(
    finance: Client, rosa: User, today: datetime
) -> None:
    order = bought(rosa, "unlimited-year", now=today)
    day = f"{order.money.get().occurred_at:%Y-%m-%d}"
    text = finance.get(at("books_export"), {"first": day, "last": day}).text
    header, *rows = text.removeprefix("\ufeff").splitlines()
    cells = [dict(zip(header.split(","), row.split(","), strict=True)) for row in rows]
    assert [(each["row"], each["kind"], each["total"]) for each in cells] == [
        ("line", "receipt", "95.00"),
        ("money", "capture", "95.00"),
    ]
    assert {each["order"] for each in cells} == {order.number}
    none = finance.get(at("books_export"), {"first": "2020-01-01", "last": "2020-01-02"})
    assert none.text.removeprefix("\ufeff").splitlines() == [header]
    wrong = finance.get(at("books_export"), {"first": "2026-01-02", "last": "2026-01-01"})
    assert wrong.status_code == 422


def test_the_books_of_a_day_name_the_way_to_pay_in_words(finance: Client, today: datetime) -> None:
    nothing = Money(0, "USD")
    sums = DaySums(nothing, nothing, nothing, nothing)
    services.keep_reconciliation(
        gateway="offline", day=today.date(), sums=sums, differences=[], now=today
    )
    page = finance.get(at("books")).text
    assert "<td>invoice</td>" in page
    assert "<td>offline</td>" not in page


# Codes


def test_a_code_is_made_and_withdrawn(finance: Client) -> None:
    answers = {"code": "welcome-10", "percent_off": "10", "limit_per_person": "1"}
    assert finance.post(at("voucher_add"), answers).status_code == 302
    row = finance.get(at("vouchers")).context["rows"][0]
    assert (row["voucher"].code, row["off"], row["used"]) == ("WELCOME-10", "10% off anything", 0)
    assert finance.post(at("voucher_add"), answers).status_code == 422  # there already
    for _ in range(2):
        gone = finance.post(at("voucher_withdraw", row["voucher"].pk), {"step": "do"})
        assert gone.status_code == 302
    assert (deeds("voucher.created"), deeds("voucher.withdrawn")) == (1, 1)


def test_a_code_takes_a_percentage_or_an_amount(finance: Client) -> None:
    answers = {"code": "welcome-10", "percent_off": "10", "amount_off": "5"}
    assert finance.post(at("voucher_add"), answers).status_code == 422
    assert deeds("voucher.created") == 0


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_codes_takes_as_many_queries_for_three_as_for_one(
    finance: Client, count: int
) -> None:
    for place in range(count):
        answers = {"code": f"welcome-{place}", "percent_off": "10"}
        assert finance.post(at("voucher_add"), answers).status_code == 302
    finance.get(at("vouchers"))
    with CaptureQueriesContext(connection) as taken:
        assert len(finance.get(at("vouchers")).context["rows"]) == count
    assert len(taken) == 8
