"""What somebody means to buy."""

from dataclasses import dataclass
from datetime import datetime

from aliquot.accounts.models import User
from aliquot.catalog.models import Course
from aliquot.commerce.models import CartItem
from aliquot.commerce.queries.products import on_sale
from aliquot.lib.money import Money


@dataclass(frozen=True, slots=True)
class CartLine:
    """A thing in a cart with its price of now; ``unit`` None: it is no longer sold."""

    item: CartItem
    title: str
    unit: Money | None
    amount: Money | None


def cart_items(person: User) -> list[CartItem]:
    """Everything in a person's cart in the order in which it was put in. One query."""
    items = CartItem.objects.filter(cart__person=person)
    return list(items.select_related("product__course__current_version", "course__current_version"))


def priced_cart(person: User, *, now: datetime) -> list[CartLine]:
    """A person's cart with what each thing costs before tax and discount."""
    offers = {each.product.pk: each for each in on_sale(now)}
    lines = []
    for item in cart_items(person):
        offered = offers.get(item.product_id)
        is_gone = offered is None or (item.course and item.course.availability != "open")
        unit = None if is_gone or not offered else offered.unit_for(item.quantity, now=now)
        title = title_of(item.product.title, item.course)
        lines.append(CartLine(item, title, unit, unit * item.quantity if unit else None))
    return lines


def title_of(title: str, course: Course | None) -> str:
    """What a thing is called, as the order will call it."""
    version = course.current_version if course else None
    return f"{title}: {version.title}" if version else title
