"""What each credential of a person still needs: rows in, verdicts of the rule engine out."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from django.db.models import QuerySet

from aliquot.accounts.models import User
from aliquot.credentials import rules
from aliquot.credentials.facts import (
    Activity,
    Allocation,
    CredentialHeld,
    NotCounted,
    Pack,
    RequirementVerdict,
    Situation,
    Verdict,
)
from aliquot.credentials.models import Cycle, HeldCredential
from aliquot.credentials.queries.brought import (
    activity_fact,
    facts_of,
    newest_balances,
    opening_activities,
)
from aliquot.credentials.rules.situations import situation_of
from aliquot.ledger import queries as ledger
from aliquot.ledger.facts import EarnedActivity
from aliquot.lib.dates import day_in_zone


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


def requirements_of(held: CredentialHeld, *, as_of: date) -> tuple[RequirementVerdict, ...]:
    """The lines this holder must fill, in order: one box each for points already at the body."""
    return rules.judge_credential(held, activities=(), as_of=as_of).requirements


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
    openings = opening_activities(held, balances, empty)
    activities = [*openings, *map(activity_fact, earned)]
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
