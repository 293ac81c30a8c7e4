"""What a holder brings to the judgment of a cycle: rows as the rule engine takes them."""

from collections.abc import Iterable, Mapping
from datetime import date

from aliquot.credentials import data
from aliquot.credentials.facts import Activity, CredentialHeld, Figures, Pack, Part, Verdict
from aliquot.credentials.models import Cycle, HeldCredential, OpeningBalance
from aliquot.ledger.facts import EarnedActivity

_OPENING = "opening-"
_FREE_AREA = "other_lab"  # what the body counted toward any area, and nobody said as what


def facts_of(held: HeldCredential, cycle: Cycle) -> CredentialHeld:
    """The rows as the rule engine takes them."""
    return CredentialHeld(
        pack=data.pack(held.credential),
        cycle_ends_on=cycle.ends_on,
        first_certified_on=held.first_certified_on,
        formerly_nca=held.formerly_nca,
        international=held.international,
        expired=held.expired,
        first_renewal=cycle.first_renewal,
        licensed_on=held.licensed_on,
        specialties=tuple(held.specialties),
        roles=tuple(held.roles),
    )


def newest_balances(rows: Iterable[OpeningBalance]) -> dict[str, OpeningBalance]:
    """Of each requirement the row stated last: that one holds."""
    ordered = sorted(rows, key=lambda row: (row.recorded_at, row.pk))
    return {row.requirement: row for row in ordered}


def activity_fact(earned: EarnedActivity) -> Activity:
    """An activity of the ledger as the rule engine takes it."""
    return Activity(
        id=str(earned.id),
        completed_on=earned.completed_on,
        kind=earned.kind,
        parts=tuple(Part(part.amount, part.areas) for part in earned.parts),
        approvals=None if earned.approvals is None else frozenset(earned.approvals),
        title=earned.title,
        provider=earned.provider_name,
    )


def opening_activities(
    held: CredentialHeld, balances: Mapping[str, OpeningBalance], empty: Verdict | Figures
) -> list[Activity]:
    """Points brought along from the body's page: of this cycle and of this credential only.

    ``empty`` is the verdict on the cycle without any activity.
    """
    return [
        Activity(
            id=f"{_OPENING}{requirement}",
            completed_on=_inside(held, empty, balance),
            kind="points",
            parts=(Part(balance.points, _areas_for(requirement, held.pack, empty)),),
            title=f"Already on {held.pack.body}'s page",
            provider="",
        )
        for requirement, balance in balances.items()
        if balance.points > 0
    ]


def _inside(held: CredentialHeld, empty: Verdict | Figures, balance: OpeningBalance) -> date:
    """A day on which the points count: nobody said when each was earned.

    A window that moves with the day asked about (voluntary, expired) leaves them behind in time:
    there the day on which they were stated is the latest on which they can have been earned.
    """
    if empty.window is None:
        return min(balance.stated_on, held.cycle_ends_on)
    moves = held.expired or empty.participation.required is False
    return min(balance.stated_on, empty.window.ends_on) if moves else empty.window.starts_on


def _areas_for(requirement: str, pack: Pack, empty: Verdict | Figures) -> tuple[str, ...]:
    """Areas whose points this requirement takes, and for any area one that no other asks for."""
    for line in empty.requirements:
        if line.id == requirement and line.accepts:
            return line.accepts
    minima = [minimum for rule_set in pack.rule_sets for minimum in rule_set.minima or ()]
    for minimum in minima:
        if minimum.id == requirement and minimum.any_of:
            return minimum.any_of
    asked_for = frozenset().union(*(minimum.takes for minimum in minima)) | pack.excluded
    free = [area for area in (_FREE_AREA, *pack.area_titles) if area not in asked_for]
    return (free[0],)
