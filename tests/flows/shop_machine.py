"""The shop as a machine whose steps hypothesis takes in any order, with failures in between.

Nothing of what is checked here looks at how it is done: only at our books, at the gateway's own
table, and at what people were told.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

from django.db import transaction
from django.db.models import Model, QuerySet
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from aliquot.accounts.models import User
from aliquot.catalog.models import Course
from aliquot.commerce import queries
from aliquot.commerce.adapters.gateways import gateway
from aliquot.commerce.adapters.gateways.test.gateway import TestGateway
from aliquot.commerce.errors import (
    GatewayDownError,
    OrderEndedError,
    RefundChangedError,
    RefundRefusedError,
    RenewalRefusedError,
)
from aliquot.commerce.facts import Charged, CheckoutItem, Wanted
from aliquot.commerce.models import FakeCharge, Order, Payment, Refund
from aliquot.commerce.services import end_order, open_payment, switch_off_renewal, test_gateway
from aliquot.flows.pay_order import settle_payment
from aliquot.flows.place_order import Wish
from aliquot.flows.refund_order import (
    approve_refund,
    decline_refund,
    open_refund_for_buyer,
    request_refund,
)
from aliquot.flows.renew_subscriptions import renew_subscriptions
from aliquot.flows.return_double_payment import return_double_payment
from aliquot.flows.send_refund import send_refunds
from aliquot.flows.switch_renewal import renewal_terms, switch_on
from aliquot.lib.errors import AliquotError
from aliquot.lib.money import Money
from tests.factories.certificates import finished
from tests.factories.learning import started
from tests.factories.shop import opened, ordered
from tests.flows import shop_checks

BEGINS = datetime(2026, 11, 2, 15, 0, tzinfo=UTC)
REFUSALS = (OrderEndedError, RefundRefusedError, RefundChangedError)
PICK = st.integers(0, 9)
CENTS = st.just(0) | st.integers(1, 95_00)


def kills(*steps: str) -> st.SearchStrategy[str]:
    """Mostly nothing; or one of the steps fails, as if the process had been killed there."""
    return st.just("") | st.just("") | st.sampled_from(steps)


FETCHING = "commerce.adapters.gateways.test.gateway.TestGateway.fetch"
SETTLING = kills(
    FETCHING,
    "flows.enter_movements.services.enter_movement",
    "flows.enter_movements.services.issue_document",
    "flows.pay_order.grant_order",
    "flows.pay_order.mail_receipt",
)
DECIDING = kills("flows.take_back.withdraw_entitlement", "flows.take_back.revoke_completion")
SENDING = kills(
    FETCHING,
    "commerce.adapters.gateways.test.gateway.TestGateway.refund",
    "flows.send_refund.services.note_refund_sent",
    "flows.send_refund.enter_charged",
    "flows.return_double_payment.enter_charged",
    "flows.enter_movements.services.enter_movement",
    "flows.enter_movements.services.issue_document",
)
RENEWING = kills(
    FETCHING, "flows.renew_subscriptions.enter_answer", "flows.renew_subscriptions._finish"
)


@contextmanager
def killed(step: str) -> Iterator[None]:
    """One step fails; nothing, if ``step`` is empty."""

    def fail(*_: Any, **__: Any) -> None:
        raise GatewayDownError("killed here")

    if not step:
        yield
        return
    try:
        with patch(f"aliquot.{step}", fail):
            yield
    except GatewayDownError:
        pass


class Shop(RuleBasedStateMachine):
    """Rosa buys and learns, the gateway is careless, staff and banks do what they like."""

    rosa: User
    amara: User
    courses: list[Course]
    checks_each_step = False  # dear: else only the gateway's own table is looked at in between

    @initialize()
    def open(self) -> None:
        """A story is a transaction that is rolled back; it begins with a year that was paid."""
        self.story = transaction.atomic()
        self.story.__enter__()
        self.now = BEGINS
        self.keys = 0
        self.disputed: dict[str, Money] = {}
        self.twice: set[str] = set()
        self.completions: dict[int, str] = {}
        self.place("unlimited-year", keeps=True)
        self.pay(0)
        self.settle(1, backwards=False, step="")

    def teardown(self) -> None:
        """At the end the jobs run undisturbed, and all books agree. Nothing of a story remains."""
        if not hasattr(self, "story"):
            return
        try:
            self.jobs_run()
            self.everything_is_true()
            shop_checks.nothing_is_left_to_do(self.disputed)
        finally:
            transaction.set_rollback(True)
            self.story.__exit__(None, None, None)

    def one[Row: Model](self, rows: QuerySet[Row], pick: int) -> Row | None:
        """One of the rows."""
        found = list(rows.order_by("pk"))
        return found[pick % len(found)] if found else None

    @contextmanager
    def world(self, step: str = "") -> Iterator[None]:
        """The gateway with its disputes; and perhaps one step that fails."""
        real = TestGateway.fetch

        def fetch(way: TestGateway, provider_id: str) -> Charged:
            found = real(way, provider_id)
            taken = self.disputed.get(provider_id)
            return replace(found, disputed=taken, disputed_at=self.now) if taken else found

        with patch.object(TestGateway, "fetch", fetch), killed(step):
            yield

    @precondition(lambda _: Order.objects.count() < 3)
    @rule(
        code=st.sampled_from(["unlimited-year", "eight-hours", "single-course"]),
        keeps=st.booleans(),
    )
    def place(self, code: str, keeps: bool) -> None:
        """An order is placed, and its payment opened."""
        self.keys += 1
        wish = Wish(code, self.courses[0] if code == "single-course" else None)
        order = ordered(self.rosa, wish, now=self.now, key=f"k{self.keys}", keeps_card=keeps)
        if order.total:
            opened(order, now=self.now)

    @precondition(lambda _: Order.objects.filter(state="placed").exists())
    @rule(pick=PICK)
    def lapse(self, pick: int) -> None:
        """An order lapses; a payment of it may still come."""
        order = self.one(Order.objects.filter(state="placed"), pick)
        if order is not None:
            end_order(order=order, state=Order.State.LAPSED, actor_id=None, now=self.now)

    @precondition(lambda _: FakeCharge.objects.filter(state="open").exists())
    @rule(pick=PICK)
    def pay(self, pick: int) -> None:
        """The buyer pays at the gateway; we do not hear of it yet."""
        charge = self.one(FakeCharge.objects.filter(state="open"), pick)
        if charge is not None:
            captured = FakeCharge.State.CAPTURED
            test_gateway.end_charge(charge.provider_id, state=captured, now=self.now)

    @precondition(lambda self: len(self.twice) < 2)
    @rule(pick=PICK)
    def pay_in_another_window(self, pick: int) -> None:
        """The page in an old window takes money for an order that has a payment already."""
        orders = Order.objects.filter(payments__isnull=False).distinct()
        order = self.one(orders.exclude(number__in=self.twice), pick)
        if order is None:
            return
        self.twice.add(order.number)
        total = Money(order.total, order.currency)
        checkout = gateway("test").open(
            Wanted(
                order_number=order.number,
                buyer_email="rosa@example.org",
                items=(CheckoutItem("Again", total),),
                total=total,
                return_address="/",
                cancel_address="/",
                key=f"{order.number}-window",
            )
        )
        open_payment(
            order=order, gateway="test", checkout=checkout, amount=total, is_live=False,
            now=self.now,
        )  # fmt: skip
        captured = FakeCharge.State.CAPTURED
        test_gateway.end_charge(checkout.provider_id, state=captured, now=self.now)

    @rule(times=st.integers(1, 2), backwards=st.booleans(), step=SETTLING)
    def settle(self, times: int, *, backwards: bool, step: str) -> None:
        """We look at all payments, late, again, in another order, sometimes killed in between."""
        for payment in list(Payment.objects.order_by("-pk" if backwards else "pk")) * times:
            with self.world(step):
                settle_payment(payment, now=self.now)

    @rule(days=st.sampled_from([1, 12, 31]))
    def wait(self, days: int) -> None:
        """Time passes."""
        self.now += timedelta(days=days, hours=1)

    @rule(index=st.integers(0, 3), finishes=st.booleans())
    def learn(self, index: int, *, finishes: bool) -> None:
        """A course is begun, or completed."""
        try:
            (finished if finishes else started)(self.rosa, self.courses[index], self.now)
        except AliquotError:
            return

    @precondition(lambda _: shop_checks.refundable().exists())
    @rule(pick=PICK, step=DECIDING)
    def ask(self, pick: int, step: str) -> None:
        """The buyer asks for a refund, twice."""
        order = self.one(shop_checks.refundable(), pick)
        if order is None:
            return
        terms = queries.refund_case(order, now=self.now).terms
        for _ in range(2):
            with self.world(step):
                try:
                    request_refund(order=order, agreed=terms, actor_id=self.rosa.pk, now=self.now)
                except REFUSALS:
                    return

    @precondition(lambda _: shop_checks.refundable().exists())
    @rule(
        pick=PICK,
        cents=st.integers(1, 100_00),
        approves=st.booleans(),
        takes=st.booleans(),
        step=DECIDING,
    )
    def decide(self, pick: int, cents: int, approves: bool, takes: bool, step: str) -> None:
        """Staff begin a refund, or take the one that waits, and decide it."""
        order = self.one(shop_checks.refundable(), pick)
        if order is None:
            return
        with self.world(step):
            try:
                refund = open_refund_for_buyer(order=order, actor_id=self.amara.pk, now=self.now)
                if not approves:
                    decline_refund(
                        refund=refund, reason="No.", actor_id=self.amara.pk, now=self.now
                    )
                    return
                approve_refund(
                    refund=refund, parts={0: Money(cents, "USD")}, reason="Yes.",
                    takes_credit_back=takes, actor_id=self.amara.pk, now=self.now,
                )  # fmt: skip
            except REFUSALS:
                return

    @precondition(lambda _: Refund.objects.filter(state="approved").exists())
    @rule(by_hand=CENTS, step=SENDING)
    def send(self, by_hand: int, step: str) -> None:
        """The job runs; perhaps somebody gave back at the provider after it was approved."""
        refund = Refund.objects.filter(state="approved").order_by("pk").first()
        if refund is not None and by_hand:
            self.give_back_by_hand(refund.payment.provider_id, by_hand)
        with self.world(step):
            send_refunds(now=self.now)

    @precondition(lambda _: Payment.objects.filter(state="double").exists())
    @rule(by_hand=CENTS, step=SENDING)
    def return_doubles(self, by_hand: int, step: str) -> None:
        """Second payments go back, perhaps a part of them by hand before."""
        for payment in Payment.objects.filter(state="double").order_by("pk"):
            if by_hand:
                self.give_back_by_hand(payment.provider_id, by_hand)
            with self.world(step):
                return_double_payment(payment, now=self.now)

    def give_back_by_hand(self, provider_id: str, cents: int) -> None:
        """Somebody gives money back at the provider, without us; never more than is there."""
        charge = FakeCharge.objects.filter(provider_id=provider_id, state="captured").first()
        if charge is None or provider_id in self.disputed:
            return
        left = charge.amount - sum(each["amount"] for each in charge.refunds)
        if left > 0:
            self.keys += 1
            amount = Money(min(cents, left), "USD")
            test_gateway.give_back(provider_id, amount=amount, key=f"h{self.keys}", now=self.now)

    @precondition(lambda self: not self.disputed)
    @rule(pick=PICK)
    def dispute(self, pick: int) -> None:
        """A bank takes back what is left of a payment."""
        charge = self.one(FakeCharge.objects.filter(state="captured"), pick)
        if charge is not None:
            left = charge.amount - sum(each["amount"] for each in charge.refunds)
            if left > 0:
                self.disputed[charge.provider_id] = Money(left, "USD")

    @rule()
    def switch_renewal(self) -> None:
        """Renewal is switched on where it can be, or off."""
        renewal = queries.renewal_of(self.rosa)
        if renewal is not None:
            switch_off_renewal(renewal=renewal, actor_id=self.rosa.pk, now=self.now)
            return
        try:
            total = renewal_terms(self.rosa, now=self.now).total
            switch_on(self.rosa, agreed_total=total, now=self.now)
        except RenewalRefusedError:
            return

    @precondition(lambda self: queries.renewal_of(self.rosa) is not None)
    @rule(step=RENEWING)
    def renew(self, step: str) -> None:
        """The notice falls due, or the charge; the job runs twice, the first time killed."""
        renewal = queries.renewal_of(self.rosa)
        if renewal is None:
            return
        before = timedelta(days=15 if renewal.noticed_at is None else 1)
        self.now = max(self.now, renewal.due_at - before)
        for each in (step, ""):
            with self.world(each):
                renew_subscriptions(now=self.now)

    def jobs_run(self) -> None:
        """What the hourly jobs do, until nothing is left."""
        self.settle(1, backwards=False, step="")
        with self.world():
            send_refunds(now=self.now)
            for payment in queries.double_payments_to_return():
                return_double_payment(payment, now=self.now)
        self.settle(1, backwards=False, step="")

    @invariant()
    def the_gateway_never_gives_more_than_it_took(self) -> None:
        """Though it would, if asked."""
        if hasattr(self, "story"):
            shop_checks.gateway_is_sound(self.disputed, self.twice)
            if self.checks_each_step:
                self.everything_is_true()

    def everything_is_true(self) -> None:
        """I2, I3, I8 and I12."""
        shop_checks.books_agree(self.disputed)
        self.completions = shop_checks.completions_stay(self.completions)
        shop_checks.people_were_told_what_is_stored()
