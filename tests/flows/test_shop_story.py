"""Buying, paying twice, learning, refunding, renewing, chargebacks: in any order, with failures.

Whatever happens, the books agree (I2), completions stay (I3), nothing acts twice (I8), and what
people were told is what is stored (I12). A few stories that broke something once are told first.
``PROPERTY_DEPTH=20`` tries twenty times as many, and checks everything after each step.
"""

from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from aliquot.accounts.models import User
from aliquot.commerce.models import FakeCharge, Order, Payment, Refund
from tests.credentials.depth import DEPTH
from tests.factories.catalog import provider, published_course
from tests.factories.shop import open_shop
from tests.flows.shop_machine import Shop

pytestmark = pytest.mark.django_db
STORIES, STEPS = 6 * DEPTH, 15
CODES = ("HEM-101", "HEM-102", "HEM-103", "HEM-104")
type Story = Callable[[Shop], None]


@pytest.fixture(autouse=True)
def shop(rosa: User, amara: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """Made once for all stories of a test: each is rolled back to it."""
    provider()
    open_shop()
    courses = [published_course(code, is_free=False, pages=1) for code in CODES]
    for name, value in {"rosa": rosa, "amara": amara, "courses": courses}.items():
        monkeypatch.setattr(Shop, name, value, raising=False)
    monkeypatch.setattr(Shop, "checks_each_step", DEPTH > 1)


@pytest.fixture
def told(shop: None) -> Iterator[Shop]:
    """A story told step by step; at its end all is checked."""
    machine = Shop()
    machine.open()
    yield machine
    machine.teardown()


def states(model: type[Payment] | type[Refund]) -> list[str]:
    return list(model.objects.order_by("pk").values_list("state", flat=True))


@pytest.mark.parametrize(("by_hand", "state"), [(1, "failed"), (95_00, "succeeded")])
def test_money_given_back_by_hand_after_the_approval_is_not_given_again(
    told: Shop, by_hand: int, state: str
) -> None:
    told.ask(0, "")
    told.send(by_hand, "")
    assert states(Refund)[0] == state


def test_what_a_bank_took_after_the_approval_is_not_given_again(told: Shop) -> None:
    told.ask(0, "")
    told.dispute(0)
    told.send(0, "")
    assert states(Refund) == ["failed"]


@pytest.mark.parametrize(
    ("by_hand", "step"), [(0, "flows.return_double_payment.enter_charged"), (10_00, "")]
)
def test_a_second_payment_goes_back_once_whoever_is_killed(
    told: Shop, by_hand: int, step: str
) -> None:
    told.pay_in_another_window(0)
    told.settle(1, backwards=False, step="flows.enter_movements.services.enter_movement")
    told.settle(2, backwards=False, step="")
    assert states(Payment) == ["captured", "double"]
    told.return_doubles(by_hand, step)
    told.ask(0, "")
    told.return_doubles(0, "")
    told.send(0, "")


def test_an_order_that_lapsed_and_is_paid_in_two_windows_is_paid_once(told: Shop) -> None:
    told.place("eight-hours", keeps=False)
    told.lapse(0)
    told.pay(0)
    told.pay_in_another_window(1)
    told.settle(1, backwards=True, step="")
    assert states(Payment) == ["captured", "double", "captured"]


def test_a_renewal_killed_between_charge_and_record_is_charged_once(told: Shop) -> None:
    told.switch_renewal()
    told.renew("")
    told.renew("flows.renew_subscriptions.enter_answer")
    assert FakeCharge.objects.filter(state="captured").count() == 2
    assert set(Order.objects.values_list("state", flat=True)) == {"paid"}
    told.pay_in_another_window(1)


def test_any_story_keeps_the_books() -> None:
    run_state_machine_as_test(
        Shop,
        settings=settings(
            max_examples=STORIES,
            stateful_step_count=STEPS,
            suppress_health_check=list(HealthCheck),
        ),
    )
