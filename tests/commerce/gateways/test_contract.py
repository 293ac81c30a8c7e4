"""The contract that every gateway passes: test payments, invoices, and Stripe as our fake plays it.

What happens outside of our site (a buyer pays) is in ``benches``; all else is the same for all.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from aliquot.commerce.adapters import gateways
from aliquot.commerce.adapters.gateways import NAMES, Gateway, gateway
from aliquot.commerce.errors import ForgedEventError, GatewayDownError, PaymentMismatchError
from aliquot.commerce.facts import CheckoutItem, Wanted
from aliquot.lib.money import Money
from tests.commerce.gateways.benches import Bench, bench_of

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture(params=NAMES)
def bench(request: pytest.FixtureRequest, now: datetime) -> Iterator[Bench]:
    with time_machine.travel(now, tick=False):
        yield bench_of(request.param, request.getfixturevalue)


@pytest.fixture
def way(bench: Bench) -> Gateway:
    return gateway(bench.name)


@pytest.fixture
def wanted(now: datetime) -> Wanted:
    return Wanted(
        order_number="7QK2-M9XD",
        buyer_email="rosa@example.org",
        items=(
            CheckoutItem("Unlimited access for a year", Money(95_00, "USD")),
            CheckoutItem("Hematology & “smears”", Money(20_07, "USD")),
        ),
        total=Money(115_07, "USD"),
        return_address="https://example.org/orders/7QK2-M9XD/",
        cancel_address="https://example.org/checkout/",
        key="7QK2-M9XD-0",
        expires_at=now + timedelta(hours=24),
    )


def test_every_folder_has_the_same_files_and_every_gateway_the_same_methods() -> None:
    root = Path(gateways.__file__).parent
    folders = {path.name for path in root.iterdir() if (path / "__init__.py").exists()}
    assert folders == set(NAMES)
    for name in NAMES:
        files = {path.name for path in (root / name).glob("*.py")}
        assert files >= {"__init__.py", "settings.py", "gateway.py"}
    methods = {name for name in vars(Gateway) if not name.startswith("_")}
    assert methods == {
        "charge_again", "charged_before", "changed_since", "close", "fetch", "movements", "open",
        "read_event", "refund",
    }  # fmt: skip


def test_a_payment_opened_twice_with_one_key_is_one_payment(way: Gateway, wanted: Wanted) -> None:
    first, again = way.open(wanted), way.open(wanted)
    assert first == again
    assert way.open(replace(wanted, key="7QK2-M9XD-1")).provider_id != first.provider_id
    assert bool(first.address) is way.is_online


def test_an_open_payment_has_moved_nothing(way: Gateway, wanted: Wanted) -> None:
    opened = way.open(wanted)
    found = way.fetch(opened.provider_id)
    assert (found.provider_id, found.state, found.charge_id) == (opened.provider_id, "open", "")
    assert (found.order_number, found.is_live) == ("7QK2-M9XD", way.is_live is True)
    assert (found.refunds, found.disputed, found.occurred_at) == ((), None, None)


def test_a_paid_payment_says_how_much_for_which_order_and_when(
    bench: Bench, way: Gateway, wanted: Wanted, now: datetime
) -> None:
    opened = way.open(wanted)
    bench.pay(opened.provider_id, now=now)
    found = way.fetch(opened.provider_id)
    assert (found.state, found.captured) == ("captured", wanted.total)
    assert (found.order_number, found.occurred_at) == ("7QK2-M9XD", now)
    assert found.charge_id
    assert way.fetch(opened.provider_id) == found


def test_what_is_closed_cannot_be_paid_any_more(
    bench: Bench, way: Gateway, wanted: Wanted, now: datetime
) -> None:
    opened = way.open(wanted)
    for _ in range(2):
        way.close(opened.provider_id)
    assert way.fetch(opened.provider_id).state == "abandoned"
    bench.pay(opened.provider_id, now=now)
    assert way.fetch(opened.provider_id).state == "abandoned"


def test_closing_what_is_paid_changes_nothing(
    bench: Bench, way: Gateway, wanted: Wanted, now: datetime
) -> None:
    opened = way.open(wanted)
    bench.pay(opened.provider_id, now=now)
    way.close(opened.provider_id)
    assert way.fetch(opened.provider_id).state == "captured"


def test_one_key_gives_money_back_once(
    bench: Bench, way: Gateway, wanted: Wanted, now: datetime
) -> None:
    opened = way.open(wanted)
    bench.pay(opened.provider_id, now=now)
    charged = way.fetch(opened.provider_id)
    first = way.refund(charged, Money(15_07, "USD"), key="a")
    assert way.refund(charged, Money(15_07, "USD"), key="a") == first
    second = way.refund(charged, Money(1, "USD"), key="b")
    assert (first.amount, first.state, first.occurred_at) == (Money(15_07, "USD"), "succeeded", now)
    found = way.fetch(opened.provider_id)
    assert {each.provider_id for each in found.refunds} == {first.provider_id, second.provider_id}
    assert found.captured == wanted.total


def test_a_payment_that_is_not_there_fits_no_order(way: Gateway) -> None:
    with pytest.raises(PaymentMismatchError, match="no such payment"):
        way.fetch("cs_of_nobody")


def test_what_changed_is_found_again_by_its_payment_or_charge(
    bench: Bench, way: Gateway, wanted: Wanted, now: datetime
) -> None:
    opened = way.open(wanted)
    bench.pay(opened.provider_id, now=now)
    charged = way.fetch(opened.provider_id)
    assert {charged.provider_id, charged.charge_id} & set(way.changed_since(now - MINUTE))
    assert list(way.changed_since(now + MINUTE)) == []
    with time_machine.travel(now + 10 * MINUTE, tick=False):
        way.refund(charged, Money(1_00, "USD"), key="a")
        found = set(way.changed_since(now + MINUTE))
    assert {charged.provider_id, charged.charge_id} & found


def test_its_books_name_each_movement_in_its_own_time(
    bench: Bench, way: Gateway, wanted: Wanted, now: datetime
) -> None:
    opened = way.open(wanted)
    bench.pay(opened.provider_id, now=now)
    charged = way.fetch(opened.provider_id)
    with time_machine.travel(now + 10 * MINUTE, tick=False):
        back = way.refund(charged, Money(1_00, "USD"), key="a")
    early = list(way.movements(now, now + MINUTE))
    late = list(way.movements(now + MINUTE, now + timedelta(days=1)))
    assert [(m.kind, m.amount, m.object_id, m.occurred_at) for m in early] == [
        ("capture", wanted.total, charged.charge_id, now)
    ]
    assert [(m.kind, m.amount, m.object_id, m.occurred_at) for m in late] == [
        ("refund", Money(-1_00, "USD"), back.provider_id, now + 10 * MINUTE)
    ]


def test_a_kept_card_is_charged_once_for_one_key(
    bench: Bench, way: Gateway, wanted: Wanted
) -> None:
    card = bench.kept_card(is_declined=False)
    if not way.is_online:
        with pytest.raises(GatewayDownError, match="a person must pay it"):
            way.charge_again(card, wanted)
        assert way.charged_before(card, wanted.key) is None
        return
    assert way.charged_before(card, wanted.key) is None
    first = way.charge_again(card, wanted)
    assert (first.state, first.captured, first.order_number) == (
        "captured",
        wanted.total,
        "7QK2-M9XD",
    )
    assert way.charge_again(card, wanted) == first == way.fetch(first.provider_id)
    assert way.charged_before(card, wanted.key) == first
    assert way.charged_before(card, f"{wanted.key}0") is None


def test_a_declined_card_is_an_answer(bench: Bench, way: Gateway, wanted: Wanted) -> None:
    if way.is_online:
        found = way.charge_again(bench.kept_card(is_declined=True), wanted)
        assert (found.state, found.charge_id) == ("failed", "")
        assert way.fetch(found.provider_id).state == "failed"


def test_nobody_speaks_in_a_gateways_name(way: Gateway, now: datetime) -> None:
    for body in (b"", b"{}", b'{"id": "evt_1", "object": "event"}', b"\xff\x00"):
        with pytest.raises(ForgedEventError):
            way.read_event(body, {"Stripe-Signature": "t=1,v1=0"}, now=now)
        with pytest.raises(ForgedEventError):
            way.read_event(body, {}, now=now)


def test_a_moment_is_in_utc(bench: Bench, way: Gateway, wanted: Wanted, now: datetime) -> None:
    opened = way.open(wanted)
    bench.pay(opened.provider_id, now=now)
    found = way.fetch(opened.provider_id).occurred_at
    assert found is not None
    assert found.tzinfo is UTC
