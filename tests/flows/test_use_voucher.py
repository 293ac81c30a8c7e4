"""Placing orders with codes: the price, the limits under a lock, and orders of nothing."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from aliquot.accounts.models import User
from aliquot.commerce import queries
from aliquot.commerce.errors import OrderEndedError, PriceChangedError, VoucherRefusedError
from aliquot.commerce.models import (
    Document,
    FakeCharge,
    LineGrant,
    MoneyEntry,
    Order,
    Payment,
    Voucher,
    VoucherUse,
)
from aliquot.commerce.services import create_voucher, end_order, set_price, withdraw_voucher
from aliquot.flows.pay_order import settle_without_payment
from aliquot.flows.place_order import Wish, place_order
from aliquot.flows.use_voucher import TRIES, discount_for, try_code
from aliquot.infra.limits import TooManyRequestsError
from aliquot.infra.models import AuditEntry, OutboxMail
from aliquot.lib.money import Money
from tests.concurrency import at_once
from tests.factories.shop import bought, buyer_of, open_shop, ordered, paid
from tests.people import person

pytestmark = pytest.mark.django_db
YEAR = Wish("unlimited-year")


def voucher(now: datetime, **terms: Any) -> Voucher:
    """WELCOME: 20 % off, once per person, unless said otherwise."""
    kind = {} if "amount_off" in terms else {"percent_off": Decimal(20)}
    return create_voucher(
        **{"code": "WELCOME", "valid_from": now, **kind, **terms}, now=now, actor_id=None
    )


def test_a_code_typed_in_any_case_lowers_the_total_that_is_charged(
    rosa: User, now: datetime
) -> None:
    open_shop()
    voucher(now)
    assert try_code(rosa, " welcome ", products=["unlimited-year"], now=now).percent == 20
    order = paid(ordered(rosa, YEAR, now=now, voucher="welcome"), now=now)
    assert (order.total, order.discount) == (76_00, 19_00)
    assert queries.money_of(order).paid == Money(76_00, "USD")
    use = VoucherUse.objects.get()
    assert (use.order, use.person, use.amount, use.released_at) == (order, rosa, 19_00, None)


def test_the_agreed_total_is_that_with_the_code(rosa: User, now: datetime) -> None:
    open_shop()
    voucher(now)
    with pytest.raises(PriceChangedError, match=r"\$76\.00 now; it was \$95\.00"):
        place_order(
            person=rosa,
            key="k",
            wishes=[YEAR],
            buyer=buyer_of(rosa),
            gateway_name="test",
            agreed_total=Money(95_00, "USD"),
            now=now,
            voucher_code="WELCOME",
        )
    assert (Order.objects.count(), VoucherUse.objects.count()) == (0, 0)


def test_a_code_withdrawn_since_it_was_shown_places_nothing(rosa: User, now: datetime) -> None:
    open_shop()
    withdraw_voucher(voucher=voucher(now), actor_id=None, now=now)
    with pytest.raises(VoucherRefusedError, match="withdrawn"):
        ordered(rosa, YEAR, now=now, voucher="WELCOME")
    with pytest.raises(VoucherRefusedError, match="The code NO-SUCH is not known"):
        discount_for(rosa, "no-such", products=["unlimited-year"], now=now)
    assert not Order.objects.exists()


def test_one_persons_limit_leaves_the_code_to_others(
    rosa: User, marcus: User, now: datetime
) -> None:
    open_shop()
    voucher(now)
    first = ordered(rosa, YEAR, now=now, key="a", voucher="WELCOME")
    assert ordered(rosa, YEAR, now=now, key="a", voucher="WELCOME") == first
    with pytest.raises(VoucherRefusedError, match="You have used the code WELCOME once"):
        ordered(rosa, YEAR, now=now, key="b", voucher="WELCOME")
    ordered(marcus, YEAR, now=now, voucher="WELCOME")
    assert VoucherUse.objects.count() == 2


@pytest.mark.parametrize("state", [Order.State.CANCELED, Order.State.LAPSED])
def test_an_order_that_ends_unpaid_lets_go_of_its_code(
    rosa: User, now: datetime, state: str
) -> None:
    open_shop()
    voucher(now, limit=1)
    order = ordered(rosa, YEAR, now=now, key="a", voucher="WELCOME")
    end_order(order=order, state=state, actor_id=None, now=now)
    assert ordered(rosa, YEAR, now=now, key="b", voucher="WELCOME").total == 76_00


def test_guessing_codes_is_slowed_down(rosa: User, marcus: User, now: datetime) -> None:
    voucher(now)
    for number in range(TRIES):
        with pytest.raises(VoucherRefusedError):
            try_code(rosa, f"GUESS-{number}", products=["unlimited-year"], now=now)
    with pytest.raises(TooManyRequestsError):
        try_code(rosa, "WELCOME", products=["unlimited-year"], now=now)
    assert try_code(marcus, "WELCOME", products=["unlimited-year"], now=now).code == "WELCOME"


def test_an_order_of_nothing_is_paid_at_once_without_a_gateway(rosa: User, now: datetime) -> None:
    open_shop()
    voucher(now, percent_off=Decimal(100))
    order = settle_without_payment(ordered(rosa, YEAR, now=now, voucher="WELCOME"), now=now)
    assert (order.state, order.total, order.paid_at) == (Order.State.PAID, 0, now)
    assert LineGrant.objects.get().entitlement.person == rosa
    receipt = Document.objects.get()
    assert (receipt.kind, receipt.total, receipt.content["reference"]) == ("receipt", 0, "")
    assert (Payment.objects.count(), FakeCharge.objects.count(), MoneyEntry.objects.count()) == (
        0,
        0,
        0,
    )
    assert "There was nothing to pay on" in OutboxMail.objects.get().text
    assert list(queries.broken_invariants()) == []
    audits = AuditEntry.objects.count()
    assert ordered(rosa, YEAR, now=now, voucher="WELCOME") == order
    settle_without_payment(order, now=now + timedelta(hours=1))
    assert (AuditEntry.objects.count(), LineGrant.objects.count()) == (audits, 1)


def test_a_pack_of_the_same_price_makes_the_upgrade_free(rosa: User, now: datetime) -> None:
    products = open_shop()
    set_price(product=products["eight-hours"], amount=Money(95_00, "USD"), now=now, actor_id=None)
    bought(rosa, "eight-hours", now=now, key="a")
    order = settle_without_payment(ordered(rosa, YEAR, now=now, key="b"), now=now)
    assert (order.state, order.total) == (Order.State.PAID, 0)


def test_an_order_with_something_to_pay_is_not_settled_for_free(rosa: User, now: datetime) -> None:
    open_shop()
    order = ordered(rosa, YEAR, now=now)
    with pytest.raises(OrderEndedError, match="something to pay"):
        settle_without_payment(order, now=now)
    assert not LineGrant.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_fifty_parallel_redemptions_never_oversell(now: datetime) -> None:
    open_shop()
    voucher(now, limit=7, limit_per_person=None)
    people = [person(f"p{number}@example.org", f"Person {number}") for number in range(50)]

    def redeem(number: int) -> bool:
        try:
            ordered(people[number], YEAR, now=now, voucher="WELCOME")
        except VoucherRefusedError as refused:
            return "is used up" not in refused.message
        return True

    assert sum(at_once(50, redeem)) == 7
    assert (Order.objects.count(), VoucherUse.objects.count()) == (7, 7)
    assert list(queries.broken_invariants()) == []


@pytest.mark.django_db(transaction=True)
def test_one_checkout_sent_many_times_uses_its_code_once(rosa: User, now: datetime) -> None:
    open_shop()
    voucher(now, limit=1)
    orders = at_once(8, lambda _: ordered(rosa, YEAR, now=now, voucher="WELCOME"))
    assert len({order.pk for order in orders}) == 1
    assert VoucherUse.objects.count() == 1
