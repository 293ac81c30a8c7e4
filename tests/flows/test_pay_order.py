"""Placing and paying an order: one order, one charge, one entitlement, one receipt."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from aliquot.accounts.models import User
from aliquot.commerce import queries
from aliquot.commerce.errors import (
    CartEmptyError,
    NotForSaleError,
    OrderEndedError,
    PaymentMismatchError,
    PriceChangedError,
)
from aliquot.commerce.models import (
    Document,
    FakeCharge,
    LineGrant,
    MoneyEntry,
    NumberSeries,
    OfflinePayment,
    Order,
    Payment,
)
from aliquot.commerce.services import end_order, offline_gateway, set_price, test_gateway
from aliquot.flows.pay_order import settle_payment
from aliquot.flows.place_order import Wish, place_order
from aliquot.infra.models import AuditEntry, OutboxMail
from aliquot.learning.models import Entitlement
from aliquot.lib.money import Money
from tests.concurrency import at_once
from tests.factories.catalog import provider, published_course
from tests.factories.shop import bought, buyer_of, open_shop, opened, ordered, paid

pytestmark = pytest.mark.django_db
YEAR = Wish("unlimited-year")


def effects() -> tuple[int, ...]:
    tables = (MoneyEntry, LineGrant, Entitlement, Document, OutboxMail)
    return tuple(table.objects.count() for table in tables)


def test_a_paid_subscription_grants_everything_for_a_year_with_one_receipt(
    rosa: User, now: datetime
) -> None:
    provider()
    open_shop()
    order = bought(rosa, "unlimited-year", now=now)
    assert order.state == Order.State.PAID
    assert queries.money_of(order).paid == Money(95_00, "USD")
    entitlement = Entitlement.objects.get()
    assert (entitlement.person, entitlement.course, entitlement.hours_limit) == (rosa, None, None)
    assert (entitlement.source, entitlement.source_reference) == ("order", order.number)
    assert entitlement.starts_at == now
    receipt = Document.objects.get()
    assert receipt.number == "R-2026-000001"
    assert receipt.total == 95_00
    assert receipt.content["seller"]["name"] == provider().name
    mail = OutboxMail.objects.get()
    assert mail.recipients == ["rosa@example.org"]
    assert mail.subject == f"Receipt R-2026-000001: $95.00 to {provider().name}"
    assert "don&#x27;t" not in mail.text


def test_settling_again_changes_nothing(rosa: User, now: datetime) -> None:
    open_shop()
    order = bought(rosa, "unlimited-year", now=now)
    before, audits = effects(), AuditEntry.objects.count()
    assert before == (1, 1, 1, 1, 1)
    payment = Payment.objects.get()
    for hour in range(3):
        settle_payment(payment, now=now + timedelta(hours=hour))
    assert effects() == before
    assert AuditEntry.objects.count() == audits
    assert Order.objects.get() == order


def test_nothing_is_granted_before_the_money_is_there(rosa: User, now: datetime) -> None:
    open_shop()
    order = ordered(rosa, YEAR, now=now)
    payment = opened(order, now=now)
    settle_payment(payment, now=now)
    test_gateway.end_charge(payment.provider_id, state=FakeCharge.State.FAILED, now=now)
    settle_payment(payment, now=now)
    order.refresh_from_db()
    assert order.state == Order.State.PLACED
    assert effects() == (0, 0, 0, 0, 0)


def test_the_same_checkout_sent_again_is_the_same_order(rosa: User, now: datetime) -> None:
    open_shop()
    first = ordered(rosa, YEAR, now=now)
    again = ordered(rosa, YEAR, now=now)
    assert (first.pk, Order.objects.count()) == (again.pk, 1)
    assert opened(first, now=now) == opened(first, now=now)
    assert FakeCharge.objects.count() == 1


def test_a_pack_gives_its_hours_and_a_single_course_that_course(rosa: User, now: datetime) -> None:
    open_shop()
    course = published_course("HEM-101")
    paid(ordered(rosa, Wish("eight-hours"), now=now, key="a"), now=now)
    paid(ordered(rosa, Wish("single-course", course), now=now, key="b"), now=now)
    pack, single = Entitlement.objects.order_by("pk")
    assert (pack.source, pack.hours_limit, pack.course) == ("pack", Decimal(8), None)
    assert (single.source, single.hours_limit, single.course) == ("order", None, course)


def test_a_second_year_begins_when_the_first_ends(rosa: User, now: datetime) -> None:
    open_shop()
    bought(rosa, "unlimited-year", now=now, key="a")
    bought(rosa, "unlimited-year", now=now + timedelta(days=30), key="b")
    first, second = Entitlement.objects.order_by("pk")
    assert second.starts_at == first.ends_at


def test_a_price_that_changed_since_it_was_shown_is_shown_again(rosa: User, now: datetime) -> None:
    products = open_shop()
    set_price(
        product=products["unlimited-year"], amount=Money(99_00, "USD"), now=now, actor_id=None
    )
    with pytest.raises(PriceChangedError, match=r"\$99\.00 now; it was \$95\.00"):
        place_order(
            person=rosa,
            key="k",
            wishes=[YEAR],
            buyer=buyer_of(rosa),
            gateway_name="test",
            agreed_total=Money(95_00, "USD"),
            now=now,
        )
    assert not Order.objects.exists()


def test_a_later_price_never_alters_an_order(rosa: User, now: datetime) -> None:
    products = open_shop()
    order = ordered(rosa, YEAR, now=now)
    set_price(
        product=products["unlimited-year"], amount=Money(99_00, "USD"), now=now, actor_id=None
    )
    paid(order, now=now)
    assert queries.money_of(order).paid == Money(95_00, "USD")


@pytest.mark.parametrize(
    ("wish", "error"),
    [
        (Wish("no-such"), "no longer sold"),
        (Wish("single-course"), "which course"),
        (Wish("eight-hours", quantity=2), "only seats"),
    ],
)
def test_what_is_not_sold_so_is_refused_and_nothing_is_placed(
    rosa: User, now: datetime, wish: Wish, error: str
) -> None:
    open_shop()
    with pytest.raises(NotForSaleError, match=error):
        ordered(rosa, wish, now=now)
    with pytest.raises(CartEmptyError):
        ordered(rosa, now=now)
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    "forged",
    [{"amount": 1}, {"currency": "EUR"}, {"order_number": "OTHE-R000"}],
    ids=["amount", "currency", "order"],
)
def test_money_that_does_not_fit_the_order_grants_nothing(
    rosa: User, now: datetime, forged: dict[str, object]
) -> None:
    open_shop()
    payment = opened(ordered(rosa, YEAR, now=now), now=now)
    test_gateway.end_charge(payment.provider_id, state=FakeCharge.State.CAPTURED, now=now)
    FakeCharge.objects.update(**forged)
    with pytest.raises(PaymentMismatchError):
        settle_payment(payment, now=now)
    assert effects() == (0, 0, 0, 0, 0)


def test_money_for_an_order_that_lapsed_meanwhile_is_honored(rosa: User, now: datetime) -> None:
    open_shop()
    order = ordered(rosa, YEAR, now=now)
    payment = opened(order, now=now)
    end_order(order=order, state=Order.State.LAPSED, actor_id=None, now=now)
    test_gateway.end_charge(payment.provider_id, state=FakeCharge.State.CAPTURED, now=now)
    assert settle_payment(payment, now=now).state == Order.State.PAID
    assert effects() == (1, 1, 1, 1, 1)


def test_a_paid_order_cannot_be_canceled(rosa: User, now: datetime) -> None:
    open_shop()
    order = bought(rosa, "unlimited-year", now=now)
    with pytest.raises(OrderEndedError, match="refund"):
        end_order(order=order, state=Order.State.CANCELED, actor_id=rosa.pk, now=now)
    order.refresh_from_db()
    assert order.state == Order.State.PAID


def test_an_invoice_gives_access_when_staff_record_its_payment(
    rosa: User, amara: User, now: datetime
) -> None:
    open_shop()
    order = ordered(rosa, YEAR, now=now, gateway="offline")
    payment = opened(order, now=now)
    assert payment.address == ""
    settle_payment(payment, now=now)
    assert not Entitlement.objects.exists()
    with pytest.raises(PaymentMismatchError, match=r"The invoice is \$95\.00"):
        offline_gateway.record_offline_payment(
            payment.provider_id,
            amount=Money(90_00, "USD"),
            reference="check 1001",
            actor_id=amara.pk,
            now=now,
        )
    for _ in range(2):
        offline_gateway.record_offline_payment(
            payment.provider_id,
            amount=Money(95_00, "USD"),
            reference="check 1001",
            actor_id=amara.pk,
            now=now,
        )
    assert settle_payment(payment, now=now).state == Order.State.PAID
    assert OfflinePayment.objects.get().recorded_by_id == amara.pk
    assert effects() == (1, 1, 1, 1, 1)


def test_receipts_are_numbered_without_a_gap_also_when_one_fails(
    rosa: User, marcus: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_shop()
    bought(rosa, "unlimited-year", now=now)
    order = ordered(marcus, YEAR, now=now)
    with monkeypatch.context() as broken:
        broken.setattr("aliquot.flows.pay_order.outbox.send_template", 1 / 1)
        with pytest.raises(TypeError):
            paid(order, now=now)
    assert MoneyEntry.objects.count() == 1
    settle_payment(order.payments.get(), now=now)
    assert list(Document.objects.order_by("sequence").values_list("number", flat=True)) == [
        "R-2026-000001",
        "R-2026-000002",
    ]
    assert NumberSeries.objects.get().last == 2


@pytest.mark.django_db(transaction=True)
def test_parallel_looks_at_one_payment_have_one_effect(rosa: User, now: datetime) -> None:
    open_shop()
    payment = opened(ordered(rosa, YEAR, now=now), now=now)
    test_gateway.end_charge(payment.provider_id, state=FakeCharge.State.CAPTURED, now=now)
    at_once(8, lambda _: settle_payment(payment, now=now))
    assert effects() == (1, 1, 1, 1, 1)
