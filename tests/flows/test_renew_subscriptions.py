"""Renewal: off by default, announced in time, charged once at the announced price, or given up."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from aliquot.accounts.models import User
from aliquot.commerce import queries
from aliquot.commerce.adapters.gateways.test.gateway import TestGateway
from aliquot.commerce.errors import GatewayDownError, OrderEndedError, RenewalRefusedError
from aliquot.commerce.facts import Charged, Wanted
from aliquot.commerce.models import FakeCharge, MoneyEntry, Order, Payment, Renewal
from aliquot.commerce.services import set_price, switch_off_renewal, test_gateway
from aliquot.flows import renew_subscriptions as flow
from aliquot.flows.compare_books import compare_books
from aliquot.flows.give_up_order import give_up_order
from aliquot.flows.pay_order import begin_payment, settle_payment
from aliquot.flows.place_order import Wish
from aliquot.flows.reconcile import reconcile
from aliquot.flows.renew_subscriptions import renew_subscriptions
from aliquot.flows.switch_renewal import switch_on
from aliquot.infra.models import AuditEntry, OutboxMail
from aliquot.learning.models import Entitlement
from aliquot.lib.money import Money
from tests.factories.shop import bought, open_shop, opened, ordered

pytestmark = pytest.mark.django_db
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
PRICE = Money(95_00, "USD")


def subscribed(person: User, now: datetime) -> Renewal:
    """A year bought with a saved card, and renewal switched on."""
    order = ordered(person, Wish("unlimited-year"), now=now, keeps_card=True)
    payment = opened(order, now=now)
    test_gateway.end_charge(payment.provider_id, state=FakeCharge.State.CAPTURED, now=now)
    settle_payment(payment, now=now)
    return switch_on(person, agreed_total=PRICE, now=now)


def end_of(person: User) -> datetime:
    ends = Entitlement.objects.filter(person=person).order_by("-ends_at")
    end = ends.values_list("ends_at", flat=True).first()
    assert end is not None
    return end


def mails(words: str) -> list[OutboxMail]:
    return list(OutboxMail.objects.filter(subject__contains=words))


def announced(renewal: Renewal) -> datetime:
    """Its notice was sent; gives the moment of its charge."""
    charge = renewal.due_at - DAY
    renew_subscriptions(now=charge - 14 * DAY)
    renewal.refresh_from_db()
    assert renewal.noticed_at == charge - 14 * DAY
    return charge


def charges() -> list[str]:
    return list(FakeCharge.objects.order_by("pk").values_list("state", flat=True))


def test_nothing_renews_unless_it_was_switched_on(rosa: User, now: datetime) -> None:
    open_shop()
    bought(rosa, "unlimited-year", now=now)
    renew_subscriptions(now=now + 364 * DAY)
    assert (Renewal.objects.count(), Order.objects.count()) == (0, 1)
    with pytest.raises(RenewalRefusedError, match="card was not kept"):
        switch_on(rosa, agreed_total=PRICE, now=now)
    assert not Renewal.objects.exists()


def test_it_is_announced_with_date_and_amount_and_charged_a_day_before_the_end(
    rosa: User, now: datetime
) -> None:
    open_shop()
    renewal = subscribed(rosa, now)
    first_end = end_of(rosa)
    assert renewal.due_at == first_end
    charge = renewal.due_at - DAY
    renew_subscriptions(now=charge - 14 * DAY - HOUR)
    assert mails("renews on") == []
    announced(renewal)
    renew_subscriptions(now=charge - 13 * DAY)
    (notice,) = mails("renews on")
    assert "for $95.00" in notice.subject
    renew_subscriptions(now=charge - HOUR)
    assert Order.objects.count() == 1
    renew_subscriptions(now=charge)
    renewal.refresh_from_db()
    first, second = Order.objects.order_by("pk")
    assert (second.state, second.total, second.renews) == (Order.State.PAID, 95_00, first)
    assert renewal.renewed_by == second
    assert Entitlement.objects.latest("pk").starts_at == first_end
    following = queries.renewal_of(rosa)
    assert following is not None
    assert (following.due_at, following.noticed_at) == (end_of(rosa), None)
    assert len(mails("Receipt")) == 2
    audits = AuditEntry.objects.count()
    renew_subscriptions(now=charge + HOUR)
    assert (AuditEntry.objects.count(), MoneyEntry.objects.count()) == (audits, 2)
    assert list(queries.broken_invariants()) == []


def test_a_kill_between_charge_and_record_is_healed_with_one_charge(
    rosa: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_shop()
    charge = announced(subscribed(rosa, now))
    with monkeypatch.context() as killed:
        killed.setattr(flow, "enter_answer", 1 / 1)
        with pytest.raises(TypeError):
            renew_subscriptions(now=charge)
    assert (charges(), MoneyEntry.objects.count()) == (["captured", "captured"], 1)
    renew_subscriptions(now=charge + HOUR)
    assert (charges(), MoneyEntry.objects.count()) == (["captured", "captured"], 2)
    assert Order.objects.filter(state=Order.State.PAID).count() == 2


def test_a_kill_between_record_and_the_end_is_healed(
    rosa: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_shop()
    renewal = subscribed(rosa, now)
    charge = announced(renewal)
    with monkeypatch.context() as killed:
        killed.setattr(flow, "_finish", 1 / 1)
        with pytest.raises(TypeError):
            renew_subscriptions(now=charge)
    renew_subscriptions(now=charge + HOUR)
    renewal.refresh_from_db()
    assert renewal.renewed_by is not None
    assert (len(charges()), Entitlement.objects.count()) == (2, 2)


def test_a_declined_card_is_tried_four_times_then_switched_off_with_a_mail(
    rosa: User, now: datetime
) -> None:
    open_shop()
    renewal = subscribed(rosa, now)
    end = end_of(rosa)
    Renewal.objects.update(method_reference="card_declined")
    charge = announced(renewal)
    for hour in range(40):
        renew_subscriptions(now=charge + hour * HOUR)
    assert charges() == ["captured"] + ["failed"] * 4
    renewal.refresh_from_db()
    assert renewal.switched_off_at is not None
    (mail,) = mails("is switched off; nothing was charged")
    assert "Your access runs through" in mail.text
    assert end_of(rosa) == end
    assert Order.objects.latest("pk").state == Order.State.LAPSED
    assert MoneyEntry.objects.count() == 1


def test_a_gateway_that_is_down_is_asked_again_and_is_no_attempt(
    rosa: User, amara: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_shop()
    renewal = subscribed(rosa, now)
    charge = announced(renewal)

    def down(*_: object) -> None:
        raise GatewayDownError("away")

    with monkeypatch.context() as away:
        away.setattr(type(flow.gateway("test")), "charge_again", down)
        with pytest.raises(GatewayDownError):
            renew_subscriptions(now=charge)
    renewal.refresh_from_db()
    assert renewal.attempts == 0
    # Meanwhile nobody can pay a second time, or say that nothing will be charged.
    order = Order.objects.latest("pk")
    with pytest.raises(OrderEndedError, match="saved card is being asked"):
        begin_payment(order, return_address="/", cancel_address="/", now=charge)
    ended = give_up_order(order, state=Order.State.CANCELED, actor_id=amara.pk, now=charge)
    assert ended.state == Order.State.PLACED
    renew_subscriptions(now=charge + HOUR)
    assert len(charges()) == 2


def without_an_answer(*, is_charged: bool) -> Callable[..., Charged]:
    """A gateway's charge of the saved card that is made, or not, and says nothing."""
    real = TestGateway.charge_again

    def silent(way: TestGateway, method: str, wanted: Wanted) -> Charged:
        if is_charged:
            real(way, method, wanted)
        raise GatewayDownError("no answer")

    return silent


def unanswered_for_a_week(
    person: User, now: datetime, monkeypatch: pytest.MonkeyPatch, *, is_charged: bool
) -> Order:
    """The card was asked, no answer came, and the provider was away ever since; it is back now."""
    open_shop()
    renewal = subscribed(person, now)
    charge = announced(renewal)

    def away(*_: object) -> None:
        raise GatewayDownError("away")

    with monkeypatch.context() as down:
        down.setattr(TestGateway, "charge_again", without_an_answer(is_charged=is_charged))
        down.setattr(TestGateway, "charged_before", away)
        with pytest.raises(GatewayDownError):
            renew_subscriptions(now=charge)
        renew_subscriptions(now=renewal.due_at + 7 * DAY)
    return Order.objects.latest("pk")


def test_without_an_answer_for_a_week_nobody_says_that_nothing_was_charged(
    rosa: User, amara: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = unanswered_for_a_week(rosa, now, monkeypatch, is_charged=True)
    (mail,) = mails("is switched off")
    assert "nothing was charged" not in mail.subject + mail.text
    assert "we do not know yet whether your card was charged" in mail.text
    (told,) = mails("was the renewal")
    assert (told.recipients, order.number in told.text) == ([amara.email], True)
    assert order.state == Order.State.LAPSED


def test_a_charge_without_an_answer_is_seen_in_the_books_until_it_has_one(
    rosa: User, amara: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = unanswered_for_a_week(rosa, now, monkeypatch, is_charged=True)
    payment = order.payments.get()
    assert (payment.state, payment.amount) == (Payment.State.ASKED, 95_00)
    later = Renewal.objects.get().due_at + 8 * DAY
    day = later.date() - DAY
    (books,) = compare_books(gateway_name="test", day=day, now=later)
    charge = payment.opened_at
    asked = f"a charge of $95.00 was asked for on {charge:%Y-%m-%d}"
    assert books.differences == [f"Order {order.number}: {asked}, and there is no answer."]
    reconcile(since=later - DAY, now=later)
    order.refresh_from_db()
    payment.refresh_from_db()
    assert (order.state, payment.state) == (Order.State.PAID, Payment.State.CAPTURED)
    assert end_of(rosa) > later
    assert (len(mails("Receipt")), mails("was not charged")) == (2, [])
    (books,) = compare_books(gateway_name="test", day=day, now=later)
    assert books.differences == []
    reconcile(since=later - DAY, now=later + HOUR)
    assert (MoneyEntry.objects.count(), len(mails("Receipt"))) == (2, 2)
    assert list(queries.broken_invariants()) == []


def test_a_renewal_switched_off_before_the_answer_leaves_nothing_open(
    rosa: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_shop()
    renewal = subscribed(rosa, now)
    charge = announced(renewal)

    with monkeypatch.context() as down:
        down.setattr(TestGateway, "charge_again", without_an_answer(is_charged=False))
        with pytest.raises(GatewayDownError):
            renew_subscriptions(now=charge)
    payment = Order.objects.latest("pk").payments.get()
    reconcile(since=now, now=charge + 2 * HOUR)
    payment.refresh_from_db()
    assert (payment.state, payment.order.state) == (Payment.State.ASKED, Order.State.PLACED)
    switch_off_renewal(renewal=renewal, actor_id=rosa.pk, now=charge)
    for hours, state in ((0.5, Payment.State.ASKED), (1, Payment.State.ABANDONED)):
        reconcile(since=now, now=charge + hours * HOUR)
        payment.refresh_from_db()
        assert payment.state == state
    assert Order.objects.latest("pk").state == Order.State.LAPSED
    assert (mails("was not charged"), MoneyEntry.objects.count()) == ([], 1)


def test_a_charge_that_never_was_made_is_given_up_and_its_holder_told(
    rosa: User, amara: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = unanswered_for_a_week(rosa, now, monkeypatch, is_charged=False)
    end = end_of(rosa)
    for _ in range(2):
        reconcile(since=now, now=now + 400 * DAY)
    order.refresh_from_db()
    payment = order.payments.get()
    assert (order.state, payment.state) == (Order.State.LAPSED, Payment.State.ABANDONED)
    assert (end_of(rosa), MoneyEntry.objects.count()) == (end, 1)
    (mail,) = mails("Your card was not charged")
    assert (mail.recipients, "$95.00" in mail.text) == ([rosa.email], True)


@pytest.mark.parametrize("is_charged", [True, False])
def test_a_provider_that_is_back_at_the_end_of_the_week_says_how_it_was(
    rosa: User, now: datetime, monkeypatch: pytest.MonkeyPatch, *, is_charged: bool
) -> None:
    open_shop()
    renewal = subscribed(rosa, now)
    charge = announced(renewal)
    monkeypatch.setattr(TestGateway, "charge_again", without_an_answer(is_charged=is_charged))
    with pytest.raises(GatewayDownError):
        renew_subscriptions(now=charge)
    renew_subscriptions(now=renewal.due_at + 7 * DAY)
    payment = Order.objects.latest("pk").payments.get()
    renewal.refresh_from_db()
    if is_charged:
        assert (payment.state, renewal.renewed_by) == (Payment.State.CAPTURED, payment.order)
        assert mails("is switched off") == []
    else:
        assert (payment.state, renewal.renewed_by) == (Payment.State.ABANDONED, None)
        (mail,) = mails("is switched off; nothing was charged")
        assert "We could not reach the payment provider in time." in mail.text
    reconcile(since=now, now=renewal.due_at + 8 * DAY)
    assert mails("was not charged") == []


def test_a_charge_that_does_not_fit_is_not_called_none(
    rosa: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_shop()
    charge = announced(subscribed(rosa, now))
    real = type(flow.gateway("test")).charge_again

    def another_amount(way: TestGateway, method: str, wanted: Wanted) -> Charged:
        return replace(real(way, method, wanted), captured=Money(1_00, "USD"))

    monkeypatch.setattr(TestGateway, "charge_again", another_amount)
    renew_subscriptions(now=charge)
    (mail,) = mails("is switched off")
    assert "nothing was charged" not in mail.subject + mail.text
    assert "The payment is $1.00, the order $95.00." in mail.text
    assert MoneyEntry.objects.count() == 1


def test_a_card_that_was_never_asked_was_not_charged(rosa: User, now: datetime) -> None:
    open_shop()
    renewal = subscribed(rosa, now)
    announced(renewal)
    renew_subscriptions(now=renewal.due_at + 7 * DAY)
    (mail,) = mails("is switched off; nothing was charged")
    assert "Your card was not asked in time." in mail.text
    assert (Order.objects.count(), charges()) == (1, ["captured"])


def test_it_never_renews_without_the_notice_seven_days_before(rosa: User, now: datetime) -> None:
    open_shop()
    renewal = subscribed(rosa, now)
    renew_subscriptions(now=renewal.due_at - 8 * DAY + timedelta(seconds=1))
    renewal.refresh_from_db()
    assert renewal.switched_off_at is not None
    assert mails("renews on") == []
    assert "seven days" in mails("is switched off")[0].text
    renew_subscriptions(now=renewal.due_at)
    assert Order.objects.count() == 1


def test_switched_off_after_the_notice_charges_nothing(rosa: User, now: datetime) -> None:
    open_shop()
    renewal = subscribed(rosa, now)
    charge = announced(renewal)
    assert switch_off_renewal(renewal=renewal, actor_id=rosa.pk, now=charge - DAY)
    assert not switch_off_renewal(renewal=renewal, actor_id=rosa.pk, now=charge - DAY)
    renew_subscriptions(now=charge)
    assert (Order.objects.count(), charges()) == (1, ["captured"])
    assert end_of(rosa) == renewal.due_at


@pytest.mark.parametrize(("later", "charged"), [(120_00, 95_00), (80_00, 80_00)])
def test_it_costs_what_the_notice_named_or_less(
    rosa: User, now: datetime, later: int, charged: int
) -> None:
    products = open_shop()
    charge = announced(subscribed(rosa, now))
    set_price(
        product=products["unlimited-year"], amount=Money(later, "USD"), now=charge - DAY,
        actor_id=None,
    )  # fmt: skip
    renew_subscriptions(now=charge)
    assert Order.objects.latest("pk").total == charged


def test_another_year_bought_meanwhile_moves_the_renewal(rosa: User, now: datetime) -> None:
    open_shop()
    renewal = subscribed(rosa, now)
    charge = announced(renewal)
    bought(rosa, "unlimited-year", now=charge - 2 * DAY, key="more")
    renew_subscriptions(now=charge)
    renewal.refresh_from_db()
    assert (renewal.due_at, renewal.noticed_at) == (end_of(rosa), None)
    assert Order.objects.count() == 2


def test_access_that_was_taken_back_is_not_renewed(rosa: User, now: datetime) -> None:
    open_shop()
    renewal = subscribed(rosa, now)
    Entitlement.objects.update(withdrawn_at=now)
    renew_subscriptions(now=now + DAY)
    renewal.refresh_from_db()
    assert renewal.switched_off_at == now + DAY


def test_too_near_the_end_it_cannot_be_switched_on(rosa: User, now: datetime) -> None:
    open_shop()
    renewal = subscribed(rosa, now)
    switch_off_renewal(renewal=renewal, actor_id=rosa.pk, now=now)
    with pytest.raises(RenewalRefusedError, match="too soon"):
        switch_on(rosa, agreed_total=PRICE, now=renewal.due_at - 8 * DAY)
