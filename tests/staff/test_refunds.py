"""Refunds in the office: the queue, the facts, approving all or a part, declining."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from aliquot.accounts.models import User
from aliquot.certificates.models import Certificate
from aliquot.certificates.queries import status_of
from aliquot.commerce import queries
from aliquot.commerce.models import Order, Refund
from aliquot.flows.refund_order import request_refund
from aliquot.infra import clock
from aliquot.infra.models import AuditEntry, OutboxMail
from tests.factories.catalog import provider, published_course
from tests.factories.certificates import finished
from tests.factories.shop import bought, open_shop
from tests.factories.staff import browser_of, member

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def shop(db: None) -> None:
    provider()
    open_shop()


@pytest.fixture
def finance(db: None) -> Client:
    return browser_of(member("finance", email="frank@example.org", name="Frank Money"))


@pytest.fixture
def waiting(rosa: User) -> Refund:
    return waiting_of(rosa)


def waiting_of(person: User, *codes: str) -> Refund:
    now = clock.now()
    order = bought(person, "unlimited-year", now=now - DAY)
    for code in codes or ("HEM-101", "HEM-102"):
        finished(person, published_course(code, is_free=False, pages=1), now)
    terms = queries.refund_case(order, now=now).terms
    return request_refund(
        order=order, agreed=terms, words="I changed jobs.", actor_id=person.pk, now=now
    )


def at(name: str, refund: Refund) -> str:
    return reverse(f"staff:{name}", args=[refund.pk])


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_the_queue_shows_what_waits_and_the_page_has_the_facts(
    finance: Client, rosa: User, waiting: Refund
) -> None:
    queue = text(finance.get(reverse("staff:refunds")))
    assert f"$95.00, order {waiting.order.number}" in queue
    page = text(finance.get(at("refund", waiting)))
    for words in (
        "At your discretion",
        "You completed 2 courses",
        "2 completed",
        "I changed jobs.",
        "its credit counts",
        "$95.00 of the payment is still here.",
        "Payment: <strong>$95.00</strong>",
    ):
        assert words in page
    read = AuditEntry.objects.filter(action="person.viewed_by_staff", object_id=str(rosa.pk))
    assert read.count() == 2


def test_a_part_is_approved_after_a_check(finance: Client, waiting: Refund, now: datetime) -> None:
    answers = {"line_0": "40", "reason": "Half of the year is left.", "takes_credit_back": "on"}
    checked = text(finance.post(at("refund_approve", waiting), answers))
    assert "Nothing has changed yet" in checked
    assert "$40.00" in checked
    assert "Taken back: " in checked
    waiting.refresh_from_db()
    assert waiting.state == "requested"
    done = finance.post(at("refund_approve", waiting), {**answers, "step": "do"}, follow=True)
    assert "it is sent to the gateway now" in text(done)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.amount, len(waiting.revokes)) == ("approved", 40_00, 2)
    assert {status_of(each) for each in Certificate.objects.all()} == {"revoked"}


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("95.01", "Enter $95.00 at most"),
        ("much", "Enter an amount in USD, such as 95 or 95.50."),
        ("0", "above zero for at least one line"),
        ("", "above zero for at least one line"),
    ],
)
def test_amounts_that_cannot_be_are_refused_and_nothing_happens(
    finance: Client, waiting: Refund, amount: str, words: str
) -> None:
    answers = {"line_0": amount, "reason": "x", "step": "do"}
    answer = finance.post(at("refund_approve", waiting), answers)
    assert answer.status_code == 422
    assert words in text(answer)
    assert "Error: " in text(answer)
    waiting.refresh_from_db()
    assert waiting.state == "requested"


def test_a_decline_needs_a_reason_and_tells_the_buyer(finance: Client, waiting: Refund) -> None:
    assert finance.post(at("refund_decline", waiting), {"step": "do"}).status_code == 422
    answers = {"reason": "Two courses were completed.", "step": "do"}
    finance.post(at("refund_decline", waiting), answers)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.reason) == ("declined", "Two courses were completed.")
    assert "Two courses were completed." in OutboxMail.objects.latest("pk").text
    assert finance.get(at("refund_decline", waiting)).status_code == 404
    assert text(finance.get(reverse("staff:refunds") + "?show=done")).count("Declined") == 1


def test_staff_may_begin_a_refund_that_the_rule_no_longer_gives(
    finance: Client, rosa: User
) -> None:
    order = bought(rosa, "unlimited-year", now=clock.now() - 40 * DAY)
    begin = reverse("staff:order_refund", args=[order.number])
    assert "The 30 days ended on" in text(finance.get(begin))
    finance.post(begin, {"step": "do"})
    made = Refund.objects.get()
    assert (made.state, made.amount) == ("requested", 95_00)
    finance.post(at("refund_approve", made), {"line_0": "95", "reason": "Kindness.", "step": "do"})
    made.refresh_from_db()
    assert made.state == "approved"


def test_a_refund_that_failed_can_be_sent_again(finance: Client, rosa: User) -> None:
    order = bought(rosa, "unlimited-year", now=clock.now())
    terms = queries.refund_case(order, now=clock.now()).terms
    failed = request_refund(order=order, agreed=terms, actor_id=rosa.pk, now=clock.now())
    assert finance.get(at("refund_again", failed)).status_code == 404
    Refund.objects.update(state="failed")
    assert "Send again" in text(finance.get(at("refund", failed)))
    finance.post(at("refund_again", failed), {"step": "do"})
    assert list(Refund.objects.order_by("pk").values_list("state", flat=True)) == [
        "failed",
        "approved",
    ]


def test_support_and_learners_have_no_business_here(
    support: Client, stella: User, waiting: Refund
) -> None:
    for client in (support, browser_of(stella)):
        assert client.get(reverse("staff:refunds")).status_code == 404
        for name in ("refund", "refund_approve", "refund_decline", "refund_again"):
            assert client.get(at(name, waiting)).status_code == 404
    assert "Refunds" not in text(support.get(reverse("staff:home")))


def test_one_refund_and_three_take_as_many_queries(
    finance: Client, rosa: User, marcus: User, stella: User, waiting: Refund
) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as found:
            finance.get(reverse("staff:refunds"))
        return len(found)

    count()
    one = count()
    waiting_of(marcus, "SAF-101", "SAF-102")
    waiting_of(stella, "MIC-101", "MIC-102")
    assert Order.objects.count() == 3
    assert count() == one
