"""The refund meter, the check before the request, and its result."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from aliquot.accounts.models import User
from aliquot.certificates.models import Certificate
from aliquot.commerce.adapters.gateways.test.gateway import TestGateway
from aliquot.commerce.errors import GatewayDownError
from aliquot.commerce.models import Order, Refund
from aliquot.credentials.queries import standing_of
from aliquot.infra import clock
from aliquot.learning.models import Completion
from aliquot.lib.codes import grouped
from tests.factories.catalog import approve, provider, published_course
from tests.factories.certificates import finished
from tests.factories.credentials import holding
from tests.factories.shop import bought, open_shop
from tests.factories.staff import browser_of

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def shop(db: None) -> None:
    provider()
    open_shop()


@pytest.fixture
def today() -> datetime:
    return clock.now()


@pytest.fixture
def order(rosa: User, today: datetime) -> Order:
    return bought(rosa, "unlimited-year", now=today - 2 * DAY)


@pytest.fixture
def reader(rosa: User) -> Client:
    return browser_of(rosa)


def at(order: Order, name: str = "refund") -> str:
    return reverse(f"shop:{name}", args=[order.number])


def learned(person: User, now: datetime, *codes: str) -> list[Certificate]:
    return [finished(person, published_course(code, is_free=False, pages=1), now) for code in codes]


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def ask(reader: Client, order: Order, **more: str) -> Any:
    """Read the check page and press its button."""
    page = reader.get(at(order, "refund_ask"))
    terms = page.context["form"]["terms"].value()
    return reader.post(at(order, "refund_ask"), {"terms": terms, **more}, follow=True)


def test_the_page_says_todays_answer_and_how_it_would_change(reader: Client, order: Order) -> None:
    assert "You can have $95.00 back today" in text(reader.get(at(order, "order")))
    page = text(reader.get(at(order)))
    assert "You can have $95.00 back today" in page
    assert "You are within 30 days, and use is below the limits." in page
    assert "2 of 30 days have passed." in page
    assert "0 courses completed. From 2 on a person decides." in page
    assert "If you complete 2 more courses, a person decides whether you get money back." in page
    assert "no refund is possible any more." in page
    assert "No credit and no certificate is taken back." in page
    assert not Refund.objects.exists()


def test_what_would_be_taken_back_stands_there_before_anything_is_clicked(
    reader: Client, rosa: User, order: Order, today: datetime
) -> None:
    (certificate,) = learned(rosa, today, "HEM-101")
    for name in ("refund", "refund_ask"):
        page = text(reader.get(at(order, name)))
        assert grouped(certificate.code) in page
        assert "is taken back and their certificates are marked revoked" in page
    assert not Refund.objects.exists()


def test_asking_pays_back_and_the_certificate_says_revoked_and_the_status_falls(
    reader: Client, rosa: User, order: Order, today: datetime
) -> None:
    soon = today.date() + timedelta(days=300)
    held = holding(rosa, ends_on=soon)
    course = published_course("HEM-101", is_free=False, pages=1)
    approve(course, kind="pace", valid_through=soon)
    certificate = finished(rosa, course, today)
    counted = standing_of(held, now=today).verdict.counted
    assert counted > 0
    page = text(ask(reader, order))
    refund = Refund.objects.get()
    assert (refund.state, refund.amount) == ("succeeded", 95_00)
    assert f"Refund {order.number}-{refund.pk} is paid back." in page
    assert "C-" in page
    assert "Nothing can be paid back today" not in page
    proof = text(Client().get(reverse("certificates:verify", args=[certificate.code])))
    assert "Revoked" in proof
    assert standing_of(held, now=today).verdict.counted < counted
    assert Completion.objects.count() == 1


def test_an_order_that_was_paid_back_says_so_wherever_it_is_listed(
    reader: Client, order: Order
) -> None:
    assert 'badge--success">Paid<' in text(reader.get(reverse("shop:orders")))
    ask(reader, order)
    for address in (reverse("shop:orders"), at(order, "order")):
        page = text(reader.get(address))
        assert 'badge--neutral">Paid back<' in page
        assert 'badge--success">Paid<' not in page


def test_pressing_twice_is_asking_once(reader: Client, order: Order) -> None:
    terms = reader.get(at(order, "refund_ask")).context["form"]["terms"].value()
    for _ in range(2):
        reader.post(at(order, "refund_ask"), {"terms": terms})
    assert Refund.objects.count() == 1


def test_an_answer_that_changed_is_shown_again_and_nothing_happens(
    reader: Client, rosa: User, order: Order, today: datetime
) -> None:
    terms = reader.get(at(order, "refund_ask")).context["form"]["terms"].value()
    learned(rosa, today, "HEM-101")
    answer = reader.post(at(order, "refund_ask"), {"terms": terms})
    assert answer.status_code == 409
    assert "Something has changed" in text(answer)
    assert not Refund.objects.exists()
    again = answer.context["form"]["terms"].value()
    reader.post(at(order, "refund_ask"), {"terms": again})
    assert Refund.objects.get().state == "succeeded"


def test_significant_use_sends_a_request_with_what_the_buyer_wrote(
    reader: Client, rosa: User, order: Order, today: datetime
) -> None:
    learned(rosa, today, "HEM-101", "HEM-102")
    page = text(reader.get(at(order)))
    assert "A person decides whether you get up to $95.00 back" in page
    assert "may be taken back" in page
    after = text(ask(reader, order, words="I changed jobs."))
    assert "You get the answer and its reason by mail." in after
    assert "Waiting for a decision" in after
    refund = Refund.objects.get()
    assert (refund.state, refund.assessment["words"]) == ("requested", "I changed jobs.")
    assert reader.get(at(order, "refund_ask")).status_code == 302


def test_after_day_thirty_there_is_no_button_and_asking_is_refused(
    reader: Client, rosa: User, today: datetime
) -> None:
    order = bought(rosa, "unlimited-year", now=today - 32 * DAY)
    page = text(reader.get(at(order)))
    assert "Nothing can be paid back today" in page
    assert at(order, "refund_ask") not in page
    refused = reader.post(at(order, "refund_ask"), {"terms": "0/0/"}, follow=True)
    assert "The 30 days ended on" in text(refused)
    assert not Refund.objects.exists()


def test_a_gateway_that_is_down_leaves_it_to_the_job(
    reader: Client, order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_: Any, **__: Any) -> None:
        raise GatewayDownError("down")

    monkeypatch.setattr(TestGateway, "refund", down)
    assert "is approved and on its way to you." in text(ask(reader, order))
    assert Refund.objects.get().state == "approved"


def test_a_form_without_what_was_shown_is_refused(reader: Client, order: Order) -> None:
    assert reader.post(at(order, "refund_ask"), {}).status_code == 422
    assert not Refund.objects.exists()


@pytest.mark.parametrize("name", ["refund", "refund_ask"])
def test_anothers_order_and_one_that_is_not_paid_are_absent(
    stella: User, order: Order, reader: Client, name: str
) -> None:
    assert browser_of(stella).get(at(order, name)).status_code == 404
    Order.objects.filter(pk=order.pk).update(state="lapsed", paid_at=None)
    assert reader.get(at(order, name)).status_code == 404


def test_one_completion_and_three_take_as_many_queries(
    reader: Client, rosa: User, order: Order, today: datetime
) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as found:
            reader.get(at(order))
        return len(found)

    learned(rosa, today, "HEM-101")
    count()
    one = count()
    learned(rosa, today, "HEM-102", "HEM-103")
    assert count() == one
