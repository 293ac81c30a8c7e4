"""Everybody's open cycles, page by page: what is stale, and what each cycle is judged on.

The figures are those of ``standings_of``, without reasons: for lists of many people. Memory does
not grow with the number of people.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from aliquot import __version__
from aliquot.catalog import data as catalog
from aliquot.credentials import data, rules
from aliquot.credentials.errors import UnknownCredentialError
from aliquot.credentials.facts import Activity, Figures, Pack, Pin, Verdict
from aliquot.credentials.models import Cycle, CycleVerdict, HeldCredential, OpeningBalance
from aliquot.credentials.queries.brought import (
    activity_fact,
    facts_of,
    newest_balances,
    opening_activities,
)
from aliquot.credentials.queries.pins import corrections_of, held_pins, pins_of, pins_to_load
from aliquot.credentials.rules.pinning import judge_pinned
from aliquot.ledger import queries as ledger
from aliquot.lib import canonical
from aliquot.lib.dates import day_in_zone

PAGE = 250  # people whose rows are in memory together


@dataclass(frozen=True, slots=True)
class Brought:
    """An open cycle with all that it is judged on; ``newest_entry`` of the person's ledger."""

    cycle: Cycle
    newest_entry: int
    activities: Sequence[Activity]
    balances: Mapping[str, OpeningBalance]
    pins: tuple[Pin, ...]


def holders(*, after: int = 0, credential: str = "") -> QuerySet[HeldCredential, Any]:
    """The people who hold something, or one credential, by id, each once."""
    found = HeldCredential.objects.filter(removed_at=None, person__gt=after)
    if credential:
        found = found.filter(credential=credential)
    return found.order_by("person_id").values_list("person_id", flat=True).distinct()


def pages_of_holders(
    *, after: int = 0, credential: str = "", size: int = PAGE
) -> Iterator[list[int]]:
    """Their ids, a page at a time; nobody is skipped who was there at the start."""
    while True:
        found = holders(after=after, credential=credential)
        page = list(found[:size])
        if page:
            yield page
        if len(page) < size:
            return
        after = page[-1]


def rules_digest(credential: str) -> str:
    """What a stored verdict was judged by: the pack, the area tree, and this release's engine."""
    return _digest(data.digest(credential))


def stale_cycles(
    people: Collection[int], *, now: datetime, judged_before: datetime | None = None
) -> list[int]:
    """Ids of the open cycles without a verdict that still holds.

    Judged before ``judged_before`` is stale too.
    """
    newest = ledger.newest_entries(people)
    rows = open_cycles(people).values_list(
        "held_id", "pk", "held__person_id", "held__credential", "time_zone", "revision",
        "verdict__cycle_revision", "verdict__ledger_sequence", "verdict__pack_digest",
        "verdict__good_through", "verdict__judged_at",
    )  # fmt: skip
    stale = []
    for row in {row[0]: row[1:] for row in rows}.values():
        pk, person, credential, zone, revision, *kept, good_through, judged_at = row
        holds = is_good(
            credential=credential,
            facts=(revision, newest.get(person, 0)),
            judged=tuple(kept),
            good_through=good_through,
            today=day_in_zone(now, zone),
        )
        if not holds or (judged_before is not None and judged_at < judged_before):
            stale.append(pk)
    return stale


def is_good(
    *,
    credential: str,
    facts: tuple[int, int],
    judged: tuple[object, ...],
    good_through: date | None,
    today: date,
) -> bool:
    """Whether a stored verdict still says what judging anew would say.

    ``facts`` are the cycle's revision and the newest credit entry of its holder, ``judged`` the
    same as they were when it was judged, with the digest of the rules; None: never judged.
    """
    if judged != (*facts, _digest_or_none(credential)) or good_through is None:
        return False
    return good_through >= today


def brought_for(cycles: Collection[int]) -> list[Brought]:
    """What these open cycles are judged on, in a fixed number of queries and one for each pin."""
    rows = list(
        Cycle.objects.filter(pk__in=cycles)
        .select_related("held")
        .prefetch_related("opening_balances", pins_to_load())
        .order_by("held__person_id", "pk")
    )
    # After the cycles: what is newer than their revision leaves the verdict stale, not wrong.
    credit = ledger.credit_of({row.held.person_id for row in rows})
    facts = {
        person: tuple(map(activity_fact, found.activities)) for person, found in credit.items()
    }
    return [
        Brought(
            cycle=row,
            newest_entry=credit[person].newest_entry if person in credit else 0,
            activities=facts.get(person, ()),
            balances=newest_balances(row.opening_balances.all()),
            pins=_pins(row),
        )
        for row in rows
        for person in [row.held.person_id]
    ]


def judged(
    brought: Brought, *, as_of: date, grounds: rules.Grounds, pack: Pack | None = None
) -> tuple[Figures | Verdict, Sequence[Activity]]:
    """The figures of a cycle, and the activities that they were judged on, openings included.

    ``pack`` other than the shipped one says what its rules would mean. UnknownCredentialError if
    no rules are shipped; UnjudgeableError if the cycle contradicts dates that the body fixes.
    """
    held = facts_of(brought.cycle.held, brought.cycle)
    if pack is not None:
        held = replace(held, pack=pack)
    activities = brought.activities
    if brought.balances:
        empty = rules.figures(held, activities=(), as_of=as_of, grounds=grounds)
        activities = (*opening_activities(held, brought.balances, empty), *activities)
    if brought.pins:
        pinned = judge_pinned(held, activities=activities, as_of=as_of, pins=brought.pins)
        return pinned.verdict, activities
    return rules.figures(held, activities=activities, as_of=as_of, grounds=grounds), activities


def verdicts_of_closed_cycles() -> QuerySet[CycleVerdict]:
    """Stored verdicts that nobody asks for any more."""
    is_open = Cycle.objects.filter(pk=OuterRef("cycle_id"), closed_at=None, held__removed_at=None)
    return CycleVerdict.objects.filter(~Exists(is_open))


def open_cycles(people: Collection[int]) -> QuerySet[Cycle]:
    """Of a credential with several open ones, the last in this order is the one that counts."""
    return Cycle.objects.filter(
        held__person__in=people, held__removed_at=None, closed_at=None
    ).order_by("held_id", "ends_on")


def _pins(cycle: Cycle) -> tuple[Pin, ...]:
    found = pins_of(cycle)
    if not found:
        return ()
    corrections = corrections_of(cycle.held.person_id)
    return tuple(pin.as_fact(cycle.held.credential) for pin in held_pins(found, corrections))


@cache
def _digest(pack_digest: str) -> str:
    areas = [[area.id, area.parent] for area in catalog.areas().values()]
    return canonical.digest([pack_digest, areas, __version__])


def _digest_or_none(credential: str) -> str | None:
    try:
        return rules_digest(credential)
    except UnknownCredentialError:
        return None
