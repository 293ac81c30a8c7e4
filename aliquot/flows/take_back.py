"""What an approved refund takes back, in the transaction that approves it.

docs/rules/refunds.md, "What a refund does". Reports of credit to anybody else do not exist yet;
once they do, those of a revoked completion are flagged here.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from aliquot.certificates.models import Certificate
from aliquot.commerce import services
from aliquot.commerce.models import LineGrant, MoneyEntry, Order, OrderLine
from aliquot.flows.revoke_completion import credit_left_of, revoke_completion
from aliquot.learning.services import restore_entitlement, withdraw_entitlement
from aliquot.ledger.models import Activity
from aliquot.ledger.services import reverse_credit


def end_access(
    order: Order, positions: Collection[int], *, actor_id: int | None, now: datetime
) -> None:
    """The entitlements of the lines end at once, gifts nobody opened too; nothing renews."""
    lines = list(OrderLine.objects.filter(order=order, position__in=positions))
    for grant in (
        LineGrant.objects.filter(line__in=lines)
        .select_related("entitlement")
        .order_by("entitlement_id")
    ):
        withdraw_entitlement(entitlement=grant.entitlement, actor_id=actor_id, now=now)
    services.cancel_gifts(lines=lines, actor_id=actor_id, now=now)
    if any(line.kind == "subscription" for line in lines):
        services.stop_renewals(order=order, actor_id=actor_id, now=now)


def give_pack_back(order: Order, *, actor_id: int | None, now: datetime) -> None:
    """An upgrade that is paid back wholly: the pack returns as it was, until its old last day.

    Unless its own money has gone back too.
    """
    replaced = order.upgrades
    if replaced is None or sum(_amounts_of(replaced)) <= 0:
        return
    for grant in (
        LineGrant.objects.filter(line__order=replaced, line__kind="pack", line__gift_to="")
        .select_related("entitlement")
        .order_by("entitlement_id")
    ):
        restore_entitlement(entitlement=grant.entitlement, actor_id=actor_id, now=now)


def revoke_credit(
    completion_ids: Sequence[int], *, reason: str, actor_id: int | None, now: datetime
) -> None:
    """Certificates are revoked and credit is reversed; the completions stay as they are."""
    in_force = {
        each.completion_id: each
        for each in Certificate.objects.filter(
            completion__in=completion_ids, replaced_by=None, revocation=None
        ).select_related("person", "completion")
    }
    for completion_id in sorted(completion_ids):
        certificate = in_force.get(completion_id)
        if certificate is not None:
            revoke_completion(
                certificate=certificate,
                reason=reason,
                takes_credit_back=credit_left_of(certificate) is not None,
                actor_id=actor_id,
                now=now,
            )
            continue
        for activity in Activity.objects.filter(
            completion=completion_id, entries__reverses=None, entries__reversed_by=None
        ).distinct():
            reverse_credit(activity=activity, reason=reason, actor_id=actor_id, now=now)


def _amounts_of(order: Order) -> list[int]:
    return list(MoneyEntry.objects.filter(order=order).values_list("amount", flat=True))
