"""The cart: the same that the pages show. What is ordered is what is in it."""

from datetime import date, timedelta
from typing import Annotated

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from pydantic import AfterValidator, Field

from aliquot.api.frame import ApiRequest, Area, Id, Price, Shape, Taken
from aliquot.api.frame.problems import InvalidFieldError
from aliquot.api.frame.shapes import CodeIn, DayIn, Line, Text, Whole
from aliquot.api.shop.orders import READ, WRITE
from aliquot.catalog.models import Course
from aliquot.commerce import access, queries, services
from aliquot.commerce.errors import NotForSaleError
from aliquot.flows.use_voucher import code_in_cart, try_code
from aliquot.lib.dates import day_in_zone

area = Area("Shop")


def _email(text: str) -> str:
    try:
        validate_email(text)
    except ValidationError:
        raise ValueError("accepted: an e-mail address") from None
    return text


Email = Annotated[Line, AfterValidator(_email), Field(json_schema_extra={"format": "email"})]


class CartLine(Shape):
    """A thing in the cart. Prices null: it is no longer sold, and must be taken out."""

    id: Id
    product: str
    course: str | None
    title: str
    quantity: int
    unit: Price | None
    amount: Annotated[Price | None, Field(description="Before tax and discount.")]
    gift_to: str
    gift_message: str
    gift_on: date | None


class CartShape(Shape):
    """What you mean to buy. It promises nothing."""

    items: list[CartLine]
    voucher: Annotated[str, Field(description="The code that is used; empty: none.")]
    voucher_problem: Annotated[str, Field(description="Why the code does not apply any more.")]


class ThingIn(Taken):
    """A thing to put in."""

    product: CodeIn
    course: Annotated[CodeIn | None, Field(description="For a product of any one course.")] = None
    quantity: Annotated[Whole, Field(ge=1, le=500, description="Above 1: seats only.")] = 1


class QuantityIn(Taken):
    """So many seats."""

    quantity: Annotated[Whole, Field(ge=1, le=500)]


class GiftIn(Taken):
    """Whom a thing is for."""

    to: Email
    message: Annotated[Text, Field(max_length=500)] = ""
    on: Annotated[
        DayIn | None, Field(description="Sent at 9 am of that day; null: when it is paid.")
    ] = None


class VoucherIn(Taken):
    """A code, in any case of letters; empty: none."""

    code: Annotated[Line, Field(max_length=40)]


@area.read("/me/cart", scope=READ, gives=CartShape)
def get_cart(request: ApiRequest) -> CartShape:
    """What is in your cart, each with its price of now."""
    return _cart(request)


@area.deed("/me/cart/items", scope=WRITE, gives=CartShape, status=201)
def add_to_cart(request: ApiRequest, body: ThingIn) -> CartShape:
    """Put a thing in; put in again it is there once, of seats as many as were said last."""
    key = request.auth
    offered = queries.product_on_sale(body.product, now=key.now)
    if offered is None:
        raise NotForSaleError("This product is not sold.")
    services.add_to_cart(
        person=key.person,
        product=offered.product,
        course=_course(body.course),
        quantity=body.quantity,
        now=key.now,
    )
    return _cart(request)


@area.deed("/me/cart/items/{item_id}", scope=WRITE, gives=CartShape, method="PUT")
def change_cart_item(request: ApiRequest, item_id: Id, body: QuantityIn) -> CartShape:
    """Another number of seats."""
    item = access.cart_item_for(request.auth.person, item_id)
    services.set_cart_quantity(item=item, quantity=body.quantity, now=request.auth.now)
    return _cart(request)


@area.deed("/me/cart/items/{item_id}/gift", scope=WRITE, gives=CartShape)
def give_cart_item(request: ApiRequest, item_id: Id, body: GiftIn) -> CartShape:
    """Make a thing in the cart a gift: its code is sent on the day it is paid, or on the day you
    say, from 9 am in your time zone on.
    """
    key = request.auth
    item = access.cart_item_for(key.person, item_id)
    _check_gift_day(body.on, day_in_zone(key.now, key.person.time_zone))
    services.set_cart_gift(item=item, to=body.to, message=body.message, on=body.on, now=key.now)
    return _cart(request)


@area.deed("/me/cart/items/{item_id}/keep", scope=WRITE, gives=CartShape)
def keep_cart_item(request: ApiRequest, item_id: Id) -> CartShape:
    """Make a gift in the cart your own again."""
    item = access.cart_item_for(request.auth.person, item_id)
    services.set_cart_gift(item=item, to="", message="", on=None, now=request.auth.now)
    return _cart(request)


@area.deed("/me/cart/items/{item_id}/remove", scope=WRITE, gives=CartShape)
def remove_cart_item(request: ApiRequest, item_id: Id) -> CartShape:
    """Take a thing out."""
    item = access.cart_item_for(request.auth.person, item_id)
    services.remove_from_cart(item=item, now=request.auth.now)
    return _cart(request)


@area.save("/me/cart/voucher", scope=WRITE, gives=CartShape)
def save_cart_voucher(request: ApiRequest, body: VoucherIn) -> CartShape:
    """Use a code for the next order, or none. 422 `voucher_refused` says why it does not apply.

    Tries are counted, together with those on the page of the cart.
    """
    key = request.auth
    code = queries.tidy_code(body.code)
    if code:
        products = {item.product.code for item in queries.cart_items(key.person)}
        try_code(key.person, code, products=products, now=key.now)
    services.set_cart_voucher(person=key.person, code=code, now=key.now)
    return _cart(request)


def _check_gift_day(day: date | None, today: date) -> None:
    if day is not None and not today <= day <= today + timedelta(days=365):
        raise InvalidFieldError("on", "on: a day from today on, at most a year ahead.")


def _course(code: str | None) -> Course | None:
    rows = Course.objects.filter(code=code).select_related("current_version")
    return rows.first() if code else None


def _cart(request: ApiRequest) -> CartShape:
    person, now = request.auth.person, request.auth.now
    lines = queries.priced_cart(person, now=now)
    products = {line.item.product.code for line in lines}
    code, _, problem = code_in_cart(person, products, now=now)
    return CartShape(items=[_line(line) for line in lines], voucher=code, voucher_problem=problem)


def _line(line: queries.CartLine) -> CartLine:
    item = line.item
    return CartLine(
        id=item.pk,
        product=item.product.code,
        course=item.course.code if item.course else None,
        title=line.title,
        quantity=item.quantity,
        unit=Price.of(line.unit) if line.unit else None,
        amount=Price.of(line.amount) if line.amount else None,
        gift_to=item.gift_to,
        gift_message=item.gift_message,
        gift_on=item.gift_on,
    )
