"""What each credential of a person still needs: rows in, verdicts of the rule engine out."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from django.db.models import QuerySet

from aliquot.accounts.models import User
from aliquot.credentials import data, rules
from aliquot.credentials.facts import (
    Activity,
    Allocation,
    CredentialHeld,
    NotCounted,
    Pack,
    Part,
    RequirementVerdict,
    Situation,
    Verdict,
)
from aliquot.credentials.models import Cycle, HeldCredential, OpeningBalance
from aliquot.credentials.rules.situations import situation_of
from aliquot.ledger import queries as ledger
from aliquot.ledger.facts import EarnedActivity
from aliquot.lib.dates import day_in_zone

_OPENING = "opening-"
_FREE_AREA = "other_lab"  # what the body counted toward any area, and nobody said as what


class Origin(StrEnum):
    """Where credit comes from, and so what proves it."""

    COMPLETION = "completion"
    ELSEWHERE = "elsewhere"
    OPENING_BALANCE = "opening_balance"


@dataclass(frozen=True, slots=True)
class Record:
    """One activity as one credential sees it: what counts where, and what does not count."""

    activity: Activity
    origin: Origin
    completion_id: int | None
    counted: tuple[Allocation, ...]
    not_counted: tuple[NotCounted, ...]

    @property
    def amount(self) -> Decimal:
        """All of it, counted or not, in the credential's unit."""
        rows = [row.amount for row in self.counted] + [row.amount for row in self.not_counted]
        return sum(rows, Decimal(0))


@dataclass(frozen=True, slots=True)
class CycleStanding:
    """The engine's verdict on an open cycle of a held credential, with all its activities.

    ``records`` stand oldest first, opening balances before everything else.
    """

    held: HeldCredential
    cycle: Cycle
    verdict: Verdict
    situation: Situation
    records: tuple[Record, ...]
    balances: Mapping[str, Decimal]

    @property
    def pack(self) -> Pack:
        """The rules it was judged by."""
        return self.verdict.pack

    @property
    def days_left(self) -> int | None:
        """Days from the holder's today to the last sensible day; None if past, or there is none."""
        last, today = self.verdict.finish_by, self.verdict.as_of
        return None if last is None or last < today else (last - today).days


def standings_of(person: User, *, now: datetime) -> list[CycleStanding]:
    """Every credential the person holds, the one that must be finished first at the top.

    A fixed number of queries, however many credentials and activities there are.
    """
    found = _judged(HeldCredential.objects.filter(person=person), person, now)
    return sorted(found, key=lambda standing: standing.verdict.finish_by or date.max)


def standing_of(held: HeldCredential, *, now: datetime) -> CycleStanding:
    """One credential's open cycle."""
    return _judged(HeldCredential.objects.filter(pk=held.pk), held.person, now)[0]


def holds_anything(person: User) -> bool:
    """Whether the person has added a credential."""
    return HeldCredential.objects.filter(person=person, removed_at=None).exists()


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


def requirements_of(held: CredentialHeld, *, as_of: date) -> tuple[RequirementVerdict, ...]:
    """The lines this holder must fill, in order: one box each for points already at the body."""
    return rules.judge_credential(held, activities=(), as_of=as_of).requirements


def newest_balances(rows: Iterable[OpeningBalance]) -> dict[str, OpeningBalance]:
    """Of each requirement the row stated last: that one holds."""
    ordered = sorted(rows, key=lambda row: (row.recorded_at, row.pk))
    return {row.requirement: row for row in ordered}


def _judged(found: QuerySet[HeldCredential], person: User, now: datetime) -> list[CycleStanding]:
    cycles = (
        Cycle.objects.filter(held__in=found.filter(removed_at=None), closed_at=None)
        .select_related("held")
        .prefetch_related("opening_balances")
        .order_by("held_id", "ends_on")
    )
    newest = {cycle.held_id: cycle for cycle in cycles}
    if not newest:
        return []
    earned = ledger.activities_of(person)
    return [_standing(cycle.held, cycle, earned, now) for cycle in newest.values()]


def _standing(
    row: HeldCredential, cycle: Cycle, earned: Sequence[EarnedActivity], now: datetime
) -> CycleStanding:
    held = facts_of(row, cycle)
    as_of = day_in_zone(now, cycle.time_zone)
    empty = rules.judge_credential(held, activities=(), as_of=as_of)
    balances = newest_balances(cycle.opening_balances.all())
    openings = _openings(held, balances, empty)
    activities = [*openings, *map(_activity, earned)]
    verdict = rules.judge_credential(held, activities=activities, as_of=as_of)
    origins = {str(activity.id): activity for activity in earned}
    return CycleStanding(
        held=row,
        cycle=cycle,
        verdict=verdict,
        situation=situation_of(verdict),
        records=_records(activities, verdict, origins),
        balances={requirement: balance.points for requirement, balance in balances.items()},
    )


def _activity(earned: EarnedActivity) -> Activity:
    return Activity(
        id=str(earned.id),
        completed_on=earned.completed_on,
        kind=earned.kind,
        parts=tuple(Part(part.amount, part.areas) for part in earned.parts),
        approvals=None if earned.approvals is None else frozenset(earned.approvals),
        title=earned.title,
        provider=earned.provider_name,
    )


def _openings(
    held: CredentialHeld, balances: Mapping[str, OpeningBalance], empty: Verdict
) -> list[Activity]:
    """Points brought along from the body's page: of this cycle and of this credential only."""
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


def _inside(held: CredentialHeld, empty: Verdict, balance: OpeningBalance) -> date:
    """A day on which the points count: nobody said when each was earned.

    A window that moves with the day asked about (voluntary, expired) leaves them behind in time:
    there the day on which they were stated is the latest on which they can have been earned.
    """
    if empty.window is None:
        return min(balance.stated_on, held.cycle_ends_on)
    moves = held.expired or empty.participation.required is False
    return min(balance.stated_on, empty.window.ends_on) if moves else empty.window.starts_on


def _areas_for(requirement: str, pack: Pack, empty: Verdict) -> tuple[str, ...]:
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


def _records(
    activities: Sequence[Activity], verdict: Verdict, origins: Mapping[str, EarnedActivity]
) -> tuple[Record, ...]:
    counted: dict[str, list[Allocation]] = defaultdict(list)
    for allocation in verdict.allocations:
        counted[allocation.activity].append(allocation)
    refused: dict[str, list[NotCounted]] = defaultdict(list)
    for row in verdict.not_counted:
        refused[row.activity].append(row)
    records = []
    for activity in activities:
        earned = origins.get(activity.id)
        records.append(
            Record(
                activity=activity,
                origin=Origin(earned.origin) if earned else Origin.OPENING_BALANCE,
                completion_id=earned.completion_id if earned else None,
                counted=tuple(counted[activity.id]),
                not_counted=tuple(refused[activity.id]),
            )
        )
    return tuple(records)
