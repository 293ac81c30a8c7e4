"""The shop as it is seeded, and orders placed at the test gateway."""

from datetime import UTC, date, datetime
from decimal import Decimal

from aliquot.accounts.models import User
from aliquot.commerce import queries, services
from aliquot.commerce.models import FakeCharge, Order, Payment, Product, TaxExemption
from aliquot.commerce.services import test_gateway
from aliquot.flows.pay_order import begin_payment, settle_payment
from aliquot.flows.place_order import Buyer, Wish, place_order, quote_for, upgrade_for
from aliquot.lib.money import Money
from tests.factories.papers import pdf

OPENED = datetime(2024, 1, 2, 9, 0, tzinfo=UTC)


def product(code: str, kind: str, cents: int, *, hours: str = "", term_days: int = 365) -> Product:
    """One product with one price."""
    made = services.save_product(
        code=code,
        kind=kind,
        title=code.replace("-", " ").capitalize(),
        term_days=term_days,
        hours=Decimal(hours) if hours else None,
        now=OPENED,
        actor_id=None,
    )
    services.set_price(product=made, amount=Money(cents, "USD"), now=OPENED, actor_id=None)
    return made


def open_shop() -> dict[str, Product]:
    """The three things that are seeded: $95 a year, $50 for 8 hours, $20 for one course."""
    return {
        "unlimited-year": product("unlimited-year", "subscription", 95_00),
        "eight-hours": product("eight-hours", "pack", 50_00, hours="8"),
        "single-course": product("single-course", "course", 20_00),
    }


def buyer_of(person: User, *, region: str = "TX", postal_code: str = "") -> Buyer:
    """The person as a buyer in the United States."""
    who = {"name": person.full_name, "email": person.email}
    return Buyer(**who, country="US", region=region, postal_code=postal_code)


def ordered(
    person: User,
    *wishes: Wish,
    now: datetime,
    key: str = "checkout-1",
    gateway: str = "test",
    region: str = "TX",
    postal_code: str = "",
    voucher: str = "",
    keeps_card: bool = False,
) -> Order:
    """A placed order, agreed at the price of the moment."""
    buyer = buyer_of(person, region=region, postal_code=postal_code)
    upgrade = upgrade_for(person, now=now)
    found = queries.voucher_by_code(voucher) if voucher else None
    discount = None if found is None else queries.discount_of(found)
    quote, _ = quote_for(
        wishes, buyer=buyer, zone=person.time_zone, now=now, discount=discount, upgrade=upgrade
    )
    return place_order(
        person=person,
        key=key,
        wishes=wishes,
        buyer=buyer,
        gateway_name=gateway,
        agreed_total=quote.total,
        now=now,
        voucher_code=voucher,
        keeps_card=keeps_card,
    )


def opened(order: Order, *, now: datetime) -> Payment:
    """The order's payment, opened at its gateway."""
    return begin_payment(order, return_address="/orders/x/", cancel_address="/checkout/", now=now)


def paid(order: Order, *, now: datetime) -> Order:
    """An order paid at the test gateway, and settled."""
    payment = opened(order, now=now)
    test_gateway.end_charge(payment.provider_id, state=FakeCharge.State.CAPTURED, now=now)
    return settle_payment(payment, now=now)


def bought(person: User, product_code: str, *, now: datetime, key: str = "checkout-1") -> Order:
    """A product bought and paid."""
    return paid(ordered(person, Wish(product_code), now=now, key=key), now=now)


def exemption_sent(
    person: User, now: datetime, *, region: str = "FL", valid_through: date | None = None
) -> TaxExemption:
    """The certificate of Lakeside Hospital, not looked at yet."""
    return services.send_exemption(
        person=person,
        institution="Lakeside Hospital",
        jurisdiction=f"US-{region}",
        number="85-8012345678C-9",
        valid_through=valid_through,
        paper=services.opened_certificate(pdf("exempt")),
        now=now,
    )
