"""Stripe Tax around an order: asked before it is placed, told once of the sale and of refunds."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django_tasks_db.models import DBTaskResult

from aliquot.accounts.models import User
from aliquot.commerce import queries
from aliquot.commerce.adapters.gateways import gateway
from aliquot.commerce.adapters.taxes import source_called
from aliquot.commerce.errors import PriceChangedError, TaxPlaceError, TaxUnknownError
from aliquot.commerce.models import FakeCharge, Order, Payment, Refund, Renewal, TaxFiling
from aliquot.commerce.queries import office
from aliquot.commerce.services import approve_exemption, create_voucher, set_price
from aliquot.commerce.services.payments import lock_payment
from aliquot.flows.compare_books import compare_books
from aliquot.flows.file_taxes import file_refund, file_sale, file_taxes
from aliquot.flows.pay_order import settle_payment
from aliquot.flows.place_order import Buyer, Wish, place_order
from aliquot.flows.refund_order import request_refund
from aliquot.flows.renew_subscriptions import renew_subscriptions
from aliquot.flows.send_refund import send_refund
from aliquot.flows.switch_renewal import switch_on
from aliquot.infra.models import AuditEntry, OutboxMail
from aliquot.lib.money import Money
from tests.factories.catalog import provider
from tests.factories.shop import buyer_of, exemption_sent, open_shop, ordered, paid
from tests.fakes.stripe_checkout import StripeFake

pytestmark = pytest.mark.django_db
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
YEAR, PACK = Wish("unlimited-year"), Wish("eight-hours")
TAXED = Money(102_84, "USD")  # 95.00 + 5.94 of the state + 1.90 of the city


@pytest.fixture(autouse=True)
def fake(stripe_tax: StripeFake, monkeypatch: pytest.MonkeyPatch) -> StripeFake:
    """Stripe Tax, which refuses to be asked while a transaction of ours runs."""
    provider()
    open_shop()
    way: Any = source_called("stripe")
    way._api._requestor._options.max_network_retries = 0
    for name in ("calculate", "record_sale", "record_refund"):
        asked = getattr(way, name)

        def outside(*args: Any, asked: Any = asked, **more: Any) -> Any:
            assert not connection.savepoint_ids, "Stripe was asked inside a transaction"
            return asked(*args, **more)

        monkeypatch.setattr(way, name, outside)
    return stripe_tax


def texan(person: User, *wishes: Wish, now: datetime, **more: Any) -> Order:
    return ordered(person, *(wishes or [YEAR]), now=now, postal_code="78701", **more)


def placed(person: User, buyer: Buyer, agreed: Money, now: datetime, code: str = "") -> Order:
    return place_order(
        person=person,
        key="k",
        wishes=[YEAR],
        buyer=buyer,
        gateway_name="test",
        agreed_total=agreed,
        voucher_code=code,
        now=now,
    )


def off(code: str, percent: int, now: datetime) -> None:
    create_voucher(code=code, percent_off=Decimal(percent), valid_from=now, now=now, actor_id=None)


def jobs(name: str) -> int:
    return DBTaskResult.objects.filter(task_path=f"aliquot.flows.tasks.{name}").count()


def refunded(order: Order, now: datetime) -> Refund:
    terms = queries.refund_case(order, now=now).terms
    refund = request_refund(order=order, agreed=terms, actor_id=order.person_id, now=now)
    return send_refund(refund, now=now)


class TestPlacing:
    def test_the_order_keeps_rate_amount_name_and_calculation(
        self, rosa: User, now: datetime
    ) -> None:
        order = texan(rosa, YEAR, PACK, now=now)
        name = "Sales Tax and Local Sales Tax (Texas, Austin)"
        kept = [(each.tax, each.tax_percent, each.tax_jurisdiction) for each in order.lines.all()]
        assert kept == [(7_84, Decimal("8.25"), name), (4_13, Decimal("8.25"), name)]
        assert (order.tax, order.total, order.tax_source) == (11_97, 156_97, "stripe")
        assert order.tax_calculation.startswith("taxcalc_")
        assert order.buyer["postal_code"] == "78701"

    def test_a_code_is_taken_off_before_the_tax(self, rosa: User, now: datetime) -> None:
        off("HALF-2026", 50, now)
        order = texan(rosa, now=now, voucher="HALF-2026")
        assert (order.net, order.tax, order.total) == (47_50, 3_92, 51_42)

    def test_another_tax_than_agreed_places_nothing(
        self, rosa: User, now: datetime, fake: StripeFake
    ) -> None:
        fake.rates["TX"] = [("7", "Sales Tax", "Texas")]
        with pytest.raises(PriceChangedError, match=r"\$101\.65 now; it was \$102\.84"):
            placed(rosa, buyer_of(rosa, postal_code="78701"), TAXED, now)
        assert not Order.objects.exists()

    def test_a_tax_is_used_only_for_what_it_was_asked_about(
        self, rosa: User, now: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        way = source_called("stripe")
        ask = way.calculate

        def slowly(question: Any) -> Any:
            answer = ask(question)
            product = queries.product_on_sale("unlimited-year", now=now)
            assert product is not None
            set_price(product=product.product, amount=Money(90_00, "USD"), now=now, actor_id=None)
            return answer

        monkeypatch.setattr(way, "calculate", slowly)
        with pytest.raises(PriceChangedError, match="changed this moment"):
            placed(rosa, buyer_of(rosa, postal_code="78701"), TAXED, now)
        assert not Order.objects.exists()

    def test_without_an_answer_or_a_place_nothing_is_placed_or_charged(
        self, rosa: User, now: datetime, fake: StripeFake
    ) -> None:
        with pytest.raises(TaxPlaceError):
            placed(rosa, buyer_of(rosa), TAXED, now)
        fake.is_down = True
        with pytest.raises(TaxUnknownError):
            placed(rosa, buyer_of(rosa, postal_code="78701"), TAXED, now)
        assert not Order.objects.exists()
        assert not FakeCharge.objects.exists()

    def test_an_exempt_institution_pays_none_and_stripe_is_told_why(
        self, rosa: User, amara: User, now: datetime, fake: StripeFake
    ) -> None:
        approve_exemption(exemption=exemption_sent(rosa, now), actor_id=amara.pk, now=now)
        place = {"country": "US", "region": "FL", "postal_code": "33602"}
        buyer = Buyer("Rosa", "rosa@example.org", organization="Lakeside Hospital", **place)
        order = placed(rosa, buyer, Money(95_00, "USD"), now)
        said = fake.things[order.tax_calculation]["customer_details"]
        assert (order.tax, said["taxability_override"]) == (0, "customer_exempt")


class TestFiling:
    def test_a_paid_order_is_recorded_once_and_staff_see_it(
        self, rosa: User, now: datetime, fake: StripeFake
    ) -> None:
        order = texan(rosa, now=now)
        assert file_sale(order, now=now) is None
        order = paid(order, now=now)
        assert jobs("file_sale") == 1
        for _ in range(2):
            file_sale(order, now=now)
        file_taxes(now=now)
        assert fake.tax_of("transaction") == [(order.number, 95_00, 7_84)]
        timeline = [each.action for each in office.deeds_on(order)]
        assert timeline.count("tax_filing.sale") == 1

    def test_an_answer_that_was_lost_is_asked_for_again_and_is_the_same_record(
        self, rosa: User, now: datetime, fake: StripeFake
    ) -> None:
        order = paid(texan(rosa, now=now), now=now)
        fake.loses_answers = 1
        with pytest.raises(TaxUnknownError):
            file_taxes(now=now)
        assert not TaxFiling.objects.exists()
        assert file_taxes(now=now) == 1
        assert file_taxes(now=now) == 0
        assert fake.tax_of("transaction") == [(order.number, 95_00, 7_84)]

    def test_a_whole_refund_reverses_all_once(
        self, rosa: User, now: datetime, fake: StripeFake
    ) -> None:
        order = paid(texan(rosa, now=now), now=now)
        refund = refunded(order, now + DAY)
        assert (refund.state, jobs("file_refund")) == ("succeeded", 1)
        for _ in range(2):
            file_refund(refund, now=now + DAY)
        assert fake.tax_of("transaction") == [(order.number, 95_00, 7_84)]
        back = f"{order.number}-refund-{refund.pk}"
        assert fake.tax_of("reversal") == [(back, -95_00, -7_84)]

    def test_refunds_of_parts_together_reverse_what_was_sold_and_never_more(
        self, rosa: User, now: datetime, fake: StripeFake
    ) -> None:
        order = paid(texan(rosa, PACK, now=now), now=now)  # 50.00 + 4.13
        payment = Payment.objects.get()
        for cents in (20_03, 20_03, 14_07):
            charged = gateway("test").fetch(payment.provider_id)
            gateway("test").refund(charged, Money(cents, "USD"), key=f"part-{len(charged.refunds)}")
            settle_payment(lock_payment(payment), now=now)
        assert file_taxes(now=now) == 4
        backs = [(net, tax) for _, net, tax in fake.tax_of("reversal")]
        assert backs == [(-18_50, -1_53), (-18_50, -1_53), (-13_00, -1_07)]
        assert file_taxes(now=now) == 0
        assert order.number == fake.tax_of("transaction")[0][0]

    def test_what_is_refused_is_kept_with_its_reason_and_listed_after_a_day(
        self, rosa: User, now: datetime, fake: StripeFake
    ) -> None:
        order = paid(texan(rosa, now=now), now=now)
        fake.expire_calculations()
        for _ in range(2):
            file_taxes(now=now)
        assert [each.problem for each in TaxFiling.objects.all()] == [
            "Stripe refuses: The calculation has expired."
        ]
        assert AuditEntry.objects.filter(action="tax_filing.refused").count() == 1

        def listed(later: datetime) -> list[str]:
            day = (later - DAY).date()
            return compare_books(gateway_name="test", day=day, now=later)[0].differences

        assert listed(now + DAY - HOUR) == []
        missing = f"Order {order.number} is paid, but Stripe Tax has no record of it."
        assert listed(now + 2 * DAY) == [missing]
        assert listed(now + 32 * DAY) == []
        assert (file_taxes(now=now + 89 * DAY), file_taxes(now=now + 90 * DAY)) == (1, 0)

    def test_an_order_of_nothing_and_one_by_the_table_tell_nobody(
        self, rosa: User, now: datetime, fake: StripeFake, settings: Any
    ) -> None:
        off("FREE-2026", 100, now)
        free = texan(rosa, now=now, voucher="FREE-2026")
        settings.TAX_SOURCE = "table"
        by_table = paid(texan(rosa, now=now, key="checkout-2"), now=now)
        assert (free.tax_calculation, by_table.tax_source) == ("", "")
        assert (file_taxes(now=now), jobs("file_sale"), fake.tax_of("transaction")) == (0, 0, [])


class TestRenewal:
    def renewing(self, person: User, now: datetime) -> Renewal:
        """Renewal is on and announced with its tax."""
        file_sale(paid(texan(person, now=now, keeps_card=True), now=now), now=now)
        renewal = switch_on(person, agreed_total=TAXED, now=now)
        renew_subscriptions(now=renewal.due_at - 15 * DAY)
        renewal.refresh_from_db()
        assert renewal.noticed_amount == TAXED.cents
        return renewal

    def test_without_an_answer_nothing_is_charged_and_the_next_run_charges_once(
        self, rosa: User, now: datetime, fake: StripeFake
    ) -> None:
        due = self.renewing(rosa, now).due_at
        fake.is_down = True
        with pytest.raises(TaxUnknownError):
            renew_subscriptions(now=due - DAY)
        assert (Order.objects.count(), FakeCharge.objects.count()) == (1, 1)
        fake.is_down = False
        for _ in range(2):
            renew_subscriptions(now=due - DAY + HOUR)
        file_taxes(now=due)
        orders = list(Order.objects.order_by("pk"))
        assert [each.total for each in orders] == [102_84, 102_84]
        assert [each[0] for each in fake.tax_of("transaction")] == [each.number for each in orders]

    def test_an_order_without_a_full_place_is_not_renewed_and_its_holder_is_told(
        self, rosa: User, now: datetime
    ) -> None:
        renewal = self.renewing(rosa, now)
        first = Order.objects.get()
        Order.objects.update(buyer={**first.buyer, "postal_code": ""})
        renew_subscriptions(now=renewal.due_at - DAY)
        renewal.refresh_from_db()
        assert renewal.switched_off_at == renewal.due_at - DAY
        assert (Order.objects.count(), FakeCharge.objects.count()) == (1, 1)
        assert "names no full address" in OutboxMail.objects.order_by("-pk")[0].text
