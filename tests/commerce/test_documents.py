"""Numbers of papers: without a gap, also when fifty are issued at once or one fails."""

from datetime import UTC, datetime

import pytest

from aliquot.accounts.models import User
from aliquot.commerce.adapters.papers import data_of
from aliquot.commerce.models import Document, NumberSeries, ShopSettings
from aliquot.commerce.queries import broken_invariants
from aliquot.commerce.services import issue_document
from aliquot.flows.order_papers import paper_of
from aliquot.flows.place_order import Wish
from aliquot.lib.money import Money
from tests.concurrency import at_once
from tests.factories.shop import open_shop, ordered

THREADS = 50


@pytest.mark.django_db(transaction=True)
def test_fifty_at_once_leave_no_gap_and_give_no_number_twice(rosa: User, now: datetime) -> None:
    open_shop()
    orders = [ordered(rosa, Wish("unlimited-year"), now=now, key=str(n)) for n in range(THREADS)]

    def issue(number: int) -> str:
        order = orders[number]
        return issue_document(
            kind=Document.Kind.INVOICE,
            order=order,
            total=Money(order.total, order.currency),
            content=paper_of(order, paid_on=None, reference=""),
            actor_id=None,
            now=now,
        ).number

    wanted = [f"I-2026-{number:06d}" for number in range(1, THREADS + 1)]
    numbers = at_once(THREADS, issue)
    assert sorted(numbers) == wanted
    assert at_once(THREADS, issue) == numbers
    assert NumberSeries.objects.get().last == Document.objects.count() == THREADS
    assert list(broken_invariants()) == []


@pytest.mark.django_db
def test_a_year_begins_with_one_and_the_paper_has_the_buyers_day(rosa: User) -> None:
    open_shop()
    rosa.time_zone = "America/New_York"
    rosa.save()
    papers = []
    for key, day in (("a", 31), ("b", 1)):
        moment = datetime(2026 if day == 31 else 2027, 12 if day == 31 else 1, day, 2, tzinfo=UTC)
        order = ordered(rosa, Wish("unlimited-year"), now=moment, key=key)
        papers.append(
            issue_document(
                kind="invoice",
                order=order,
                total=Money(order.total, order.currency),
                content=paper_of(order, paid_on=None, reference=""),
                actor_id=None,
                now=moment,
            )
        )
    assert [paper.number for paper in papers] == ["I-2026-000001", "I-2027-000001"]
    assert [paper.content["issued_on"] for paper in papers] == ["2026-12-30", "2026-12-31"]
    assert [paper.content["due_on"] for paper in papers] == ["2027-01-29", "2027-01-30"]


@pytest.mark.django_db
def test_an_invoice_says_how_to_pay_it_as_was_set_that_day_and_a_receipt_does_not(
    rosa: User, now: datetime
) -> None:
    open_shop()
    ShopSettings.objects.update_or_create(defaults={"payment_instructions": "Payable to: The Lab"})
    order = ordered(rosa, Wish("unlimited-year"), now=now)

    def issued(kind: str, paid_on: datetime | None) -> Document:
        return issue_document(
            kind=kind,
            order=order,
            total=Money(order.total, order.currency),
            content=paper_of(order, paid_on=paid_on, reference=""),
            actor_id=None,
            now=now,
        )

    invoice = issued("invoice", None)
    ShopSettings.objects.update(payment_instructions="Elsewhere")
    papers = [invoice, issued("receipt", now)]
    told = [data_of({"kind": each.kind, **each.content}, paper="a4") for each in papers]
    assert [each["how_to_pay"] for each in told] == [["Payable to: The Lab"], []]
