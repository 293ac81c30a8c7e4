"""One of everything that somebody can have bought."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from aliquot.accounts.models import User
from aliquot.commerce.models import Gift
from aliquot.commerce.services import add_to_cart, create_voucher
from aliquot.flows.place_order import Wish
from aliquot.flows.refund_order import open_refund_for_buyer
from tests.factories.shop import bought, exemption_sent, open_shop, ordered, paid


def purchases(rosa: User, amara: User, now: datetime) -> dict[str, Any]:
    """A paid order with its payment and a refund that waits, and something in the cart."""
    products = open_shop()
    order = bought(rosa, "unlimited-year", now=now)
    wish = Wish("eight-hours", gift_to="n@example.org")
    gift = Gift.objects.get(line__order=paid(ordered(rosa, wish, now=now, key="gift"), now=now))
    item = add_to_cart(person=rosa, product=products["eight-hours"], now=now)
    return {
        "order_number": order.number,
        "refund_id": open_refund_for_buyer(order=order, actor_id=amara.pk, now=now).pk,
        "exemption_id": exemption_sent(rosa, now).pk,
        "paper_number": order.documents.get().number,
        "charge_id": order.payments.get().provider_id,
        "item_id": item.pk,
        "gift_id": gift.pk,
        "voucher_id": create_voucher(
            code="WELCOME", valid_from=now, now=now, actor_id=None, percent_off=Decimal(10)
        ).pk,
    }
