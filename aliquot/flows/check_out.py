"""From a cart to an order that waits for its payment: one checkout is one order.

Whatever is clicked twice, reloaded or sent fifty times at once finds the same order again.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aliquot.accounts.models import User
from aliquot.commerce import queries, services
from aliquot.commerce.models import Document, Order
from aliquot.commerce.services.carts import take_ordered_out
from aliquot.commerce.services.orders import lock_order
from aliquot.flows.give_up_order import give_up_order
from aliquot.flows.order_papers import paper_of
from aliquot.flows.pay_order import settle_without_payment
from aliquot.flows.place_order import Buyer, Wish, place_order
from aliquot.infra import audit, outbox
from aliquot.infra.idempotency import OtherRequestError
from aliquot.lib.dates import day_in_zone, long_date
from aliquot.lib.money import Money

_KEY, _DIGEST = 60, 16


@dataclass(frozen=True, slots=True)
class Agreed:
    """What a buyer agreed to on the summary. ``key`` is the hidden one of the page."""

    key: str
    buyer: Buyer
    gateway: str
    total: Money
    purchase_order_number: str = ""
    keeps_card: bool = False

    @classmethod
    def by_program(cls, key: str, **said: Any) -> "Agreed":
        """What a program's request agreed to, under a key of its own."""
        own = hashlib.sha256(key.encode()).hexdigest()
        return cls(key=f"api-{own}"[:_KEY], **said)

    def order_key(self) -> str:
        """The key of the order: the same page sent with other answers is another checkout."""
        said = (
            self.buyer.as_json(),
            self.gateway,
            str(self.total),
            self.purchase_order_number,
            self.keeps_card,
        )
        return f"{self.key[:_KEY]}:{hashlib.sha256(repr(said).encode()).hexdigest()[:_DIGEST]}"


def wishes_of(person: User) -> list[Wish]:
    """What is in a person's cart, as it is ordered."""
    return [
        Wish(
            product=item.product.code,
            course=item.course,
            quantity=item.quantity,
            gift_to=item.gift_to,
            gift_message=item.gift_message,
            gift_on=item.gift_on,
        )
        for item in queries.cart_items(person)
    ]


def check_out(*, person: User, agreed: Agreed, now: datetime) -> Order:
    """Place the order for what is in the cart; an unfinished checkout before it is given up.

    Sent again, it gives the same order. If an earlier one was paid in the meantime, that one is
    given, and nothing new is bought. Raises CartEmptyError, NotForSaleError, PriceChangedError,
    and VoucherRefusedError for the code in the cart.
    """
    key = agreed.order_key()
    existing = queries.order_by_key(person, key)
    if existing is not None:
        return existing if existing.total else settle_without_payment(existing, now=now)
    code = queries.cart_code(person)
    for other in queries.waiting_orders_with(person, code).exclude(key=key) if code else ():
        ended = give_up_order(other, state=Order.State.CANCELED, actor_id=person.pk, now=now)
        if ended.state == Order.State.PAID:
            return ended
    order = place_order(
        person=person,
        key=key,
        wishes=wishes_of(person),
        buyer=agreed.buyer,
        gateway_name=agreed.gateway,
        agreed_total=agreed.total,
        purchase_order_number=agreed.purchase_order_number,
        keeps_card=agreed.keeps_card,
        voucher_code=code,
        now=now,
    )
    for other in queries.unfinished_orders(person, page_key=agreed.key[:_KEY], but=order):
        ended = give_up_order(other, state=Order.State.CANCELED, actor_id=person.pk, now=now)
        if ended.state == Order.State.PAID:
            give_up_order(order, state=Order.State.CANCELED, actor_id=person.pk, now=now)
            return ended
    return order if order.total else settle_without_payment(order, now=now)


def check_out_by_program(*, person: User, agreed: Agreed, now: datetime) -> Order:
    """The same for a program, whose key means one order for ever.

    Raises OtherRequestError where it was used for other answers.
    """
    same_key = queries.orders_of(person).filter(key__startswith=f"{agreed.key[:_KEY]}:")
    if same_key.exclude(key=agreed.order_key()).exists():
        raise OtherRequestError("This key was used for another order.")
    return check_out(person=person, agreed=agreed, now=now)


def send_invoice(order: Order, *, now: datetime) -> Document:
    """The invoice of an order that is paid offline, by mail; what it bought leaves the cart.

    Asked again, it gives the same invoice and sends nothing.
    """
    with audit.story(action="order.invoiced", actor_id=order.person_id, subject=order):
        order = lock_order(order)
        existing = order.documents.filter(kind=Document.Kind.INVOICE).first()
        if existing is not None:
            return existing
        total = Money(order.total, order.currency)
        invoice = services.issue_document(
            kind=Document.Kind.INVOICE,
            order=order,
            total=total,
            content=paper_of(order, paid_on=None, reference=order.purchase_order_number),
            actor_id=order.person_id,
            now=now,
        )
        outbox.send_template(
            to=order.buyer["email"],
            template="commerce/mail/order_placed",
            context={
                "name": order.buyer["name"],
                "order": order,
                "invoice": invoice,
                "total": total,
                "lines": list(order.lines.all()),
                "placed_on": long_date(day_in_zone(order.placed_at, order.time_zone)),
            },
        )
        take_ordered_out(order=order, now=now)
    return invoice
