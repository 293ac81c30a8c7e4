"""What a holder typed at the body: pinned, so that no later verdict moves it, and taken back.

Both deeds are safe to repeat. InvalidClaimError says why a pin cannot hold; nothing is kept then.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from aliquot.credentials.access import open_cycle_of
from aliquot.credentials.errors import InvalidClaimError
from aliquot.credentials.facts import Pin
from aliquot.credentials.models import Cycle, CyclePin, HeldCredential
from aliquot.credentials.queries import CycleStanding, standing_of
from aliquot.credentials.queries.pins import corrections_of, newest
from aliquot.credentials.rules.pinning import LeftOut, judge_pinned
from aliquot.credentials.services.held import locked, raise_revision
from aliquot.infra import audit
from aliquot.lib.decimals import shortest
from aliquot.lib.errors import NotFoundError

_SMALLEST = Decimal("0.01")
_MOST = Decimal(10_000)


@dataclass(frozen=True, slots=True)
class PinOutcome:
    """The pin, and how many more points are missing because of it than before."""

    pin: CyclePin
    cost: Decimal


@transaction.atomic
def pin_activity(
    *,
    held: HeldCredential,
    activity_id: int,
    requirement: str,
    amount: Decimal,
    now: datetime,
    actor_id: int,
) -> PinOutcome:
    """Keep this much of an activity in a requirement of the open cycle: it was typed at the body.

    Another amount replaces the one pinned before. NotFoundError for an activity that is not the
    holder's; InvalidClaimError (``amount``) if the pin cannot hold beside those that there are, or
    the cycle was declared already.
    """
    held = locked(held)
    cycle = open_cycle_of(held)
    standing = standing_of(held, now=now)
    _check_open(standing)
    known = {record.activity.id for record in standing.records}
    if str(activity_id) not in known:
        raise NotFoundError("There is no such activity among yours.")
    before = _in_force(cycle, held, activity_id, requirement)
    if len(before) == 1 and before[0].amount == amount:
        return PinOutcome(before[0], Decimal(0))
    cost = _cost(standing, Pin(held.credential, str(activity_id), requirement, _checked(amount)))
    _remove(before, now)
    pin = CyclePin.objects.create(
        cycle=cycle,
        activity_id=activity_id,
        requirement=requirement,
        amount=amount,
        pinned_at=now,
    )
    raise_revision(cycle)
    audit.record(
        action="credential.activity_pinned",
        actor_id=actor_id,
        subject=cycle,
        details={"activity": activity_id, "requirement": requirement, "amount": shortest(amount)},
    )
    return PinOutcome(pin, cost)


@transaction.atomic
def unpin_activity(
    *, held: HeldCredential, activity_id: int, requirement: str, now: datetime, actor_id: int
) -> bool:
    """Take back a pin, also one that cannot hold any more. True if there was one.

    InvalidClaimError if the cycle was declared already.
    """
    held = locked(held)
    cycle = open_cycle_of(held)
    before = _in_force(cycle, held, activity_id, requirement)
    if not before:
        return False
    _check_open(standing_of(held, now=now))
    _remove(before, now)
    raise_revision(cycle)
    audit.record(
        action="credential.activity_unpinned",
        actor_id=actor_id,
        subject=cycle,
        details={"activity": activity_id, "requirement": requirement},
    )
    return True


def _check_open(standing: CycleStanding) -> None:
    if standing.declared is not None:
        raise InvalidClaimError(
            {"amount": "This cycle is noted as done already: what was typed is kept as it was."}
        )


def _in_force(
    cycle: Cycle, held: HeldCredential, activity_id: int, requirement: str
) -> list[CyclePin]:
    """The pins of this activity, or of one that it corrects, in this requirement."""
    corrections = corrections_of(held.person_id)
    rows = CyclePin.objects.filter(cycle=cycle, requirement=requirement, removed_at=None)
    wanted = newest(activity_id, corrections)
    return [row for row in rows if newest(row.activity_id, corrections) == wanted]


def _remove(rows: list[CyclePin], now: datetime) -> None:
    for row in rows:
        row.removed_at = now
        row.save(update_fields=["removed_at"])


def _checked(amount: Decimal) -> Decimal:
    if not amount.is_finite() or amount != amount.quantize(_SMALLEST) or not 0 < amount <= _MOST:
        raise InvalidClaimError(
            {"amount": "Enter an amount above 0 with at most two decimals, such as 1.25."}
        )
    return amount


def _cost(standing: CycleStanding, pin: Pin) -> Decimal:
    """What the pin costs beside the others; InvalidClaimError if it cannot hold."""
    others = [
        each.as_fact(pin.credential)
        for each in standing.pins
        if (str(each.activity), each.requirement) != (pin.activity, pin.requirement)
    ]
    judged = judge_pinned(
        standing.verdict.held,
        activities=[record.activity for record in standing.records],
        as_of=standing.verdict.as_of,
        pins=[*others, pin],
    )
    refusal = next((each for each in judged.left_out if each.pin == pin), None)
    if refusal is not None:
        raise InvalidClaimError({"amount": _sentence(refusal)})
    return max(judged.cost - standing.pin_cost, Decimal(0))


def _sentence(refusal: LeftOut) -> str:
    return f"It cannot be noted as typed there: {refusal.why}."
