"""What a refund ends beside access: gifts and renewals; and how its paper splits the tax."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from aliquot.accounts.models import User
from aliquot.commerce import queries
from aliquot.commerce.errors import GiftRefusedError
from aliquot.commerce.models import Document, FakeCharge, Gift, Order, Refund, Renewal, TaxRate
from aliquot.flows.open_gift import look_at_gift, open_gift
from aliquot.flows.place_order import Wish
from aliquot.flows.refund_order import approve_refund, open_refund_for_buyer, request_refund
from aliquot.flows.renew_subscriptions import renew_subscriptions
from aliquot.flows.send_refund import send_refund
from aliquot.flows.switch_renewal import switch_on
from aliquot.learning.models import Entitlement
from aliquot.lib.money import Money
from tests.factories.catalog import provider
from tests.factories.shop import open_shop, ordered, paid
from tests.flows.test_open_gift import given, sent

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def shop(db: None) -> None:
    provider()
    open_shop()


def asked(order: Order, now: datetime) -> Refund:
    terms = queries.refund_case(order, now=now).terms
    return request_refund(order=order, agreed=terms, actor_id=order.person_id, now=now)


def approved(refund: Refund, amount: Money, staff: User, now: datetime) -> Refund:
    return approve_refund(
        refund=refund, parts={0: amount}, reason="Yes.", takes_credit_back=False,
        actor_id=staff.pk, now=now,
    )  # fmt: skip


def test_a_gift_that_nobody_opened_is_canceled_and_never_sent(rosa: User, now: datetime) -> None:
    gift = given(rosa, now, on=now.date() + 3 * DAY)
    refund = asked(gift.line.order, now)
    gift.refresh_from_db()
    assert (refund.state, refund.amount, gift.canceled_at) == ("approved", 50_00, now)
    assert queries.gifts_to_send(now + 30 * DAY) == []


def test_the_code_of_a_gift_that_was_paid_back_opens_nothing(
    rosa: User, nadia: User, now: datetime
) -> None:
    gift = given(rosa, now)
    code = sent(gift, now)
    asked(gift.line.order, now)
    with pytest.raises(GiftRefusedError):
        open_gift(nadia, code, now=now)
    assert not Entitlement.objects.exists()


def test_a_gift_paid_back_in_the_moment_of_opening_stays_closed(
    rosa: User, nadia: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    gift = given(rosa, now)
    code = sent(gift, now)
    seen = look_at_gift(nadia, code, now=now)
    asked(gift.line.order, now)
    monkeypatch.setattr("aliquot.flows.open_gift.look_at_gift", lambda *_, **__: seen)
    with pytest.raises(GiftRefusedError, match="canceled"):
        open_gift(nadia, code, now=now)
    assert not Entitlement.objects.exists()


def test_an_opened_gift_is_decided_by_a_person_and_only_then_ends(
    rosa: User, nadia: User, amara: User, now: datetime
) -> None:
    gift = given(rosa, now)
    open_gift(nadia, sent(gift, now), now=now)
    refund = asked(gift.line.order, now + DAY)
    right = Entitlement.objects.get(person=nadia)
    assert (refund.state, right.withdrawn_at) == ("requested", None)
    approved(refund, Money(20_00, "USD"), amara, now + 2 * DAY)
    right.refresh_from_db()
    gift.refresh_from_db()
    assert right.withdrawn_at == now + 2 * DAY
    assert (gift.opened_at, gift.canceled_at) == (now, None)
    assert Gift.objects.count() == 1


@pytest.mark.parametrize(
    ("back", "net", "tax"), [(102_13, -95_00, -7_13), (50_00, -46_51, -3_49), (1, -1, 0)]
)
def test_a_credit_note_splits_what_goes_back_into_price_and_tax(
    rosa: User, amara: User, now: datetime, back: int, net: int, tax: int
) -> None:
    TaxRate.objects.create(
        jurisdiction="US-FL", name="Florida sales tax", percent=Decimal("7.5"),
        valid_from=date(2024, 1, 1),
    )  # fmt: skip
    order = paid(ordered(rosa, Wish("unlimited-year"), now=now, region="FL"), now=now)
    assert (order.net, order.tax, order.total) == (95_00, 7_13, 102_13)
    refund = open_refund_for_buyer(order=order, actor_id=amara.pk, now=now)
    send_refund(approved(refund, Money(back, "USD"), amara, now), now=now)
    note = Document.objects.get(kind="credit_note")
    (line,) = note.content["lines"]
    assert (line["net"], line["tax"], line["tax_name"]) == (net, tax, "Florida sales tax")
    assert Decimal(line["tax_percent"]) == Decimal("7.5")
    assert (note.content["net"], note.content["tax"], note.total) == (net, tax, -back)
    assert list(queries.broken_invariants()) == []


def test_what_is_paid_back_does_not_renew(rosa: User, now: datetime) -> None:
    wish = Wish("unlimited-year")
    order = paid(ordered(rosa, wish, now=now, keeps_card=True), now=now)
    renewal = switch_on(rosa, agreed_total=Money(95_00, "USD"), now=now)
    send_refund(asked(order, now + DAY), now=now + DAY)
    renewal.refresh_from_db()
    assert renewal.switched_off_at == now + DAY
    for moment in (renewal.due_at - 15 * DAY, renewal.due_at - DAY, renewal.due_at):
        renew_subscriptions(now=moment)
    assert (Renewal.objects.count(), Order.objects.count()) == (1, 1)
    assert FakeCharge.objects.count() == 1
