"""Buying, paying, learning, refunding and chargebacks in any order, with failures in between.

Whatever happens, the books agree (I2), completions stay (I3), nothing acts twice (I8), and what
people were told is what is stored (I12). ``PROPERTY_DEPTH=20`` tries twenty times as many stories.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from aliquot.accounts.models import User
from aliquot.catalog.models import Course
from aliquot.certificates.models import Certificate
from aliquot.certificates.queries import status_of
from aliquot.commerce import queries
from aliquot.commerce.adapters.gateways.test.gateway import TestGateway
from aliquot.commerce.errors import (
    GatewayDownError,
    OrderEndedError,
    RefundChangedError,
    RefundRefusedError,
)
from aliquot.commerce.facts import Charged
from aliquot.commerce.models import (
    Document,
    FakeCharge,
    LineGrant,
    MoneyEntry,
    Order,
    Payment,
    Refund,
)
from aliquot.commerce.services import end_order, test_gateway
from aliquot.flows.pay_order import begin_payment, settle_payment
from aliquot.flows.place_order import Wish
from aliquot.flows.refund_order import (
    approve_refund,
    decline_refund,
    open_refund_for_buyer,
    request_refund,
)
from aliquot.flows.return_double_payment import return_double_payment
from aliquot.flows.send_refund import send_refunds
from aliquot.infra.models import OutboxMail
from aliquot.learning.models import Completion
from aliquot.ledger.models import CreditEntry
from aliquot.lib.errors import AliquotError
from aliquot.lib.money import Money
from tests.credentials.depth import DEPTH
from tests.factories.catalog import provider, published_course
from tests.factories.certificates import finished
from tests.factories.learning import started
from tests.factories.shop import open_shop, ordered
from tests.people import person

STORIES = 15 * DEPTH
STEPS = 20
CODES = ("HEM-101", "HEM-102", "HEM-103", "HEM-104")
REFUSALS = (OrderEndedError, RefundRefusedError, RefundChangedError)
STEPS_THAT_FAIL = (
    "aliquot.commerce.adapters.gateways.test.gateway.TestGateway.fetch",
    "aliquot.commerce.adapters.gateways.test.gateway.TestGateway.refund",
    "aliquot.flows.send_refund.services.note_refund_sent",
    "aliquot.flows.send_refund.enter_charged",
    "aliquot.flows.enter_movements.services.enter_movement",
    "aliquot.flows.enter_movements.services.issue_document",
    "aliquot.flows.take_back.withdraw_entitlement",
    "aliquot.flows.take_back.revoke_completion",
    "aliquot.flows.pay_order.grant_order",
)
FAILURES = st.just("") | st.just("") | st.sampled_from(STEPS_THAT_FAIL)


@contextmanager
def failing(step: str) -> Iterator[None]:
    """One step fails, as if the process had been killed there."""

    def fail(*_: Any, **__: Any) -> None:
        raise GatewayDownError("killed here")

    if not step:
        yield
        return
    try:
        with patch(step, fail):
            yield
    except GatewayDownError:
        pass


def refundable() -> bool:
    """Whether some paid order has no open refund."""
    is_open = {"refunds__state__in": ["requested", "approved"]}
    return Order.objects.filter(state="paid").exclude(**is_open).exists()


class Shop(RuleBasedStateMachine):
    """Rosa buys and learns, the gateway is careless, staff and banks do what they like."""

    rosa: User
    amara: User
    courses: list[Course]

    @initialize()
    def open(self) -> None:
        """The shop opens, in a transaction that is rolled back."""
        self.story = transaction.atomic()
        self.story.__enter__()
        self.now = datetime(2026, 11, 2, 15, 0, tzinfo=UTC)
        self.keys = 0
        self.disputed: dict[str, Money] = {}
        self.completions: dict[int, str] = {}
        provider()
        open_shop()
        self.rosa = person("rosa@example.org", "Rosa Méndez")
        self.amara = person("amara@example.org", "Amara Okafor")
        self.courses = [published_course(code, is_free=False, pages=1) for code in CODES]
        self.place("unlimited-year")
        self.pay(0)
        self.settle(1, "")

    def teardown(self) -> None:
        """Nothing of a story remains for the next one."""
        if hasattr(self, "story"):
            transaction.set_rollback(True)
            self.story.__exit__(None, None, None)

    def order(self, pick: int) -> Order | None:
        """One of the orders."""
        orders = list(Order.objects.order_by("pk"))
        return orders[pick % len(orders)] if orders else None

    def fetch(self, gateway: TestGateway, provider_id: str) -> Charged:
        """What the gateway says, with what a bank has taken."""
        found = self.real_fetch(gateway, provider_id)
        taken = self.disputed.get(provider_id)
        return replace(found, disputed=taken, disputed_at=self.now) if taken else found

    @contextmanager
    def world(self, step: str = "") -> Iterator[None]:
        """The gateway with its disputes; and perhaps one step that fails."""
        self.real_fetch = TestGateway.fetch

        def fetch(way: TestGateway, provider_id: str) -> Charged:
            return self.fetch(way, provider_id)

        with patch.object(TestGateway, "fetch", fetch), failing(step):
            yield

    @precondition(lambda _: Order.objects.count() < 3)
    @rule(code=st.sampled_from(["unlimited-year", "eight-hours", "single-course"]))
    def place(self, code: str) -> None:
        """An order is placed."""
        self.keys += 1
        wish = Wish(code, self.courses[0] if code == "single-course" else None)
        order = ordered(self.rosa, wish, now=self.now, key=f"k{self.keys}")
        with self.world():
            if order.total:
                begin_payment(order, return_address="/", cancel_address="/", now=self.now)

    @precondition(lambda _: Order.objects.filter(state="placed").exists())
    @rule(pick=st.integers(0, 9))
    def lapse(self, pick: int) -> None:
        """An order lapses; another payment of it may still come."""
        order = self.order(pick)
        if order is not None and order.state == "placed":
            end_order(order=order, state=Order.State.LAPSED, actor_id=None, now=self.now)

    @precondition(lambda _: FakeCharge.objects.filter(state="open").exists())
    @rule(pick=st.integers(0, 9))
    def pay(self, pick: int) -> None:
        """The buyer pays at the gateway; we do not hear of it yet."""
        order = self.order(pick)
        payment = order.payments.first() if order else None
        if payment is not None:
            test_gateway.end_charge(
                payment.provider_id, state=FakeCharge.State.CAPTURED, now=self.now
            )

    @rule(times=st.integers(1, 3), step=FAILURES)
    def settle(self, times: int, step: str) -> None:
        """We look at all payments, late, again, and sometimes killed in between."""
        for payment in list(Payment.objects.all()) * times:
            with self.world(step):
                settle_payment(payment, now=self.now)

    @rule(days=st.sampled_from([0, 1, 12, 31]))
    def wait(self, days: int) -> None:
        """Time passes."""
        self.now += timedelta(days=days, hours=1)

    @rule(index=st.integers(0, 3), finishes=st.booleans())
    def learn(self, index: int, finishes: bool) -> None:
        """A course is begun, or completed."""
        course = self.courses[index]
        try:
            if finishes:
                finished(self.rosa, course, self.now)
            else:
                started(self.rosa, course, self.now)
        except AliquotError:
            return

    @precondition(lambda _: refundable())
    @rule(pick=st.integers(0, 9), step=FAILURES)
    def ask(self, pick: int, step: str) -> None:
        """The buyer asks for a refund, twice."""
        order = self.order(pick)
        if order is None or order.state != "paid":
            return
        terms = queries.refund_case(order, now=self.now).terms
        for _ in range(2):
            with self.world(step):
                try:
                    request_refund(order=order, agreed=terms, actor_id=self.rosa.pk, now=self.now)
                except REFUSALS:
                    return

    @precondition(lambda _: refundable() and Refund.objects.exists())
    @rule(pick=st.integers(0, 9))
    def begin(self, pick: int) -> None:
        """Staff begin a refund."""
        order = self.order(pick)
        if order is None or order.state != "paid":
            return
        try:
            open_refund_for_buyer(order=order, actor_id=self.amara.pk, now=self.now)
        except REFUSALS:
            return

    @precondition(lambda _: Refund.objects.filter(state="requested").exists())
    @rule(
        cents=st.integers(1, 100_00),
        approves=st.booleans(),
        takes=st.booleans(),
        step=FAILURES,
    )
    def decide(self, cents: int, approves: bool, takes: bool, step: str) -> None:
        """Staff decide what waits."""
        for refund in Refund.objects.filter(state="requested"):
            with self.world(step):
                try:
                    if not approves:
                        decline_refund(
                            refund=refund, reason="No.", actor_id=self.amara.pk, now=self.now
                        )
                        continue
                    approve_refund(
                        refund=refund,
                        parts={0: Money(cents, "USD")},
                        reason="Yes.",
                        takes_credit_back=takes,
                        actor_id=self.amara.pk,
                        now=self.now,
                    )
                except REFUSALS:
                    continue

    @precondition(lambda _: Refund.objects.filter(state="approved").exists())
    @rule(step=FAILURES)
    def send(self, step: str) -> None:
        """The job runs."""
        with self.world(step):
            send_refunds(now=self.now)
        for payment in Payment.objects.filter(state="double"):
            with self.world(step):
                return_double_payment(payment, now=self.now)

    @rule(pick=st.integers(0, 9), cents=st.integers(1, 20_00))
    def by_hand(self, pick: int, cents: int) -> None:
        """Somebody gives money back at the provider, without us; never more than is there."""
        order = self.order(pick)
        payment = order.payments.first() if order else None
        charge = FakeCharge.objects.filter(
            provider_id=payment.provider_id if payment else "", state="captured"
        ).first()
        if charge is None or charge.provider_id in self.disputed:
            return
        if sum(each["amount"] for each in charge.refunds) + cents <= charge.amount:
            self.keys += 1
            amount = Money(cents, "USD")
            test_gateway.give_back(
                charge.provider_id, amount=amount, key=f"hand-{self.keys}", now=self.now
            )

    @precondition(lambda self: not self.disputed)
    @rule(pick=st.integers(0, 9))
    def dispute(self, pick: int) -> None:
        """A bank takes back what is left of a payment."""
        charges = list(FakeCharge.objects.filter(state="captured").order_by("pk"))
        if not charges:
            return
        charge = charges[pick % len(charges)]
        left = charge.amount - sum(each["amount"] for each in charge.refunds)
        if left > 0:
            self.disputed[charge.provider_id] = Money(left, "USD")

    @invariant()
    def books_agree(self) -> None:
        """I2: the room's own check, and what we gave back is what the gateway gave back."""
        assert list(queries.broken_invariants()) == []
        for order in Order.objects.all():
            money = queries.money_of(order)
            entries = MoneyEntry.objects.filter(order=order, kind="refund")
            sent = Refund.objects.filter(order=order, state="succeeded", entry__isnull=False)
            own = entries.exclude(payment__state="double")
            assert -sum(each.amount for each in own) == sum(each.amount for each in sent)
            assert money.paid.cents >= 0 or order.payments.get().provider_id in self.disputed
            lines = order.lines.count()
            grants = LineGrant.objects.filter(line__order=order).count()
            assert grants == (lines if order.state == "paid" else 0)
        for charge in FakeCharge.objects.all():
            assert sum(each["amount"] for each in charge.refunds) <= charge.amount
            keys = [each["key"] for each in charge.refunds]
            assert len(keys) == len(set(keys))

    @invariant()
    def completions_stay(self) -> None:
        """I3: a completion is never changed or deleted."""
        now = dict(Completion.objects.values_list("pk", "record_hash"))
        assert self.completions.items() <= now.items()
        self.completions = now

    @invariant()
    def people_were_told_what_is_stored(self) -> None:
        """I12: papers, mails and certificates say what the books say."""
        for refund in Refund.objects.filter(state="succeeded"):
            note = Document.objects.get(refund=refund)
            assert note.total == -refund.amount
            assert OutboxMail.objects.filter(subject__contains=note.number).count() == 1
        notes = Document.objects.filter(kind="credit_note").count()
        assert notes == Refund.objects.filter(state="succeeded").count()
        revoked = {
            pk
            for refund in Refund.objects.filter(state__in=["approved", "succeeded", "failed"])
            for pk in refund.revokes
        }
        for certificate in Certificate.objects.all():
            is_revoked = certificate.completion_id in revoked
            assert (status_of(certificate) == "revoked") is is_revoked
            rows = CreditEntry.objects.filter(activity__completion=certificate.completion_id)
            assert (sum(each.amount for each in rows) > 0) is not is_revoked


@pytest.mark.django_db
def test_any_story_keeps_the_books() -> None:
    run_state_machine_as_test(
        Shop,
        settings=settings(
            max_examples=STORIES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
