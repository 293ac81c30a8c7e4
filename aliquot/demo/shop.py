"""The shop of the demonstration: the seeds, seats, a bundle, and fictional test payments."""

from datetime import datetime, timedelta

from aliquot.accounts.models import User
from aliquot.catalog.models import Course
from aliquot.catalog.services import set_free
from aliquot.commerce.models import FakeCharge
from aliquot.commerce.services import seed_products, test_gateway
from aliquot.commerce.services.seeds import PRODUCTS, Seed
from aliquot.flows.pay_order import begin_payment, settle_payment
from aliquot.flows.place_order import Buyer, Wish, place_order, quote_for

OPEN_SINCE = timedelta(days=60)
SOLD = {"HEM-101"}
MORE = (
    Seed(
        "laboratory-seats",
        "seats",
        "Seats for a laboratory",
        "One order and one invoice for everybody at your bench.",
        {1: 95_00, 5: 85_00, 10: 75_00, 25: 65_00},
    ),
    Seed(
        "subject-hematology",
        "bundle",
        "All hematology courses",
        "One price for the subject. In this demonstration it is one course so far.",
        {1: 20_00},
        courses=("HEM-101",),
    ),
)


def sell_courses(imported: list[str]) -> None:
    """Ask for access to one of the courses just imported; the other one stays free to try."""
    for course in Course.objects.filter(code__in=set(imported) & SOLD):
        set_free(course=course, is_free=False, actor_id=None)


def open_shop(*, now: datetime) -> None:
    """Make what was never there; it was on sale before the cast bought something."""
    seed_products(now=now - OPEN_SINCE, seeds=PRODUCTS + MORE)


def buy(*, person: User, product: str, now: datetime) -> None:
    """A fictional test payment, by the same stories as everybody's."""
    buyer = Buyer(name=person.full_name, email=person.email, country="US", region="FL")
    wishes = [Wish(product)]
    quote, _ = quote_for(wishes, buyer=buyer, zone=person.time_zone, now=now)
    order = place_order(
        person=person,
        key=f"demo-{product}",
        wishes=wishes,
        buyer=buyer,
        gateway_name="test",
        agreed_total=quote.total,
        now=now,
    )
    payment = begin_payment(order, return_address="/orders/", cancel_address="/cart/", now=now)
    test_gateway.end_charge(payment.provider_id, state=FakeCharge.State.CAPTURED, now=now)
    settle_payment(payment, now=now)
