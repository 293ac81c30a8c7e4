"""A cart: what somebody means to buy. It promises nothing, so it leaves no trace in the audit."""

from datetime import datetime

from django.db import transaction

from aliquot.accounts.models import User
from aliquot.catalog.models import Course
from aliquot.commerce.errors import NotForSaleError
from aliquot.commerce.models import Cart, CartItem, Order, Product, VoucherUse

MOST_SEATS = 500


@transaction.atomic
def add_to_cart(
    *,
    person: User,
    product: Product,
    now: datetime,
    course: Course | None = None,
    quantity: int = 1,
) -> CartItem:
    """Put a thing in; put in again it is there once, of seats as many as were said last.

    Raises NotForSaleError for what cannot be bought in this way.
    """
    course = _course_of(product, course)
    quantity = _checked(product, quantity)
    User.objects.select_for_update(no_key=True).get(pk=person.pk)
    cart = Cart.objects.get_or_create(person=person, defaults={"changed_at": now})[0]
    item = CartItem.objects.filter(cart=cart, product=product, course=course, gift_to="").first()
    if item is None:
        item = CartItem.objects.create(
            cart=cart, product=product, course=course, quantity=quantity, added_at=now
        )
    elif item.quantity != quantity:
        item.quantity = quantity
        item.save(update_fields=["quantity"])
    Cart.objects.filter(pk=cart.pk).update(changed_at=now)
    return item


@transaction.atomic
def set_cart_quantity(*, item: CartItem, quantity: int, now: datetime) -> CartItem:
    """So many seats. Raises NotForSaleError."""
    item.quantity = _checked(item.product, quantity)
    item.save(update_fields=["quantity"])
    Cart.objects.filter(pk=item.cart_id).update(changed_at=now)
    return item


@transaction.atomic
def remove_from_cart(*, item: CartItem, now: datetime) -> None:
    """Take a thing out."""
    Cart.objects.filter(pk=item.cart_id).update(changed_at=now)
    CartItem.objects.filter(pk=item.pk).delete()


@transaction.atomic
def set_cart_voucher(*, person: User, code: str, now: datetime) -> None:
    """Keep the code that somebody means to use, or with an empty one none."""
    cart = Cart.objects.get_or_create(person=person, defaults={"changed_at": now})[0]
    cart.voucher_code, cart.changed_at = code, now
    cart.save(update_fields=["voucher_code", "changed_at"])


@transaction.atomic
def take_ordered_out(*, order: Order, now: datetime) -> None:
    """What an order has bought leaves its buyer's cart; what was put in since stays."""
    cart = Cart.objects.filter(person=order.person_id).first()
    if cart is None:
        return
    for line in order.lines.all():
        CartItem.objects.filter(
            cart=cart,
            product=line.product_id,
            course=line.course_id if line.product.course_id is None else None,
            gift_to=line.gift_to,
            added_at__lte=order.placed_at,
        ).delete()
    is_used = VoucherUse.objects.filter(order=order, voucher__code=cart.voucher_code).exists()
    cart.voucher_code, cart.changed_at = "" if is_used else cart.voucher_code, now
    cart.save(update_fields=["voucher_code", "changed_at"])


def _course_of(product: Product, course: Course | None) -> Course | None:
    """The course that the buyer chose; none where the product names its own."""
    if product.kind != Product.Kind.COURSE or product.course_id is not None:
        return None
    if course is None or course.availability != "open":
        raise NotForSaleError("Say which course you want to buy.")
    if course.is_free:
        raise NotForSaleError("This course is free: start it without buying anything.")
    return course


def _checked(product: Product, quantity: int) -> int:
    most = MOST_SEATS if product.kind == Product.Kind.SEATS else 1
    if not 1 <= quantity <= most:
        raise NotForSaleError(
            f"Seats are bought from 1 to {MOST_SEATS}; ask us for more."
            if most > 1
            else "One of a kind is enough; only seats are bought in numbers."
        )
    return quantity
