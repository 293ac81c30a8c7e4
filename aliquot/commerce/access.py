"""Who may see an order: its buyer. Absent and another person's answer alike."""

from aliquot.accounts.models import User
from aliquot.commerce.errors import OrderNotFoundError
from aliquot.commerce.models import Order


def order_for(person: User, number: str) -> Order:
    """One's own order; raises OrderNotFoundError."""
    found = Order.objects.filter(person=person, number=number).select_related("person").first()
    if found is None:
        raise OrderNotFoundError
    return found
