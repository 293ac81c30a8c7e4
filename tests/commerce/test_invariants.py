"""What check-invariants says of the shop: nothing while all is well, a sentence for each lie."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

import pytest

from aliquot.accounts.models import User
from aliquot.commerce.models import (
    Document,
    LineGrant,
    MoneyEntry,
    NumberSeries,
    Order,
    Payment,
)
from aliquot.commerce.queries import broken_invariants
from aliquot.commerce.services.vouchers import create_voucher, take_voucher
from aliquot.flows.place_order import Wish
from aliquot.infra import append_only
from aliquot.lib import canonical
from aliquot.lib.money import Money
from tests.factories.shop import bought, open_shop, ordered

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(rosa: User, marcus: User, now: datetime) -> Order:
    """Rosa's paid year; Marcus has one that waits."""
    open_shop()
    ordered(marcus, Wish("unlimited-year"), now=now)
    return bought(rosa, "unlimited-year", now=now)


def test_a_shop_in_order_breaks_nothing(order: Order) -> None:
    assert list(broken_invariants()) == []


def unpaid(order: Order) -> None:
    Order.objects.filter(pk=order.pk).update(state=Order.State.PLACED, paid_at=None)


def unmoneyed(order: Order) -> None:
    MoneyEntry.objects.all().delete()


def doubled(order: Order) -> None:
    Payment.objects.update(state=Payment.State.DOUBLE)


def ungranted(order: Order) -> None:
    LineGrant.objects.all().delete()


def unreceipted(order: Order) -> None:
    Document.objects.all().delete()


def mistold(order: Order) -> None:
    Document.objects.update(total=94_00)


def rewritten(order: Order) -> None:
    paper = Document.objects.get()
    paper.content["buyer"]["name"] = "Somebody Else"
    paper.save()


def unsummed(order: Order) -> None:
    paper = Document.objects.get()
    paper.content["lines"][0]["net"] -= 1
    paper.content_hash = canonical.digest(paper.content)
    paper.save()


def relined(order: Order) -> None:
    order.lines.update(net=94_00, discount=1_00)
    Order.objects.filter(pk=order.pk).update(discount=1_00)


def gap(order: Order) -> None:
    NumberSeries.objects.update(last=2)


def given_back_too_much(order: Order) -> None:
    entry = MoneyEntry.objects.get()
    entry.pk, entry.kind, entry.amount, entry.object_id = None, "refund", -95_01, "re_1"
    entry.save()


def oversold(order: Order) -> None:
    voucher = create_voucher(
        code="WELCOME",
        percent_off=Decimal(10),
        limit=1,
        valid_from=order.placed_at,
        now=order.placed_at,
        actor_id=None,
    )
    for each in Order.objects.order_by("pk"):
        take_voucher(voucher=voucher, order=each, amount=Money(9_50, "USD"), now=order.placed_at)


NUMBER = "Order {number} "
LIES: dict[Callable[[Order], None], list[str]] = {
    unpaid: [NUMBER + "of $95.00 is placed, but $95.00 were captured."],
    unmoneyed: [NUMBER + "of $95.00 is paid, but $0.00 were captured."],
    doubled: [NUMBER + "of $95.00 is paid, but $0.00 were captured."],
    ungranted: [NUMBER + "is paid, but its line 0 gave no access."],
    unreceipted: [
        NUMBER + "is paid, but has no receipt of its total.",
        "R-2026-000001 breaks the numbers of its series.",
    ],
    mistold: [
        NUMBER + "is paid, but has no receipt of its total.",
        "Document R-2026-000001 prints another number or total than its row says.",
    ],
    rewritten: ["Document R-2026-000001 does not give the hash stored when it was issued."],
    unsummed: ["Document R-2026-000001 has lines that do not sum to its total."],
    relined: [NUMBER + "has lines whose net does not sum to its own."],
    gap: ["R-2026-000002 breaks the numbers of its series."],
    oversold: ["Voucher WELCOME is used 2 times, its limit is 1."],
    given_back_too_much: ["Payment {payment} gave back $0.01 more than it had taken."],
}


@pytest.mark.parametrize("lie", LIES, ids=lambda lie: lie.__name__)
def test_each_lie_is_told(order: Order, lie: Callable[[Order], None]) -> None:
    with append_only.lifted():
        lie(order)
    payment = Payment.objects.get()
    wanted = [sentence.format(number=order.number, payment=payment) for sentence in LIES[lie]]
    assert list(broken_invariants()) == wanted
