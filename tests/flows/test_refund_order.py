"""Refunds: what is clearly the buyer's goes back at once, the rest is decided; all follows."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from aliquot.accounts.models import User
from aliquot.certificates.models import Certificate
from aliquot.certificates.queries import status_of
from aliquot.commerce import queries, services
from aliquot.commerce.adapters.gateways import gateway
from aliquot.commerce.adapters.gateways.test.gateway import TestGateway
from aliquot.commerce.errors import GatewayDownError, RefundChangedError, RefundRefusedError
from aliquot.commerce.facts import Answer
from aliquot.commerce.models import (
    Document,
    FakeCharge,
    MoneyEntry,
    Order,
    Payment,
    Refund,
    ShopSettings,
)
from aliquot.commerce.services import test_gateway
from aliquot.flows import send_refund as sending
from aliquot.flows.pay_order import enter_charged, settle_payment
from aliquot.flows.place_order import Wish
from aliquot.flows.refund_order import (
    approve_refund,
    decline_refund,
    open_refund_for_buyer,
    request_refund,
    send_failed_again,
)
from aliquot.flows.send_refund import send_refund, send_refunds
from aliquot.infra.models import AuditEntry, OutboxMail
from aliquot.learning.models import Completion, Entitlement
from aliquot.learning.services import return_course
from aliquot.ledger.models import CreditEntry
from aliquot.lib.money import Money
from tests.concurrency import at_once
from tests.factories.catalog import provider, published_course
from tests.factories.certificates import finished
from tests.factories.learning import started
from tests.factories.shop import bought, open_shop, ordered, paid

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
ALL = Money(95_00, "USD")


@pytest.fixture(autouse=True)
def shop(db: None) -> None:
    provider()
    open_shop()


def asked(order: Order, *, now: datetime, words: str = "") -> Refund:
    """The buyer reads the answer and asks."""
    terms = queries.refund_case(order, now=now).terms
    return request_refund(order=order, agreed=terms, words=words, actor_id=order.person_id, now=now)


def learned(person: User, now: datetime, *codes: str) -> list[Certificate]:
    return [finished(person, published_course(code, is_free=False, pages=1), now) for code in codes]


def subjects() -> list[str]:
    return list(OutboxMail.objects.order_by("pk").values_list("subject", flat=True))


def test_an_unused_subscription_goes_back_whole_and_at_once(rosa: User, now: datetime) -> None:
    order = bought(rosa, "unlimited-year", now=now)
    refund = asked(order, now=now + DAY)
    assert (refund.state, refund.amount, refund.decided_by_id) == ("approved", 95_00, None)
    assert Entitlement.objects.get().withdrawn_at == now + DAY
    refund = send_refund(refund, now=now + DAY)
    assert (refund.state, refund.settled_at) == ("succeeded", now + DAY)
    assert queries.money_of(order).paid == Money(0, "USD")
    assert refund.entry.amount == -95_00
    note = Document.objects.get(kind="credit_note")
    assert (note.number, note.total, note.refund) == ("C-2026-000001", -95_00, refund)
    assert note.corrects == Document.objects.get(kind="receipt")
    assert [line["net"] for line in note.content["lines"]] == [-95_00]
    assert subjects()[1:] == [
        f"$95.00 of order {order.number} is on its way back to you",
        f"Credit note C-2026-000001: $95.00 of order {order.number} paid back",
    ]


def test_the_same_request_again_is_one_refund(rosa: User, now: datetime) -> None:
    order = bought(rosa, "unlimited-year", now=now)
    terms = queries.refund_case(order, now=now).terms
    first = request_refund(order=order, agreed=terms, actor_id=rosa.pk, now=now)
    audits = AuditEntry.objects.count()
    again = request_refund(order=order, agreed=terms, actor_id=rosa.pk, now=now)
    assert (first, AuditEntry.objects.count()) == (again, audits)
    send_refund(first, now=now)
    rows = AuditEntry.objects.count(), OutboxMail.objects.count()
    send_refund(first, now=now)
    settle_payment(first.payment, now=now)
    assert request_refund(order=order, agreed=terms, actor_id=rosa.pk, now=now) == first
    assert (AuditEntry.objects.count(), OutboxMail.objects.count()) == rows
    assert len(FakeCharge.objects.get().refunds) == 1


@pytest.mark.django_db(transaction=True)
def test_fifty_requests_at_once_give_the_money_back_once(rosa: User, now: datetime) -> None:
    order = bought(rosa, "unlimited-year", now=now)
    terms = queries.refund_case(order, now=now).terms

    def one(_: int) -> int:
        refund = request_refund(order=order, agreed=terms, actor_id=rosa.pk, now=now)
        return send_refund(refund, now=now).pk

    assert len(set(at_once(50, one))) == 1
    assert [each["amount"] for each in FakeCharge.objects.get().refunds] == [95_00]
    assert Refund.objects.get().state == "succeeded"
    assert MoneyEntry.objects.filter(kind="refund").count() == 1
    assert Document.objects.filter(kind="credit_note").count() == 1


@pytest.mark.parametrize(
    ("zone", "asked_at", "answer"),
    [
        # bought on November 1, 11:30 p.m. in New York and in Honolulu; day 30 is December 1
        ("America/New_York", datetime(2026, 12, 2, 4, 59, 59, tzinfo=UTC), Answer.ELIGIBLE),
        ("America/New_York", datetime(2026, 12, 2, 5, 0, tzinfo=UTC), Answer.NOT_ELIGIBLE),
        ("Pacific/Honolulu", datetime(2026, 12, 2, 9, 59, 59, tzinfo=UTC), Answer.ELIGIBLE),
        ("Pacific/Honolulu", datetime(2026, 12, 2, 10, 0, tzinfo=UTC), Answer.NOT_ELIGIBLE),
    ],
)
def test_day_thirty_ends_at_the_buyers_midnight(
    rosa: User, zone: str, asked_at: datetime, answer: Answer
) -> None:
    rosa.time_zone = zone
    rosa.save()
    hour = {"America/New_York": 4, "Pacific/Honolulu": 9}[zone]
    order = bought(rosa, "unlimited-year", now=datetime(2026, 11, 2, hour, 30, tzinfo=UTC))
    rosa.time_zone = "Asia/Tokyo"  # moving later changes nothing
    rosa.save()
    case = queries.refund_case(order, now=asked_at)
    assert (case.purchase.bought_on.isoformat(), case.assessment.answer) == ("2026-11-01", answer)
    if answer is Answer.NOT_ELIGIBLE:
        with pytest.raises(RefundRefusedError, match=r"The 30 days ended on December 1, 2026"):
            asked(order, now=asked_at)
        assert not Refund.objects.exists()


def test_credit_is_taken_back_with_a_trace_and_the_completion_stays(
    rosa: User, now: datetime
) -> None:
    order = bought(rosa, "unlimited-year", now=now)
    (certificate,) = learned(rosa, now, "HEM-101")
    case = queries.refund_case(order, now=now + DAY)
    assert [each.code for each in case.revoked_by_rule] == [certificate.code]
    before = list(Completion.objects.values())
    refund = asked(order, now=now + DAY)
    completion = Completion.objects.get()
    assert (refund.state, refund.revokes) == ("approved", [completion.pk])
    assert list(Completion.objects.values()) == before
    assert status_of(Certificate.objects.get()) == "revoked"
    assert "refunded on" in Certificate.objects.get().revocation.reason
    assert sum(CreditEntry.objects.values_list("amount", flat=True)) == 0
    assert AuditEntry.objects.filter(action="refund.asked").count() == 1
    assert queries.refund_case(order, now=now + DAY).at_stake == ()


def test_a_seller_who_revokes_nothing_leaves_credit_and_certificate(
    rosa: User, now: datetime
) -> None:
    ShopSettings.objects.create(refund_revokes_credit=False)
    order = bought(rosa, "unlimited-year", now=now)
    learned(rosa, now, "HEM-101")
    assert asked(order, now=now).revokes == []
    assert status_of(Certificate.objects.get()) == "valid"
    assert sum(CreditEntry.objects.values_list("amount", flat=True)) > 0


def test_significant_use_is_decided_by_staff_who_may_give_a_part(
    rosa: User, amara: User, now: datetime
) -> None:
    order = bought(rosa, "unlimited-year", now=now)
    learned(rosa, now, "HEM-101", "HEM-102")
    refund = asked(order, now=now, words="I changed jobs.")
    assert (refund.state, refund.amount) == ("requested", 95_00)
    assert refund.assessment["words"] == "I changed jobs."
    assert Entitlement.objects.get().withdrawn_at is None
    assert asked(order, now=now) == refund
    part = {0: Money(40_00, "USD")}
    for reason, parts, words in (
        (" ", part, "Say why"),
        ("Kind.", {}, "above zero"),
        ("Kind.", {0: Money(95_01, "USD")}, r"\$95\.00 can be given back at most"),
        ("Kind.", {1: Money(1, "USD")}, "at most"),
    ):
        with pytest.raises(RefundRefusedError, match=words):
            approve_refund(
                refund=refund,
                parts=parts,
                reason=reason,
                takes_credit_back=True,
                actor_id=amara.pk,
                now=now,
            )
    assert Refund.objects.get().state == "requested"
    for _ in range(2):
        approve_refund(
            refund=refund,
            parts=part,
            reason="Kind.",
            takes_credit_back=False,
            actor_id=amara.pk,
            now=now,
        )
    assert send_refunds(now=now) == 1
    refund.refresh_from_db()
    assert (refund.state, refund.amount, refund.decided_by_id) == ("succeeded", 40_00, amara.pk)
    assert {status_of(each) for each in Certificate.objects.all()} == {"valid"}
    assert Entitlement.objects.get().withdrawn_at == now
    assert queries.money_of(order).paid == Money(55_00, "USD")


def test_a_declined_refund_says_why_and_changes_nothing(
    rosa: User, amara: User, now: datetime
) -> None:
    order = bought(rosa, "unlimited-year", now=now)
    learned(rosa, now, "HEM-101", "HEM-102")
    refund = asked(order, now=now)
    with pytest.raises(RefundRefusedError, match="Say why"):
        decline_refund(refund=refund, reason=" ", actor_id=amara.pk, now=now)
    for _ in range(2):
        decline_refund(refund=refund, reason="Two courses.", actor_id=amara.pk, now=now)
    assert subjects()[-1] == f"No refund for order {order.number}"
    assert "Why: Two courses." in OutboxMail.objects.latest("pk").text
    assert Entitlement.objects.get().withdrawn_at is None
    assert send_refunds(now=now) == 0
    assert asked(order, now=now + DAY) == refund
    test_gateway.give_back(refund.payment.provider_id, amount=Money(5, "USD"), key="x", now=now)
    settle_payment(refund.payment, now=now)
    with pytest.raises(RefundRefusedError, match="declined before"):
        asked(order, now=now + DAY)
    with pytest.raises(RefundRefusedError, match="decided before"):
        approve_refund(
            refund=refund,
            parts={0: ALL},
            reason="x",
            takes_credit_back=False,
            actor_id=amara.pk,
            now=now,
        )


def test_unused_hours_of_a_pack_go_back_once_and_what_was_earned_stays(
    rosa: User, now: datetime
) -> None:
    ShopSettings.objects.create(refund_unused_hours=True)
    order = bought(rosa, "eight-hours", now=now)
    learned(rosa, now, "HEM-101", "HEM-102")
    drawn = queries.refund_case(order, now=now).purchase.lines[0].hours_drawn
    expected = Money(50_00, "USD").share((Decimal(8) - drawn) / 8)
    refund = asked(order, now=now)
    assert (refund.state, refund.amount) == ("approved", expected.cents)
    assert refund.revokes == []
    send_refund(refund, now=now)
    case = queries.refund_case(order, now=now)
    assert (case.assessment.answer, case.assessment.amount) == (Answer.DISCRETION, Money(0, "USD"))
    order.refresh_from_db()
    assert queries.money_states([order]) == {order.pk: "part_back"}


def test_a_returned_course_is_no_use(rosa: User, now: datetime) -> None:
    order = bought(rosa, "eight-hours", now=now)
    enrollment = started(rosa, published_course("HEM-101", is_free=False), now)
    assert queries.refund_case(order, now=now).purchase.lines[0].hours_drawn > 0
    return_course(enrollment=enrollment, minutes=60, actor_id=rosa.pk, now=now)
    assert queries.refund_case(order, now=now).purchase.lines[0].hours_drawn == 0


def test_an_answer_that_changed_since_the_page_is_shown_again(rosa: User, now: datetime) -> None:
    order = bought(rosa, "unlimited-year", now=now)
    terms = queries.refund_case(order, now=now).terms
    learned(rosa, now, "HEM-101")
    with pytest.raises(RefundChangedError):
        request_refund(order=order, agreed=terms, actor_id=rosa.pk, now=now)
    assert not Refund.objects.exists()


def test_more_than_is_left_never_goes_back_whatever_the_gateway_accepts(
    rosa: User, amara: User, now: datetime
) -> None:
    order = bought(rosa, "unlimited-year", now=now)
    refund = asked(order, now=now)
    # Somebody gives a part back at the careless provider before ours is sent.
    test_gateway.give_back(
        refund.payment.provider_id, amount=Money(20_00, "USD"), key="by hand", now=now
    )
    refund = send_refund(refund, now=now)
    assert refund.state == "failed"
    assert [each["amount"] for each in FakeCharge.objects.get().refunds] == [20_00]
    assert queries.money_of(order).paid == Money(75_00, "USD")
    assert any("did not go through" in each for each in subjects())
    new = open_refund_for_buyer(order=order, actor_id=amara.pk, now=now)
    assert new.amount == 75_00
    with pytest.raises(RefundRefusedError, match="at most"):
        approve_refund(
            refund=new,
            parts={0: ALL},
            reason="x",
            takes_credit_back=False,
            actor_id=amara.pk,
            now=now,
        )


def test_a_refund_made_at_the_provider_leaves_a_trace_and_staff_are_told(
    rosa: User, now: datetime
) -> None:
    order = bought(rosa, "unlimited-year", now=now)
    payment = Payment.objects.get()
    test_gateway.give_back(payment.provider_id, amount=Money(30_00, "USD"), key="by hand", now=now)
    for _ in range(2):
        settle_payment(payment, now=now)
    trace = Refund.objects.get()
    assert (trace.state, trace.lines) == ("succeeded", [{"line": 0, "amount": 30_00}])
    assert Document.objects.get(kind="credit_note").total == -30_00
    assert Entitlement.objects.get().withdrawn_at is None
    assert f"$30.00 of order {order.number} was paid back at test, not from here" in subjects()
    assert queries.refund_case(order, now=now).assessment.amount == Money(65_00, "USD")


def test_a_chargeback_is_entered_and_nothing_is_paid_on_top(rosa: User, now: datetime) -> None:
    order = bought(rosa, "unlimited-year", now=now)
    payment = Payment.objects.get()
    refund = asked(order, now=now)
    charged = gateway("test").fetch(payment.provider_id)
    enter_charged(payment, replace(charged, disputed=ALL, disputed_at=now), now=now)
    assert send_refund(refund, now=now).state == "failed"
    assert FakeCharge.objects.get().refunds == []
    assert queries.money_of(order).paid == Money(0, "USD")
    with pytest.raises(RefundRefusedError, match="bank has taken"):
        asked(order, now=now + 2 * DAY)
    assert f"The bank took $95.00 of order {order.number} back" in subjects()
    enter_charged(payment, replace(charged, returned=ALL), now=now)
    assert queries.money_of(order).paid == ALL


@pytest.mark.parametrize("step", ["fetch", "refund", "note", "enter"])
def test_a_crash_while_sending_gives_back_once(
    rosa: User, now: datetime, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    order = bought(rosa, "unlimited-year", now=now)
    asked(order, now=now)

    def down(*_: Any, **__: Any) -> None:
        raise GatewayDownError("down")

    where = {
        "fetch": (TestGateway, "fetch"),
        "refund": (TestGateway, "refund"),
        "note": (services, "note_refund_sent"),
        "enter": (sending, "enter_charged"),
    }[step]
    with monkeypatch.context() as broken:
        broken.setattr(*where, down)
        with pytest.raises(GatewayDownError):
            send_refunds(now=now)
    assert Refund.objects.get().state == "approved"
    assert send_refunds(now=now) == 1
    assert [each["amount"] for each in FakeCharge.objects.get().refunds] == [95_00]
    assert Refund.objects.get().state == "succeeded"
    assert queries.money_of(order).paid == Money(0, "USD")


def test_a_refund_that_failed_is_sent_again_with_a_key_of_its_own(
    rosa: User, amara: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = bought(rosa, "unlimited-year", now=now)
    refund = asked(order, now=now)
    real = TestGateway.fetch

    def failing(self: TestGateway, provider_id: str) -> Any:
        found = real(self, provider_id)
        return replace(
            found, refunds=tuple(replace(each, state="failed") for each in found.refunds)
        )

    with monkeypatch.context() as broken:
        broken.setattr(TestGateway, "fetch", failing)
        assert send_refund(refund, now=now).state == "failed"
    assert queries.money_of(order).given_back == Money(0, "USD")
    FakeCharge.objects.update(refunds=[])
    new = send_failed_again(refund=Refund.objects.get(), actor_id=amara.pk, now=now)
    assert send_refund(new, now=now).state == "succeeded"
    assert queries.money_of(order).paid == Money(0, "USD")


def test_what_a_gateway_refuses_is_failed_and_staff_are_told(
    rosa: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = bought(rosa, "unlimited-year", now=now)
    refund = asked(order, now=now)

    def refuse(*_: Any, **__: Any) -> None:
        raise RefundRefusedError("The charge is too old.")

    monkeypatch.setattr(TestGateway, "refund", refuse)
    assert send_refund(refund, now=now).state == "failed"
    assert "Why: The charge is too old." in OutboxMail.objects.latest("pk").text


def test_an_upgrade_paid_back_gives_the_pack_back_as_it_was(rosa: User, now: datetime) -> None:
    first = bought(rosa, "eight-hours", now=now, key="a")
    started(rosa, published_course("HEM-101", is_free=False), now)
    second = bought(rosa, "unlimited-year", now=now + DAY, key="b")
    pack = Entitlement.objects.get(source="pack")
    with pytest.raises(RefundRefusedError, match="set off against the subscription"):
        asked(first, now=now + DAY)
    refund = send_refund(asked(second, now=now + 2 * DAY), now=now + 2 * DAY)
    assert (refund.state, refund.amount) == ("succeeded", 45_00)
    back = Entitlement.objects.get(source="pack")
    assert (back.withdrawn_at, back.ends_at, back.hours_limit) == (None, pack.ends_at, Decimal(8))
    assert Entitlement.objects.get(source="order").withdrawn_at == now + 2 * DAY
    case = queries.refund_case(first, now=now + 2 * DAY)
    assert (case.assessment.answer, case.assessment.amount) == (
        Answer.ELIGIBLE,
        Money(50_00, "USD"),
    )


def test_only_the_lines_that_are_clear_go_back_at_once(rosa: User, now: datetime) -> None:
    one, two = (published_course(code, is_free=False, pages=1) for code in ("HEM-101", "HEM-102"))
    order = paid(
        ordered(rosa, Wish("single-course", one), Wish("single-course", two), now=now), now=now
    )
    finished(rosa, one, now)
    refund = send_refund(asked(order, now=now), now=now)
    assert (refund.state, refund.lines) == ("succeeded", [{"line": 1, "amount": 20_00}])
    assert list(Entitlement.objects.order_by("pk").values_list("withdrawn_at", flat=True)) == [
        None,
        now,
    ]
    rest = asked(order, now=now)
    assert (rest.state, rest.lines) == ("requested", [{"line": 0, "amount": 20_00}])
    assert status_of(Certificate.objects.get()) == "valid"


def test_facts_take_a_fixed_number_of_queries(
    rosa: User, marcus: User, now: datetime, django_assert_num_queries: Any
) -> None:
    for person, codes in ((rosa, ["HEM-101"]), (marcus, ["HEM-102", "HEM-103"])):
        order = bought(person, "unlimited-year", now=now)
        learned(person, now, *codes)
        with django_assert_num_queries(12):
            assert len(queries.refund_case(order, now=now).at_stake) == len(codes)
