"""Job entry points of the stories; ``settings.SCHEDULE`` says when the ones by the clock run."""

import logging
from datetime import timedelta

from django.tasks import task

from aliquot.commerce.models import GatewayEvent, Order, Payment, Refund
from aliquot.commerce.queries import gifts_to_send
from aliquot.commerce.services import send_gift
from aliquot.flows import check_invariants as checking
from aliquot.flows import close_account as closing
from aliquot.flows import compare_books as comparing
from aliquot.flows import file_taxes as filing
from aliquot.flows import process_event as processing
from aliquot.flows import reconcile as reconciling
from aliquot.flows import renew_subscriptions as renewing
from aliquot.flows import return_double_payment as returning
from aliquot.flows import send_refund as sending
from aliquot.flows import warn_of_ending as ending
from aliquot.infra import clock
from aliquot.infra.jobs import queue

logger = logging.getLogger("aliquot.invariants")

OVERLAP = timedelta(hours=1)  # a gateway may list an event a little late
FARTHEST = timedelta(days=30)  # gateways keep events no longer


@task()
def process_event(event_id: int) -> str:
    """Act on a stored event; returns what became of it."""
    event = GatewayEvent.objects.get(pk=event_id)
    return processing.process_event(event, now=clock.now()).state


@task()
def return_double_payment(payment_id: int) -> None:
    """Send a second payment back."""
    payment = Payment.objects.get(pk=payment_id)
    returning.return_double_payment(payment, now=clock.now())


@task()
def send_refund(refund_id: int) -> str:
    """Send an approved refund to its gateway; returns what became of it."""
    return sending.send_refund(Refund.objects.get(pk=refund_id), now=clock.now()).state


@task()
def send_refunds() -> int:
    """Send the approved refunds that no gateway has confirmed; returns how many were paid back."""
    return sending.send_refunds(now=clock.now())


@task()
def file_sale(order_id: int) -> None:
    """Tell the source of an order's taxes that it was paid."""
    filing.file_sale(Order.objects.get(pk=order_id), now=clock.now())


@task()
def file_refund(refund_id: int) -> None:
    """Tell the source of an order's taxes what was given back."""
    filing.file_refund(Refund.objects.get(pk=refund_id), now=clock.now())


@task()
def file_taxes() -> int:
    """Tell the sources of taxes what they have no record of; returns how many were looked at."""
    return filing.file_taxes(now=clock.now())


@task()
def reconcile() -> dict[str, int]:
    """Look at what is open and what changed since the last run that ended well."""
    now = clock.now()
    last = queue.last_begun(reconcile.module_path)
    since = now - FARTHEST if last is None else max(last - OVERLAP, now - FARTHEST)
    return reconciling.reconcile(since=since, now=now)


@task()
def compare_books() -> int:
    """Compare the days that were not compared yet; returns how many differ."""
    kept = comparing.compare_missing_days(now=clock.now())
    return sum(bool(each.differences) for each in kept)


@task()
def check_invariants() -> int:
    """Check what must always be true; returns how many invariants are broken. Logs each."""
    run = checking.check_and_tell(now=clock.now())
    broken = [each for each in run.report["invariants"] if each["violations"]]
    for each in broken:
        logger.error(
            "invariant %s is broken: %d violations, the first: %s",
            each["name"],
            each["violations"],
            each["first"][0],
        )
    return len(broken)


@task()
def send_gifts() -> int:
    """Send the gifts whose morning has come; returns how many."""
    now = clock.now()
    return sum(send_gift(gift, now=now) for gift in gifts_to_send(now))


@task()
def renew_subscriptions() -> int:
    """Announce and charge the renewals that are switched on; returns how many were looked at."""
    return renewing.renew_subscriptions(now=clock.now())


@task()
def warn_of_ending() -> int:
    """Tell holders of bought access that ends soon; returns how many were told."""
    return ending.warn_of_ending(now=clock.now())


@task()
def erase_closed_accounts() -> int:
    """Erase the accounts whose two weeks are over; returns how many."""
    return closing.erase_closed_accounts(now=clock.now())
