"""What somebody means to buy."""

from aliquot.accounts.models import User
from aliquot.commerce.models import CartItem


def cart_items(person: User) -> list[CartItem]:
    """Everything in a person's cart in the order in which it was put in. One query."""
    items = CartItem.objects.filter(cart__person=person)
    return list(items.select_related("product__course__current_version", "course__current_version"))
