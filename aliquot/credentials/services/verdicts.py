"""Stored verdicts of open cycles. They are derived and can be made again, so no audit row."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from aliquot.credentials.errors import UnjudgeableError, UnknownCredentialError
from aliquot.credentials.facts import RequirementVerdict
from aliquot.credentials.models import CycleVerdict
from aliquot.credentials.queries.population import (
    Brought,
    brought_for,
    judged,
    pages_of_holders,
    rules_digest,
    stale_cycles,
    verdicts_of_closed_cycles,
)
from aliquot.credentials.rules import Grounds
from aliquot.credentials.rules.situations import situation_of
from aliquot.credentials.rules.validity import good_through
from aliquot.infra import webhooks
from aliquot.lib.dates import day_in_zone
from aliquot.lib.decimals import shortest

CHANGED = "standing.changed"
_GROUNDS = Grounds()  # of this process: what its cycles have in common, of bounded size
_STORED = [
    field.attname
    for field in CycleVerdict._meta.concrete_fields
    if field.attname not in {"id", "cycle_id"}
]


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a run has done. ``problems``: a sentence for each cycle that cannot be judged."""

    people: int = 0
    judged: int = 0
    problems: tuple[str, ...] = ()


def refresh_verdicts(
    people: Collection[int],
    *,
    now: datetime,
    judged_before: datetime | None = None,
) -> Refreshed:
    """Judge the open cycles of these people whose stored verdict is stale, and store the verdicts.

    A cycle that cannot be judged loses its verdict and holds nothing up. ``judged_before``
    makes verdicts stale that were judged before it.
    """
    stale = stale_cycles(people, now=now, judged_before=judged_before)
    if not stale:
        return Refreshed(people=len(people))
    problems: dict[int, str] = {}
    rows = list(_verdicts(brought_for(stale), now, problems))
    with transaction.atomic():
        _tell_changes(rows, now)
        CycleVerdict.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["cycle"], update_fields=_STORED
        )
        if problems:
            CycleVerdict.objects.filter(cycle__in=problems).delete()
    return Refreshed(len(people), len(rows), tuple(problems.values()))


def refresh_some(*, now: datetime, after: int, at_most: int) -> int | None:
    """Refresh stale verdicts from the person after ``after`` on, about ``at_most`` of them.

    The id of the last person looked at, to go on from; None when everybody was.
    """
    done = 0
    for people in pages_of_holders(after=after):
        done += refresh_verdicts(people, now=now).judged
        if done >= at_most:
            return people[-1]
    return None


def forget_closed_cycles() -> int:
    """Delete the verdicts on cycles that are closed or whose credential was removed; how many."""
    found = verdicts_of_closed_cycles()
    return CycleVerdict.objects.filter(pk__in=found.values("pk")).delete()[0]


def _tell_changes(rows: Sequence[CycleVerdict], now: datetime) -> None:
    """Owe an event for each verdict that differs from the one before; the first is none."""
    if not webhooks.is_wanted(CHANGED):
        return
    cycles = [row.cycle_id for row in rows]
    before = {each.cycle_id: each for each in CycleVerdict.objects.filter(cycle__in=cycles)}
    changed = [
        (row, before[row.cycle_id])
        for row in rows
        if row.cycle_id in before and _figures(row) != _figures(before[row.cycle_id])
    ]
    webhooks.emit_many(
        event=CHANGED,
        each=[
            {
                "person_id": row.cycle.held.person_id,
                "held_id": row.cycle.held_id,
                "credential": row.cycle.held.credential,
                "cycle_ends_on": row.cycle.ends_on.isoformat(),
                "as_of": row.as_of.isoformat(),
                "before": _figures(old),
                "now": _figures(row),
            }
            for row, old in changed
        ],
        now=now,
    )


def _figures(row: CycleVerdict) -> dict[str, Any]:
    return {
        "situation": str(row.situation),
        "needed": _text(row.needed),
        "counted": _text(row.counted),
        "missing": _text(row.missing),
        "met": row.met,
    }


def _verdicts(
    brought: Iterable[Brought], now: datetime, problems: dict[int, str]
) -> Iterator[CycleVerdict]:
    for each in brought:
        try:
            yield _verdict(each, now)
        except (UnjudgeableError, UnknownCredentialError) as error:
            cycle = each.cycle
            problems[cycle.pk] = f"Cycle {cycle.pk} of {cycle.held.credential}: {error}."


def _verdict(brought: Brought, now: datetime) -> CycleVerdict:
    cycle = brought.cycle
    as_of = day_in_zone(now, cycle.time_zone)
    figures, activities = judged(brought, as_of=as_of, grounds=_GROUNDS)
    return CycleVerdict(
        cycle=cycle,
        judged_at=now,
        as_of=as_of,
        good_through=good_through(figures, activities),
        cycle_revision=cycle.revision,
        ledger_sequence=brought.newest_entry,
        pack_digest=rules_digest(cycle.held.credential),
        situation=situation_of(figures),
        finish_by=figures.finish_by,
        needed=figures.needed,
        counted=figures.counted,
        missing=figures.missing,
        met=figures.met,
        requirements=[_requirement(line) for line in figures.requirements],
    )


def _requirement(line: RequirementVerdict) -> dict[str, str | None]:
    return {
        "id": line.id,
        "needed": _text(line.needed),
        "counted": _text(line.counted),
        "missing": _text(line.missing),
    }


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else shortest(amount)
