"""Ordering what is in the cart: agreed to, paid at an address that is given, or canceled."""

from typing import Annotated, Literal

from django.urls import reverse
from ninja import Header
from pydantic import Field

from aliquot.api.frame import ApiRequest, Code, Price, Shape, Taken
from aliquot.api.frame.areas import site_address
from aliquot.api.frame.shapes import CodeIn, Flag, Line, PriceIn, Text
from aliquot.api.shop import orders
from aliquot.api.shop.cart import Email
from aliquot.api.shop.orders import WRITE, OrderDetail
from aliquot.api.shop.quotes import Country, Region, placed
from aliquot.commerce import access
from aliquot.commerce.errors import GatewayDownError, OrderEndedError
from aliquot.commerce.models import Order
from aliquot.flows.check_out import Agreed, check_out_by_program, send_invoice
from aliquot.flows.give_up_order import give_up_order
from aliquot.flows.pay_order import begin_payment
from aliquot.flows.place_order import Buyer
from aliquot.infra.idempotency import LONGEST_KEY

area = orders.area
OwnKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=LONGEST_KEY,
        pattern="^[A-Za-z0-9_-]+$",
        description="Of your own for this order: sent again, it is the same order.",
    ),
]


class BuyerIn(Taken):
    """Who pays, as the receipt prints it, and where: the place decides the tax."""

    name: Annotated[Line, Field(pattern=r"\S")]
    email: Annotated[Email, Field(description="Where the receipt goes.")]
    organization: Line = ""
    address: Annotated[Text, Field(max_length=500)] = ""
    country: Country
    region: Region = ""
    postal_code: Annotated[Line, Field(max_length=12)] = ""

    def buyer(self) -> Buyer:
        """As the order keeps it. Raises InvalidFieldError."""
        country, region, postal_code = placed(self.country, self.region, self.postal_code)
        own = self.model_dump(include={"name", "email", "organization", "address"})
        return Buyer(**own, country=country, region=region, postal_code=postal_code)


class OrderIn(Taken):
    """What you agree to. Nothing is agreed to that is not said here."""

    total: Annotated[PriceIn, Field(description="The total that the person saw in the quote.")]
    agrees_to_terms: Annotated[
        Literal[True], Field(description="The person read the terms and the refund rule.")
    ]
    buyer: BuyerIn
    pay_by: Annotated[CodeIn, Field(description="One of the quote's `ways_to_pay`.")]
    purchase_order_number: Annotated[Line, Field(max_length=80)] = ""
    keep_card: Annotated[
        Flag, Field(description="Keep the card at the provider, so that renewal can be on later.")
    ] = False


class PlacedOrder(OrderDetail):
    """An order, and where a person pays it."""

    pay_at: Annotated[
        str | None,
        Field(description="null: nothing to pay there now. While it is `placed`, ask `pay_order`."),
    ]


class PayShape(Shape):
    """Where a person pays an order."""

    state: str
    total: Price
    pay_at: Annotated[str | None, Field(description="null: paid, or paid by invoice.")]


@area.act("/me/orders", scope=WRITE, gives=PlacedOrder, status=201)
def place_order(request: ApiRequest, body: OrderIn, idempotency_key: OwnKey) -> PlacedOrder:
    """Order what is in your cart, for the total that was shown; nothing is charged before paying.

    The same key is the same order. It takes the place of an unpaid order begun before. 409
    `price_changed`: the total is another by now, and nothing was ordered. 422 `not_for_sale`,
    `voucher_refused` and `tax_place` say why not.
    """
    person, now = request.auth.person, request.auth.now
    agreed = Agreed.by_program(
        idempotency_key,
        buyer=body.buyer.buyer(),
        gateway=body.pay_by,
        total=body.total.money(),
        purchase_order_number=body.purchase_order_number,
        keeps_card=body.keep_card,
    )
    order = check_out_by_program(person=person, agreed=agreed, now=now)
    try:
        pay_at = _pay_at(request, order)
    except GatewayDownError:
        pay_at = None  # the order is kept
    order.refresh_from_db()
    return PlacedOrder(**OrderDetail.of(order).model_dump(), pay_at=pay_at)


@area.act("/me/orders/{number}/pay", scope=WRITE, gives=PayShape)
def pay_order(request: ApiRequest, number: Code) -> PayShape:
    """Where an unpaid order is paid; a payment that failed is followed by another.

    409 `order_ended`: canceled, or not paid in time. 503: the provider does not answer.
    """
    order = access.order_for(request.auth.person, number)
    if order.state in {Order.State.CANCELED, Order.State.LAPSED}:
        raise OrderEndedError("This order has ended and nothing was charged. Order anew.")
    pay_at = _pay_at(request, order)
    detail = OrderDetail.of(access.order_for(request.auth.person, number))
    return PayShape(state=detail.state, total=detail.total, pay_at=pay_at)


@area.act("/me/orders/{number}/cancel", scope=WRITE, gives=OrderDetail)
def cancel_order(request: ApiRequest, number: Code) -> OrderDetail:
    """Cancel an unpaid order; canceled before is no mistake.

    409 `order_ended`: it is paid, or its time is over, or a payment is on its way.
    """
    key = request.auth
    ended = give_up_order(
        access.order_for(key.person, number),
        state=Order.State.CANCELED,
        actor_id=key.person.pk,
        now=key.now,
    )
    if ended.state == Order.State.PAID:
        raise OrderEndedError("This order is paid. Ask for a refund instead.")
    if ended.state != Order.State.CANCELED:
        raise OrderEndedError(
            "This order cannot be canceled: it ended, or a payment is on its way."
        )
    return OrderDetail.of(ended)


def _pay_at(request: ApiRequest, order: Order) -> str | None:
    """Where it is paid. By invoice there is no such place: the invoice is sent instead."""
    if order.state != Order.State.PLACED:
        return None
    now = request.auth.now
    try:
        payment = begin_payment(
            order,
            return_address=site_address(reverse("shop:returned", args=[order.number])),
            cancel_address=site_address(f"{reverse('shop:checkout')}?stopped={order.number}"),
            now=now,
        )
    except OrderEndedError:  # paid in this very moment
        return None
    if payment.address:
        here = payment.address.startswith("/")
        return site_address(payment.address) if here else payment.address
    send_invoice(order, now=now)
    return None
