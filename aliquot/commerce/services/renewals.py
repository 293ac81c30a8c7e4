"""Renewals: switched on by consent, off by a click; what was announced, tried and done."""

from datetime import datetime

from django.db import transaction

from aliquot.accounts.models import User
from aliquot.commerce.models import Order, Product, Renewal
from aliquot.infra import audit
from aliquot.lib.money import Money


@transaction.atomic
def switch_on_renewal(
    *,
    person: User,
    order: Order,
    product: Product,
    gateway: str,
    method_reference: str,
    due_at: datetime,
    actor_id: int,
    now: datetime,
) -> Renewal:
    """A person wants their subscription to go on; one that is on already is returned."""
    User.objects.select_for_update(no_key=True).get(pk=person.pk)
    existing = Renewal.objects.filter(person=person, switched_off_at=None, renewed_by=None).first()
    if existing is not None:
        return existing
    renewal = Renewal.objects.create(
        person=person,
        order=order,
        product=product,
        gateway=gateway,
        method_reference=method_reference,
        switched_on_at=now,
        due_at=due_at,
    )
    audit.record(action="renewal.switched_on", actor_id=actor_id, subject=renewal)
    return renewal


@transaction.atomic
def switch_off_renewal(
    *, renewal: Renewal, actor_id: int | None, now: datetime, problem: str = ""
) -> bool:
    """Nothing is charged any more; access runs to its end. False if it was off or done already."""
    renewal = lock_renewal(renewal)
    if renewal.switched_off_at is not None or renewal.renewed_by_id is not None:
        return False
    renewal.switched_off_at, renewal.last_problem = now, problem[:200]
    renewal.save(update_fields=["switched_off_at", "last_problem"])
    audit.record(
        action="renewal.switched_off",
        actor_id=actor_id,
        subject=renewal,
        details={"problem": problem} if problem else None,
    )
    return True


@transaction.atomic
def move_renewal(*, renewal: Renewal, due_at: datetime) -> None:
    """The term ends at another moment than it did: it is announced anew."""
    renewal.due_at, renewal.noticed_at, renewal.noticed_amount = due_at, None, None
    renewal.save(update_fields=["due_at", "noticed_at", "noticed_amount"])
    audit.record(action="renewal.moved", actor_id=None, subject=renewal, details={"due_at": due_at})


def note_renewal_notice(*, renewal: Renewal, amount: Money, now: datetime) -> None:
    """Write down which amount a locked renewal was announced with."""
    renewal.noticed_at, renewal.noticed_amount = now, amount.cents
    renewal.save(update_fields=["noticed_at", "noticed_amount"])
    audit.record(
        action="renewal.noticed",
        actor_id=None,
        subject=renewal,
        details={"amount": str(amount)},
    )


@transaction.atomic
def note_renewal_attempt(*, renewal: Renewal, attempt: int, problem: str) -> None:
    """Write down that a charge was declined; the same attempt counts once."""
    renewal = lock_renewal(renewal)
    if renewal.attempts != attempt:
        return
    renewal.attempts, renewal.last_problem = attempt + 1, problem[:200]
    renewal.save(update_fields=["attempts", "last_problem"])
    audit.record(
        action="renewal.declined",
        actor_id=None,
        subject=renewal,
        details={"attempt": attempt + 1, "problem": problem},
    )


@transaction.atomic
def finish_renewal(
    *, renewal: Renewal, order: Order, due_at: datetime | None, now: datetime
) -> None:
    """The new term is paid; unless it was switched off meanwhile, it goes on with the next one."""
    renewal = lock_renewal(renewal)
    if renewal.renewed_by_id is not None:
        return
    renewal.renewed_by = order
    renewal.save(update_fields=["renewed_by"])
    audit.record(action="renewal.done", actor_id=None, subject=renewal)
    if renewal.switched_off_at is None and due_at is not None:
        Renewal.objects.create(
            person_id=renewal.person_id,
            order=order,
            product_id=renewal.product_id,
            gateway=renewal.gateway,
            method_reference=renewal.method_reference,
            switched_on_at=now,
            due_at=due_at,
        )


def lock_renewal(renewal: Renewal) -> Renewal:
    """The row as it is now, locked until the transaction ends."""
    Renewal.objects.select_for_update(of=("self",)).get(pk=renewal.pk)
    return Renewal.objects.select_related("person", "order", "product").get(pk=renewal.pk)
