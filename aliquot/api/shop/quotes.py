"""What the cart costs at a place, with tax, before anything is agreed to."""

from datetime import datetime
from typing import Annotated, Any

from django.urls import reverse
from ninja import Query
from pydantic import Field

from aliquot.accounts.facts import STATES
from aliquot.api.frame import Amount, ApiRequest, Area, Price, Shape, one_of
from aliquot.api.frame.areas import site_address
from aliquot.api.frame.problems import InvalidFieldError
from aliquot.api.shop.orders import READ
from aliquot.commerce.adapters.gateways import gateway, names_on
from aliquot.commerce.adapters.taxes import tax_source
from aliquot.commerce.facts import Quote, QuoteLine
from aliquot.flows.already_open import already_open
from aliquot.flows.check_out import wishes_of
from aliquot.flows.place_order import Buyer, quote_for, upgrade_for, with_exemption
from aliquot.flows.use_voucher import code_in_cart
from aliquot.lib.countries import COUNTRIES, HOME, POSTAL_CODE_IN, ZIP

area = Area("Shop")
Country = one_of(COUNTRIES, empty=False)
Region = one_of(STATES)


class QuotedLine(Shape):
    """A thing with what it costs."""

    title: str
    product: str
    course: str | None
    quantity: int
    price: Price
    discount: Price
    net: Price
    tax: Price
    tax_name: str
    tax_percent: Amount

    @classmethod
    def of(cls, line: QuoteLine) -> "QuotedLine":
        """As the summary shows it."""
        return cls(
            title=line.item.title,
            product=line.item.product,
            course=line.item.course or None,
            quantity=line.item.quantity,
            price=Price.of(line.gross),
            discount=Price.of(line.discount),
            net=Price.of(line.net),
            tax=Price.of(line.tax),
            tax_name=line.tax_name,
            tax_percent=line.tax_percent,
        )


class AlreadyLine(Shape):
    """What you can open already. `until` null: without end; `then` null: this adds nothing."""

    product: str
    course: str | None
    until: datetime | None
    then: datetime | None


class WayToPay(Shape):
    """A way to pay that this site offers."""

    id: str
    title: str
    is_online: Annotated[bool, Field(description="Else it is paid by invoice.")]


class QuoteShape(Shape):
    """What an order placed now would cost. It binds nobody: the total is named when ordering."""

    lines: list[QuotedLine]
    discount: Price
    set_off: Annotated[Price, Field(description="Of the discount: for an hour pack you have.")]
    net: Price
    tax: Price
    total: Annotated[Price, Field(description="Name it when you order.")]
    voucher: str
    voucher_problem: str
    exemption: Annotated[str, Field(description="The certificate by which no tax is due.")]
    already_open: list[AlreadyLine]
    ways_to_pay: list[WayToPay]
    terms: Annotated[str, Field(description="The page of the terms, with the refund rule.")]


@area.read("/me/quote", scope=READ, gives=QuoteShape)
def get_quote(
    request: ApiRequest,
    country: Annotated[Country, Query(description="Where the buyer is.")],  # type: ignore[valid-type]
    region: Annotated[Region, Query(description="A state of the United States.")] = "",  # type: ignore[valid-type]
    postal_code: Annotated[str, Query(max_length=12)] = "",
    organization: Annotated[str, Query(max_length=200)] = "",
) -> QuoteShape:
    """What is in your cart, with the tax at a place and the code in the cart. Nothing is ordered.

    422 `cart_empty`, `not_for_sale` and `tax_place` say what is to be mended; 503: the tax cannot
    be told now.
    """
    person, now = request.auth.person, request.auth.now
    place = placed(country, region, postal_code)
    buyer = with_exemption(
        person, Buyer("", "", *place[:2], organization, postal_code=place[2]), now=now
    )
    wishes = wishes_of(person)
    products = {wish.product for wish in wishes}
    code, discount, problem = code_in_cart(person, products, now=now)
    quote, chosen = quote_for(
        wishes,
        buyer=buyer,
        zone=person.time_zone,
        now=now,
        discount=discount,
        upgrade=upgrade_for(person, now=now),
    )
    own = [(each.product, each.course) for each in chosen if not each.gift_to]
    return QuoteShape(
        **_sums(quote),
        voucher=code,
        voucher_problem=problem,
        exemption=buyer.exemption,
        already_open=[
            AlreadyLine(
                product=each.product.code,
                course=each.course.code if each.course else None,
                until=each.until,
                then=each.then,
            )
            for each in already_open(person, own, now=now)
        ],
        ways_to_pay=[
            WayToPay(id=way.name, title=way.title, is_online=way.is_online)
            for way in map(gateway, names_on())
        ],
        terms=site_address(reverse("pages:page", args=["terms"])),
    )


def placed(country: str, region: str, postal_code: str) -> tuple[str, str, str]:
    """A place as taxes need it. Raises InvalidFieldError for one that cannot be."""
    if country == HOME and not region:
        raise InvalidFieldError("region", "region: the state decides the tax.")
    if country != HOME and region:
        raise InvalidFieldError("region", "region: states are those of the United States.")
    if not tax_source().is_remote:
        return country, region, ""  # the table of rates does not go by it
    if country in POSTAL_CODE_IN and not postal_code:
        raise InvalidFieldError("postal_code", "postal_code: it decides the tax.")
    if country == HOME and not ZIP.fullmatch(postal_code):
        raise InvalidFieldError("postal_code", "postal_code: 5 digits, such as 33602.")
    return country, region, postal_code


def _sums(quote: Quote) -> dict[str, Any]:
    return {
        "lines": [QuotedLine.of(line) for line in quote.lines],
        "discount": Price.of(quote.discount),
        "set_off": Price.of(quote.discount - quote.voucher_discount),
        "net": Price.of(quote.net),
        "tax": Price.of(quote.tax),
        "total": Price.of(quote.total),
    }
