"""Who may see an order, a cart, a test payment: whose it is. Absent and another's answer alike."""

from aliquot.accounts.models import User
from aliquot.commerce.errors import (
    ExemptionNotFoundError,
    GiftNotFoundError,
    OrderNotFoundError,
)
from aliquot.commerce.models import CartItem, Document, FakeCharge, Gift, Order, TaxExemption


def order_for(person: User, number: str) -> Order:
    """One's own order; raises OrderNotFoundError."""
    found = Order.objects.filter(person=person, number=number).select_related("person").first()
    if found is None:
        raise OrderNotFoundError
    return found


def cart_item_for(person: User, item_id: int) -> CartItem:
    """A thing in one's own cart; raises OrderNotFoundError."""
    items = CartItem.objects.filter(cart__person=person, pk=item_id)
    found = items.select_related("product").first()
    if found is None:
        raise OrderNotFoundError
    return found


def test_charge_for(person: User, provider_id: str) -> FakeCharge:
    """A payment at the test gateway for an order of one's own; raises OrderNotFoundError."""
    found = FakeCharge.objects.filter(provider_id=provider_id).first()
    if found is None:
        raise OrderNotFoundError
    order_for(person, found.order_number)
    return found


def document_for(person: User, number: str, paper: str) -> Document:
    """A paper of one's own order, both by their numbers; raises OrderNotFoundError."""
    order = order_for(person, number)
    found = Document.objects.filter(order=order, number=paper).select_related("order").first()
    if found is None:
        raise OrderNotFoundError
    return found


def exemption_for(person: User, exemption_id: int) -> TaxExemption:
    """A certificate that one sent oneself; raises ExemptionNotFoundError."""
    found = TaxExemption.objects.filter(person=person, pk=exemption_id).first()
    if found is None:
        raise ExemptionNotFoundError
    return found


def gift_for(person: User, gift_id: int) -> Gift:
    """A gift that one has given; raises GiftNotFoundError."""
    rows = Gift.objects.filter(line__order__person=person, pk=gift_id)
    found = rows.select_related("line__order").first()
    if found is None:
        raise GiftNotFoundError
    return found
