"""Renewing what is switched on: announced in time, charged once, or given up with a mail.

The order of a renewal is found by its key, and a try of its charge by a key made of the order and
the number of the try. The try is written down before the gateway is asked: a crash between charge
and record is healed by asking again, which is the same charge, and a charge that nobody heard of
again is a payment without an answer, which is looked for every hour.
Docs: docs/rules/entitlements.md.
"""

from datetime import datetime

from aliquot.commerce import queries, services
from aliquot.commerce.adapters.gateways import gateway
from aliquot.commerce.errors import (
    GatewayDownError,
    NotForSaleError,
    PaymentMismatchError,
    TaxPlaceError,
)
from aliquot.commerce.facts import CheckoutItem, RenewalStep, Wanted
from aliquot.commerce.models import Order, Payment, Renewal
from aliquot.commerce.rules import renewals as rule
from aliquot.commerce.rules.terms import FOREVER, unlimited_until
from aliquot.commerce.services.alerts import tell_staff
from aliquot.commerce.services.orders import Chosen
from aliquot.commerce.services.renewals import lock_renewal, move_renewal, note_renewal_notice
from aliquot.flows.pay_order import enter_answer, settle_payment, settle_without_payment
from aliquot.flows.place_order import Buyer, Wish, quote_for
from aliquot.flows.switch_renewal import renewal_price
from aliquot.infra import audit, outbox
from aliquot.learning.queries import rights_of
from aliquot.lib.dates import day_in_zone, last_day, long_date
from aliquot.lib.money import Money

UNREACHABLE = "We could not reach the payment provider in time."
UNCLEAR = (
    "We could not reach the payment provider, so we do not know yet whether your card was charged."
)


def renew_subscriptions(*, now: datetime) -> int:
    """Do what falls due; returns how many renewals were looked at.

    One that fails holds up nobody else. Raises GatewayDownError at the end if a gateway was down.
    """
    trouble: list[GatewayDownError] = []
    count = 0
    for renewal in queries.renewals_on():
        try:
            renew(renewal, now=now)
        except GatewayDownError as down:
            trouble.append(down)
        except PaymentMismatchError as refused:
            _give_up(renewal, refused.message, now, is_unclear=True)
        count += 1
    if trouble:
        raise trouble[0]
    return count


def renew(renewal: Renewal, *, now: datetime) -> None:
    """Do what falls due for one renewal. Raises GatewayDownError, PaymentMismatchError."""
    order = queries.renewal_order(renewal)
    if order is not None and order.state == Order.State.PAID:
        _finish(renewal, order, now)
        return
    if order is None and not _follow_access(renewal, now):
        return
    step = rule.step(
        due_at=renewal.due_at,
        noticed_at=renewal.noticed_at,
        attempts=renewal.attempts,
        notice_days=queries.shop_settings().renewal_notice_days,
        now=now,
    )
    if step is RenewalStep.NOTICE:
        _announce(renewal, now)
    elif step is RenewalStep.TOO_LATE:
        _give_up(renewal, "The notice could not be sent seven days before the charge.", now)
    elif step is RenewalStep.GIVE_UP:
        _end_of_tries(renewal, order, now)
    elif step is RenewalStep.CHARGE:
        _charge(renewal, order, now)


def _end_of_tries(renewal: Renewal, order: Order | None, now: datetime) -> None:
    """What is known of the charge: every try was declined, none was made, or one has no answer."""
    if renewal.attempts >= rule.TRIES:
        _give_up(renewal, "Your card was declined each time.", now)
    elif order is None:
        _give_up(renewal, "Your card was not asked in time.", now)
    else:
        _ask_a_last_time(renewal, order, now)


def _ask_a_last_time(renewal: Renewal, order: Order, now: datetime) -> None:
    """A try had no answer for a week: what the gateway knows of it by now decides."""
    try:
        for payment in order.payments.filter(state__in=queries.UNSETTLED):
            order = settle_payment(payment, now=now)
    except GatewayDownError:
        _give_up(renewal, UNCLEAR, now, is_unclear=True)
        return
    if order.state == Order.State.PAID:
        _finish(renewal, order, now)
        return
    _give_up(renewal, UNREACHABLE, now)
    for payment in order.payments.filter(state=Payment.State.ASKED):
        services.abandon_asked(payment=payment, now=now)


def _follow_access(renewal: Renewal, now: datetime) -> bool:
    """Access may have been extended or taken away since; False: there is nothing to renew."""
    until = unlimited_until(rights_of(renewal.person), now=now)
    if until is None and now >= renewal.due_at:
        return True
    if until is None or until == FOREVER or not renewal.person.is_active:
        services.switch_off_renewal(
            renewal=renewal, actor_id=None, now=now, problem="There is nothing left to renew."
        )
        return False
    if until != renewal.due_at:
        move_renewal(renewal=renewal, due_at=until)
    return True


def _announce(renewal: Renewal, now: datetime) -> None:
    try:
        total = renewal_price(renewal.order, renewal.product.code, now=now)
    except (NotForSaleError, TaxPlaceError) as refusal:
        _give_up(renewal, _why_not(refusal), now)
        return
    with audit.story(action="renewal.noticed", actor_id=None, subject=renewal):
        locked = lock_renewal(renewal)
        if locked.switched_off_at is not None or locked.noticed_at is not None:
            return
        note_renewal_notice(renewal=locked, amount=total, now=now)
        zone = locked.person.time_zone
        outbox.send_template(
            to=locked.person.email,
            template="commerce/mail/renewal_notice",
            context={
                "name": locked.person.full_name,
                "title": locked.product.title,
                "total": total,
                "days": locked.product.term_days,
                "charged_on": long_date(day_in_zone(rule.charge_at(locked.due_at), zone)),
            },
        )


def _charge(renewal: Renewal, order: Order | None, now: datetime) -> None:
    order = order or _place(renewal, now)
    if order is None:
        return
    if not order.total:
        _finish(renewal, settle_without_payment(order, now=now), now)
        return
    way, attempt = gateway(renewal.gateway), renewal.attempts
    wanted = _wanted(order, attempt)
    payment = services.ask_payment(order=order, key=wanted.key, now=now)
    charged = way.charge_again(renewal.method_reference, wanted)
    order = enter_answer(payment, charged, now=now)
    if order.state == Order.State.PAID:
        _finish(renewal, order, now)
        return
    way.close(charged.provider_id)
    services.note_renewal_attempt(
        renewal=renewal, attempt=attempt, problem="The card was declined."
    )


def _place(renewal: Renewal, now: datetime) -> Order | None:
    """The order of the new term, at the announced price or a lower one; None: not any more."""
    before = renewal.order
    buyer, wish = Buyer(**before.buyer), Wish(renewal.product.code)
    moments = [now] if renewal.noticed_at is None else [now, renewal.noticed_at]
    try:
        offers = [
            quote_for([wish], buyer=buyer, zone=before.time_zone, now=moment)[0]
            for moment in moments
        ]
    except (NotForSaleError, TaxPlaceError) as refusal:
        _give_up(renewal, _why_not(refusal), now)
        return None
    quote = min(offers, key=lambda each: each.total)
    if quote.total.cents > (renewal.noticed_amount or 0):
        _give_up(renewal, "The price is higher than announced.", now)
        return None
    with audit.story(action="renewal.ordered", actor_id=None, subject=renewal):
        if lock_renewal(renewal).switched_off_at is not None:
            return None
        return services.place_order(
            person=renewal.person,
            key=queries.renewal_key(renewal),
            quote=quote,
            chosen=[Chosen(product=renewal.product)],
            gateway=renewal.gateway,
            is_live=gateway(renewal.gateway).is_live,
            buyer=before.buyer,
            terms_version=queries.shop_settings().terms_version,
            now=now,
            lapses_at=None,
            actor_id=None,
            renews=before,
        )


def _why_not(refusal: NotForSaleError | TaxPlaceError) -> str:
    if isinstance(refusal, TaxPlaceError):
        return "Your order names no full address, so the tax cannot be computed."
    return "What you have is no longer sold."


def _wanted(order: Order, attempt: int) -> Wanted:
    total = Money(order.total, order.currency)
    return Wanted(
        order_number=order.number,
        buyer_email=order.buyer["email"],
        items=tuple(CheckoutItem(line.title, total) for line in order.lines.all()),
        total=total,
        return_address="",
        cancel_address="",
        key=f"{order.number}-again-{attempt}",
    )


def _finish(renewal: Renewal, order: Order, now: datetime) -> None:
    until = unlimited_until(rights_of(renewal.person), now=now)
    due_at = None if until == FOREVER else until
    services.finish_renewal(renewal=renewal, order=order, due_at=due_at, now=now)


def _give_up(renewal: Renewal, why: str, now: datetime, *, is_unclear: bool = False) -> None:
    """Renewal is switched off, and its holder is told; access simply runs to its end.

    ``is_unclear``: the card may have been charged. Then nobody says that it was not, and the staff
    are told to look at the gateway.
    """
    with audit.story(action="renewal.given_up", actor_id=None, subject=renewal):
        if not services.switch_off_renewal(renewal=renewal, actor_id=None, now=now, problem=why):
            return
        order = queries.renewal_order(renewal)
        if order is not None and order.state == Order.State.PLACED:
            services.end_order(order=order, state=Order.State.LAPSED, actor_id=None, now=now)
        if is_unclear:
            tell_staff("commerce/mail/renewal_unclear", {"order": order, "why": why})
        last = last_day(renewal.due_at, renewal.person.time_zone)
        outbox.send_template(
            to=renewal.person.email,
            template="commerce/mail/renewal_ended",
            context={
                "name": renewal.person.full_name,
                "title": renewal.product.title,
                "why": why,
                "is_unclear": is_unclear,
                "last_day": long_date(last),
            },
        )
