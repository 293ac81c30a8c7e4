"""The daily report: a day of ours beside a day of the gateway's; staff hear of differences once."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
import time_machine

from aliquot.accounts.models import User
from aliquot.commerce import queries
from aliquot.commerce.models import Reconciliation
from aliquot.flows import tasks
from aliquot.flows.compare_books import compare_books
from aliquot.flows.pay_order import settle_payment
from aliquot.flows.place_order import Wish
from aliquot.infra.models import OutboxMail
from tests.factories.shop import bought, open_shop, opened, ordered
from tests.fakes.stripe_checkout import StripeFake

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def at_this_moment(now: datetime) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(now, tick=False) as traveller:
        yield traveller


def told() -> list[str]:
    found = OutboxMail.objects.filter(subject__startswith="Payments of November 23, 2026 at stripe")
    return list(found.values_list("text", flat=True))


def test_a_day_on_which_all_is_settled_has_no_differences(
    stripe: StripeFake, rosa: User, amara: User, now: datetime
) -> None:
    open_shop()
    payment = opened(ordered(rosa, Wish("unlimited-year"), now=now, gateway="stripe"), now=now)
    charge = stripe.pay(payment.provider_id)
    stripe.refund(charge["id"], 10_00, {}, status="succeeded")
    settle_payment(payment, now=now)
    (kept,) = compare_books(gateway_name="stripe", day=DAY, now=now)
    assert (kept.ours_in, kept.ours_out, kept.theirs_in, kept.theirs_out) == (
        95_00, -10_00, 95_00, -10_00,
    )  # fmt: skip
    assert (kept.differences, told()) == ([], [])


def test_money_that_we_do_not_know_of_is_told_to_staff_once(
    stripe: StripeFake, rosa: User, amara: User, now: datetime
) -> None:
    open_shop()
    payment = opened(ordered(rosa, Wish("unlimited-year"), now=now, gateway="stripe"), now=now)
    charge = stripe.pay(payment.provider_id)
    for _ in range(2):
        (kept,) = compare_books(gateway_name="stripe", day=DAY, now=now)
    sentence = f"The gateway has a capture of $95.00 ({charge['id']}), our books do not."
    assert kept.differences == [sentence]
    assert [sentence in text for text in told()] == [True]
    settle_payment(payment, now=now)
    (kept,) = compare_books(gateway_name="stripe", day=DAY, now=now)
    assert (kept.differences, Reconciliation.objects.count(), len(told())) == ([], 1, 1)


def test_days_that_nobody_compared_are_made_up_for(
    rosa: User, now: datetime, at_this_moment: time_machine.Traveller
) -> None:
    open_shop()
    bought(rosa, "unlimited-year", now=now)
    at_this_moment.move_to(now + timedelta(days=3), tick=False)
    assert tasks.compare_books.call() == 0
    days = list(queries.reconciliations().filter(gateway="test").values_list("day", "ours_in"))
    assert days[0] == (date(2026, 11, 25), 0)
    assert days[2] == (DAY, 95_00)
    assert len(days) == 7
    before = Reconciliation.objects.count()
    assert tasks.compare_books.call() == 0
    assert Reconciliation.objects.count() == before
