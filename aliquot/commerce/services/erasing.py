"""What a buyer only meant to buy, and the card that was kept, goes with their account."""

from django.db import transaction

from aliquot.accounts.models import User
from aliquot.commerce.models import Cart, Renewal


@transaction.atomic
def erase_buying(*, person: User) -> None:
    """Delete the cart and forget saved cards; orders and their papers are kept by law.

    A step of erasing an account, whose audit row says so.
    """
    Cart.objects.filter(person=person).delete()
    Renewal.objects.filter(person=person).update(method_reference="")
