"""Switching renewal on: what would be charged and when, and the saved card it needs."""

from dataclasses import dataclass
from datetime import datetime

from aliquot.accounts.models import User
from aliquot.commerce import queries, services
from aliquot.commerce.adapters.gateways import gateway
from aliquot.commerce.errors import (
    NotForSaleError,
    PriceChangedError,
    RenewalRefusedError,
    TaxPlaceError,
)
from aliquot.commerce.models import LineGrant, Order, Payment, Renewal
from aliquot.commerce.rules import renewals as rule
from aliquot.commerce.rules.terms import FOREVER, unlimited_until
from aliquot.flows.place_order import Buyer, Wish, quote_for
from aliquot.learning.queries import rights_of
from aliquot.lib.money import Money


@dataclass(frozen=True, slots=True)
class RenewalTerms:
    """What a person would agree to: ``total`` with tax, charged first at ``charged_at``."""

    grant: LineGrant
    total: Money
    due_at: datetime
    charged_at: datetime


def renewal_price(order: Order, product: str, *, now: datetime) -> Money:
    """What another term costs the buyer of an order, with tax.

    Raises NotForSaleError, TaxPlaceError for an order from before places were asked for in full,
    TaxUnknownError.
    """
    buyer, wish = Buyer(**order.buyer), Wish(product)
    return quote_for([wish], buyer=buyer, zone=order.time_zone, now=now)[0].total


def renewal_terms(person: User, *, now: datetime) -> RenewalTerms:
    """What switching on would mean now. Raises RenewalRefusedError with the reason."""
    grant = queries.bought_subscription(person)
    due_at = unlimited_until(rights_of(person), now=now)
    if grant is None or due_at is None or due_at == FOREVER:
        raise RenewalRefusedError("You have no subscription that could be renewed.")
    if not rule.can_switch_on(due_at, now=now):
        raise RenewalRefusedError(
            "Your access ends too soon to announce a renewal in time. Buy another year instead: it "
            "begins when this one ends."
        )
    try:
        total = renewal_price(grant.line.order, grant.line.product.code, now=now)
    except NotForSaleError as gone:
        raise RenewalRefusedError("What you have is no longer sold, so it cannot renew.") from gone
    except TaxPlaceError as unknown:
        raise RenewalRefusedError(
            "Your order names no full address, so the tax of a renewal cannot be computed. You can "
            "buy another year at any time: it begins when this one ends."
        ) from unknown
    return RenewalTerms(grant, total, due_at, rule.charge_at(due_at))


def saved_method(person: User, order: Order) -> str:
    """The gateway's name for the card that the buyer let it keep; empty: none.

    It is asked for at the gateway, outside of a transaction. Raises GatewayDownError.
    """
    paid = order.payments.filter(state=Payment.State.CAPTURED).first()
    if paid is None:
        return ""
    found = gateway(paid.gateway).fetch(paid.provider_id).method_reference
    return found or queries.saved_method_before(person, paid.gateway)


def switch_on(person: User, *, agreed_total: Money, now: datetime) -> Renewal:
    """Switch renewal on for what the page showed. Raises RenewalRefusedError, GatewayDownError.

    PriceChangedError when the total is another by now.
    """
    existing = queries.renewal_of(person)
    if existing is not None:
        return existing
    terms = renewal_terms(person, now=now)
    if terms.total != agreed_total:
        raise PriceChangedError(f"The total is {terms.total} now; it was {agreed_total}.")
    order = terms.grant.line.order
    method = saved_method(person, order)
    if not method:
        raise RenewalRefusedError(
            "Your card was not kept when you paid, so there is nothing to charge."
        )
    return services.switch_on_renewal(
        person=person,
        order=order,
        product=terms.grant.line.product,
        gateway=order.gateway,
        method_reference=method,
        due_at=terms.due_at,
        actor_id=person.pk,
        now=now,
    )
