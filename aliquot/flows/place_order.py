"""From what somebody wants to an order that waits for its payment."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from aliquot.accounts.models import User
from aliquot.catalog.models import Course
from aliquot.commerce import queries, services
from aliquot.commerce.adapters.gateways import gateway, names_on
from aliquot.commerce.adapters.taxes import tax_source
from aliquot.commerce.errors import CartEmptyError, NotForSaleError, PriceChangedError
from aliquot.commerce.facts import Discount, Item, Quote, TaxAnswer, TaxedLine, TaxQuestion
from aliquot.commerce.models import LineGrant, Order, Product, Voucher
from aliquot.commerce.rules import pricing
from aliquot.commerce.services.orders import Chosen
from aliquot.commerce.services.vouchers import lock_voucher, take_voucher
from aliquot.flows.use_voucher import checked
from aliquot.infra import audit
from aliquot.lib.dates import day_in_zone
from aliquot.lib.money import Money

CURRENCY = "USD"


@dataclass(frozen=True, slots=True)
class Wish:
    """One thing that somebody wants to buy, by the product's code."""

    product: str
    course: Course | None = None
    quantity: int = 1
    gift_to: str = ""
    gift_message: str = ""
    gift_on: date | None = None


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who pays, as the receipt prints it, and where: the place decides the tax."""

    name: str
    email: str
    country: str
    region: str
    organization: str = ""
    address: str = ""
    exemption: str = ""  # the approved certificate by which no tax is due
    postal_code: str = ""

    def as_json(self) -> dict[str, Any]:
        """As the order keeps it; an empty postal code is left out: older releases have none."""
        kept = {name: getattr(self, name) for name in self.__slots__}
        if not self.postal_code:
            del kept["postal_code"]
        return kept


def with_exemption(person: User, buyer: Buyer, *, now: datetime) -> Buyer:
    """The buyer with the certificate by which this order has no tax, if there is one.

    It must be approved and valid at the buyer's place today, and the order made out to its
    institution: what somebody buys privately is taxed.
    """
    on = day_in_zone(now, person.time_zone)
    name = _plain(buyer.organization)
    for each in queries.exemptions_for(person, buyer.country, buyer.region, on=on) if name else ():
        if _plain(each.institution) == name:
            number = f", number {each.number}" if each.number else ""
            return replace(buyer, exemption=f"{each.institution} ({each.jurisdiction}){number}")
    return replace(buyer, exemption="")


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()


@dataclass(frozen=True, slots=True)
class Upgrade:
    """The pack that a subscription replaces, and what of its price is set off."""

    grant: LineGrant
    setoff: Money


def upgrade_for(person: User, *, now: datetime) -> Upgrade | None:
    """What a subscription bought by this person now would replace; None: nothing.

    The price paid for the pack without tax, less what was paid back of it, is set off.
    """
    grant = queries.upgradeable_pack(person, now=now)
    if grant is None:
        return None
    line = grant.line
    left = Money(line.net, line.order.currency) - queries.given_back_of_line(line)
    return Upgrade(grant, left) if left.cents > 0 else None


def quote_for(
    wishes: Sequence[Wish],
    *,
    buyer: Buyer,
    zone: str,
    now: datetime,
    discount: Discount | None = None,
    upgrade: Upgrade | None = None,
    tax: TaxAnswer | None = None,
) -> tuple[Quote, list[Chosen]]:
    """What the wishes cost this moment, with tax.

    ``upgrade``: the pack that the first subscription replaces. ``tax``: what its source said
    before; if that was about anything else than what is sold now, PriceChangedError. Without it
    the source is asked, which may be over the network: never inside a transaction. Raises
    CartEmptyError, NotForSaleError, TaxPlaceError, TaxUnknownError.
    """
    untaxed, chosen, question = untaxed_quote(
        wishes, buyer=buyer, zone=zone, now=now, discount=discount, upgrade=upgrade
    )
    source = tax_source()
    answer = source.calculate(question) if tax is None else tax
    if answer.question != question:
        raise PriceChangedError("What you buy has changed this moment. Look at it again.")
    return pricing.with_taxes(untaxed, answer, source=source.name), chosen


def untaxed_quote(
    wishes: Sequence[Wish],
    *,
    buyer: Buyer,
    zone: str,
    now: datetime,
    discount: Discount | None = None,
    upgrade: Upgrade | None = None,
) -> tuple[Quote, list[Chosen], TaxQuestion]:
    """What the wishes cost before tax, and what to ask the source of taxes."""
    setoff = None if upgrade is None else upgrade.setoff
    if not wishes:
        raise CartEmptyError("There is nothing in your cart.")
    on_sale = {each.product.code: each for each in queries.on_sale(now)}
    items, chosen = [], []
    for wish in wishes:
        found = on_sale.get(wish.product)
        if found is None:
            raise NotForSaleError("One of the things in your cart is no longer sold.")
        product = found.product
        course = wish.course or product.course
        _check(product.kind, wish, course)
        is_replacing = product.kind == "subscription" and setoff is not None and not wish.gift_to
        items.append(
            Item(
                product=product.code,
                kind=product.kind,
                title=_title(product.title, product.kind, course),
                quantity=wish.quantity,
                unit=found.unit_for(wish.quantity, now=now),
                tax_code=product.tax_code,
                course=course.code if course else "",
                setoff=setoff if is_replacing else None,
            )
        )
        setoff = None if is_replacing else setoff
        chosen.append(_chosen(product, course, wish))
    untaxed = pricing.quote(items, currency=CURRENCY, discount=discount)
    question = TaxQuestion(
        lines=tuple(TaxedLine(line.net, line.item.tax_code) for line in untaxed.lines),
        currency=CURRENCY,
        country=buyer.country,
        region=buyer.region,
        postal_code=buyer.postal_code,
        is_exempt=bool(buyer.exemption),
        on=day_in_zone(now, zone),
    )
    return untaxed, chosen, question


def place_order(
    *,
    person: User,
    key: str,
    wishes: Sequence[Wish],
    buyer: Buyer,
    gateway_name: str,
    agreed_total: Money,
    now: datetime,
    purchase_order_number: str = "",
    keeps_card: bool = False,
    voucher_code: str = "",
) -> Order:
    """Place the order that the buyer agreed to; the same ``key`` gives the same order.

    ``agreed_total`` is what the page showed: if it is another by now, PriceChangedError, and
    nothing is placed; the same if ``voucher_code`` does not apply (VoucherRefusedError). Its use
    is counted under a lock. Taxes that are asked for over the network are asked for before the
    transaction; then TaxPlaceError and TaxUnknownError, and nothing is placed either.
    """
    existing = Order.objects.filter(person=person, key=key).first()
    if existing is not None:
        return existing
    if gateway_name not in names_on():
        raise NotForSaleError("This way to pay is not offered.")
    settings = queries.shop_settings()
    tax = _tax_before(person, wishes, buyer, voucher_code, now)
    with audit.story(action="order.placed", actor_id=person.pk):
        voucher = lock_voucher(voucher_code) if voucher_code else None
        existing = Order.objects.filter(person=person, key=key).first()
        if existing is not None:  # the first click placed it while this one waited for the voucher
            return existing
        buyer = with_exemption(person, buyer, now=now)
        upgrade = upgrade_for(person, now=now)
        discount = _discount(voucher, voucher_code, person, wishes, now)
        zone = person.time_zone
        quote, chosen = quote_for(
            wishes, buyer=buyer, zone=zone, now=now, discount=discount, upgrade=upgrade, tax=tax
        )
        _refuse_other_total(quote.total, agreed_total)
        way = gateway(gateway_name)
        order = services.place_order(
            person=person,
            key=key,
            quote=quote,
            chosen=chosen,
            gateway=gateway_name,
            is_live=way.is_live,
            buyer=buyer.as_json(),
            terms_version=settings.terms_version,
            now=now,
            lapses_at=now + timedelta(minutes=settings.checkout_minutes) if way.is_online else None,
            actor_id=person.pk,
            purchase_order_number=purchase_order_number,
            keeps_card=keeps_card,
            upgrades=upgrade.grant.line.order if upgrade and _replaces(quote) else None,
        )
        if voucher is not None:
            take_voucher(voucher=voucher, order=order, amount=quote.voucher_discount, now=now)
        return order


def _tax_before(
    person: User, wishes: Sequence[Wish], buyer: Buyer, code: str, now: datetime
) -> TaxAnswer | None:
    """What a source over the network says of what is about to be sold; None: it is asked later."""
    source = tax_source()
    if not source.is_remote:
        return None
    voucher = queries.voucher_by_code(code) if code else None
    question = untaxed_quote(
        wishes,
        buyer=with_exemption(person, buyer, now=now),
        zone=person.time_zone,
        now=now,
        discount=_discount(voucher, code, person, wishes, now),
        upgrade=upgrade_for(person, now=now),
    )[2]
    return source.calculate(question)


def _refuse_other_total(total: Money, agreed: Money) -> None:
    if total != agreed:
        raise PriceChangedError(f"The total is {total} now; it was {agreed}. Look at it again.")


def _discount(
    voucher: Voucher | None, code: str, person: User, wishes: Sequence[Wish], now: datetime
) -> Discount | None:
    if not code:
        return None
    products = {wish.product for wish in wishes}
    return checked(voucher, code, person, products=products, now=now)


def _chosen(product: Product, course: Course | None, wish: Wish) -> Chosen:
    codes = product.courses.values_list("code", flat=True).order_by("code")
    return Chosen(
        product=product,
        course=course if product.kind == "course" else None,
        course_codes=tuple(codes) if product.kind == "bundle" else (),
        gift_to=wish.gift_to,
        gift_message=wish.gift_message,
        gift_on=wish.gift_on,
    )


def _replaces(quote: Quote) -> bool:
    return any(line.item.setoff is not None for line in quote.lines)


def _check(kind: str, wish: Wish, course: Course | None) -> None:
    if kind == "course" and course is None:
        raise NotForSaleError("Say which course you want to buy.")
    if kind == "course" and course is not None and course.availability != "open":
        raise NotForSaleError(f"{course.code} is not offered now.")
    if kind == "seats" and wish.gift_to:
        raise NotForSaleError("Seats are given out by the laboratory; they cannot be a gift.")
    if kind != "seats" and wish.quantity != 1:
        raise NotForSaleError("One of a kind is enough; only seats are bought in numbers.")


def _title(title: str, kind: str, course: Course | None) -> str:
    if kind != "course" or course is None or course.current_version is None:
        return title
    return f"{title}: {course.current_version.title}"
