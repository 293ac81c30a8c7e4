"""What each credential of a person still needs: rows in, verdicts of the rule engine out."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
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
    Forecast,
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
from aliquot.credentials.queries.declared import Declared, declarations_to_load, declared_in
from aliquot.credentials.queries.pins import (
    HeldPin,
    corrections_of,
    held_pins,
    pins_of,
    pins_to_load,
)
from aliquot.credentials.rules.forecast import forecast
from aliquot.credentials.rules.pinning import judge_pinned
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
    """One activity as one credential sees it: what counts where, and what does not count.

    The numbers are those that its holder copied from the proof.
    """

    activity: Activity
    origin: Origin
    completion_id: int | None
    counted: tuple[Allocation, ...]
    not_counted: tuple[NotCounted, ...]
    course_number: str = ""
    agency_number: str = ""

    @property
    def amount(self) -> Decimal:
        """All of it, counted or not, in the credential's unit."""
        rows = [row.amount for row in self.counted] + [row.amount for row in self.not_counted]
        return sum(rows, Decimal(0))


@dataclass(frozen=True, slots=True)
class CycleStanding:
    """The engine's verdict on an open cycle of a held credential, with all its activities.

    ``records`` stand oldest first, opening balances before everything else. ``pins`` are those in
    force, held or not; ``pin_cost`` is how much less would be missing without them. ``declared``
    None: nobody noted yet that this cycle was declared.
    """

    held: HeldCredential
    cycle: Cycle
    verdict: Verdict
    situation: Situation
    records: tuple[Record, ...]
    balances: Mapping[str, Decimal]
    pins: tuple[HeldPin, ...] = ()
    pin_cost: Decimal = Decimal(0)
    declared: Declared | None = None

    @property
    def pack(self) -> Pack:
        """The rules it was judged by."""
        return self.verdict.pack

    @property
    def forecast(self) -> Forecast | None:
        """What the pace so far promises; None where it says nothing, and once declared."""
        return None if self.declared is not None else forecast(self.verdict)

    @property
    def days_left(self) -> int | None:
        """Days from the holder's today to the last sensible day; None if past, or there is none."""
        last, today = self.verdict.finish_by, self.verdict.as_of
        return None if last is None or last < today else (last - today).days


def standings_of(
    person: User, *, now: datetime, earned: Sequence[EarnedActivity] | None = None
) -> list[CycleStanding]:
    """Every credential the person holds, the one that must be finished first at the top.

    A fixed number of queries, however many credentials and activities there are. ``earned`` is
    what the ledger holds, where that was read already.
    """
    found = _judged(HeldCredential.objects.filter(person=person), person, now, earned)
    return sorted(found, key=lambda standing: standing.verdict.finish_by or date.max)


def judged_again(
    standings: Sequence[CycleStanding], earned: Sequence[EarnedActivity]
) -> list[CycleStanding]:
    """The same cycles on the same day with other activities, without reading anything again."""
    return [_standing(each.cycle, earned, each.pins, each.verdict.as_of) for each in standings]


def standing_of(held: HeldCredential, *, now: datetime) -> CycleStanding:
    """One credential's open cycle."""
    return _judged(HeldCredential.objects.filter(pk=held.pk), held.person, now)[0]


def standing_on(cycle: Cycle, *, day: date) -> CycleStanding:
    """An open or closed cycle as of ``day``, by what was completed up to it."""
    cycle = _loaded(Cycle.objects.filter(pk=cycle.pk)).get()
    return _standings([cycle], cycle.held.person, lambda _: day, through=True)[0]


def holds_anything(person: User) -> bool:
    """Whether the person has added a credential."""
    return HeldCredential.objects.filter(person=person, removed_at=None).exists()


def held_by(person: User) -> QuerySet[HeldCredential]:
    """What the person holds, the newest first, each with its cycles."""
    found = HeldCredential.objects.filter(person=person, removed_at=None)
    return found.prefetch_related("cycles").order_by("-pk")


def requirements_of(held: CredentialHeld, *, as_of: date) -> tuple[RequirementVerdict, ...]:
    """The lines this holder must fill, in order: one box each for points already at the body."""
    return rules.judge_credential(held, activities=(), as_of=as_of).requirements


def _judged(
    found: QuerySet[HeldCredential],
    person: User,
    now: datetime,
    earned: Sequence[EarnedActivity] | None = None,
) -> list[CycleStanding]:
    cycles = Cycle.objects.filter(held__in=found.filter(removed_at=None), closed_at=None)
    newest = {cycle.held_id: cycle for cycle in _loaded(cycles).order_by("held_id", "ends_on")}
    return _standings(
        list(newest.values()),
        person,
        lambda cycle: day_in_zone(now, cycle.time_zone),
        earned=earned,
    )


def _loaded(cycles: QuerySet[Cycle]) -> QuerySet[Cycle]:
    """With everything that a standing is made of, in a fixed number of queries."""
    return cycles.select_related("held__person").prefetch_related(
        "opening_balances", pins_to_load(), declarations_to_load()
    )


def _standings(
    cycles: Sequence[Cycle],
    person: User,
    day_of: Callable[[Cycle], date],
    *,
    through: bool = False,
    earned: Sequence[EarnedActivity] | None = None,
) -> list[CycleStanding]:
    """``through``: only what was completed up to the day."""
    if not cycles:
        return []
    if earned is None:
        earned = ledger.activities_of(person)
    has_pins = any(pins_of(cycle) for cycle in cycles)
    corrections = corrections_of(person.pk) if has_pins else {}
    found = []
    for cycle in cycles:
        day = day_of(cycle)
        counted = [each for each in earned if not through or each.completed_on <= day]
        found.append(_standing(cycle, counted, held_pins(pins_of(cycle), corrections), day))
    return found


def _standing(
    cycle: Cycle, earned: Sequence[EarnedActivity], pins: tuple[HeldPin, ...], as_of: date
) -> CycleStanding:
    held = facts_of(cycle.held, cycle)
    empty = rules.judge_credential(held, activities=(), as_of=as_of)
    balances = newest_balances(cycle.opening_balances.all())
    activities = [
        *opening_activities(held, balances, empty),
        *map(activity_fact, earned),
    ]
    facts = [pin.as_fact(held.pack.id) for pin in pins]
    pinned = judge_pinned(held, activities=activities, as_of=as_of, pins=facts)
    origins = {str(activity.id): activity for activity in earned}
    return CycleStanding(
        held=cycle.held,
        cycle=cycle,
        verdict=pinned.verdict,
        situation=situation_of(pinned.verdict),
        records=_records(activities, pinned.verdict, origins),
        balances={requirement: balance.points for requirement, balance in balances.items()},
        pins=pins,
        pin_cost=pinned.cost,
        declared=declared_in(cycle),
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
                course_number=earned.course_number if earned else "",
                agency_number=earned.agency_number if earned else "",
            )
        )
    return tuple(records)
