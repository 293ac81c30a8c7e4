"""The audit drill: which records would fail an audit today, and what that would cost. Pure.

docs/rules/closing-a-cycle.md tells it with an example.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from aliquot.credentials.facts import Activity, CredentialHeld, Pin, Reason, Verdict
from aliquot.credentials.facts.closing import (
    OPENING_BALANCE,
    Drill,
    Fault,
    Finding,
    Paper,
    PaperKind,
    StandIn,
)
from aliquot.credentials.rules.pinning import judge_pinned

_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What proves one activity. ``numbers`` are those that the holder copied from the paper."""

    origin: str
    papers: tuple[Paper, ...]
    numbers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the body wants to read on a proof, and whose proofs they are.

    ``state`` is the one whose license number is wanted; empty: no license. ``holder`` is the name
    in the profile.
    """

    facts: tuple[str, ...]
    state: str
    holder: str


def drill(
    held: CredentialHeld,
    *,
    activities: Sequence[Activity],
    pins: Sequence[Pin],
    as_of: date,
    evidence: Mapping[str, Evidence],
    wanted: Wanted,
) -> Drill:
    """Go through everything that counts or may stand in.

    What fails is taken away and the cycle judged again: exactly what would be missing then, and
    which surplus would take its place. Surplus that would fail too takes no place.
    """
    pinned = judge_pinned(held, activities=activities, as_of=as_of, pins=pins)
    counted = _counted(pinned.verdict)
    spare = {row.activity for row in pinned.verdict.not_counted if row.reason is Reason.SURPLUS}
    left_out = {each.pin.activity: each.why for each in pinned.left_out}
    findings = []
    for activity in activities:
        if activity.id not in counted and activity.id not in spare:
            continue
        found = _finding(activity.id, evidence[activity.id], wanted, counted)
        if found is not None:
            findings.append(found)
    failing = {finding.activity for finding in findings}
    findings += [
        Finding(name, (Fault.NOT_COUNTED,), (), _NOTHING, why)
        for name, why in left_out.items()
        if name not in counted and name not in failing
    ]
    kept = [activity for activity in activities if activity.id not in failing]
    kept_pins = [pin for pin in pins if pin.activity not in failing]
    without = judge_pinned(held, activities=kept, as_of=as_of, pins=kept_pins).verdict
    after = _counted(without)
    return Drill(
        records=len(counted),
        demonstrations=sum(
            any(paper.is_demonstration for paper in evidence[name].papers) for name in counted
        ),
        findings=tuple(sorted(findings, key=lambda each: -each.counted)),
        at_stake=sum((finding.counted for finding in findings), _NOTHING),
        uncovered=_missing(without) - _missing(pinned.verdict),
        stand_ins=tuple(
            StandIn(activity.id, after[activity.id] - counted.get(activity.id, _NOTHING))
            for activity in kept
            if after.get(activity.id, _NOTHING) > counted.get(activity.id, _NOTHING)
        ),
    )


def _finding(
    activity: str, evidence: Evidence, wanted: Wanted, counted: Mapping[str, Decimal]
) -> Finding | None:
    amount = counted.get(activity, _NOTHING)
    if evidence.origin == OPENING_BALANCE:
        return Finding(activity, (Fault.OPENING_BALANCE,), (), amount)
    if not evidence.papers:
        return Finding(activity, (Fault.NO_PROOF,), (), amount)
    missing = tuple(fact for fact in wanted.facts if not _is_shown(fact, evidence, wanted))
    cases = (
        (bool(missing), Fault.NOT_SHOWN),
        (_has_another_name(evidence, wanted), Fault.OTHER_NAME),
    )
    faults = tuple(fault for holds, fault in cases if holds)
    return Finding(activity, faults, missing, amount) if faults else None


def _is_shown(fact: str, evidence: Evidence, wanted: Wanted) -> bool:
    if fact in evidence.numbers:
        return True
    if fact != "license_number":
        return any(fact in paper.shows for paper in evidence.papers)
    return any(
        wanted.state in paper.license_states
        if paper.kind is PaperKind.CERTIFICATE
        else fact in paper.shows
        for paper in evidence.papers
    )


def _has_another_name(evidence: Evidence, wanted: Wanted) -> bool:
    names = {_folded(paper.participant) for paper in evidence.papers if paper.participant}
    return bool(wanted.holder) and bool(names) and _folded(wanted.holder) not in names


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())


def _counted(verdict: Verdict) -> dict[str, Decimal]:
    counted: dict[str, Decimal] = {}
    for row in verdict.allocations:
        counted[row.activity] = counted.get(row.activity, _NOTHING) + row.amount
    return counted


def _missing(verdict: Verdict) -> Decimal:
    return sum((line.missing or _NOTHING for line in verdict.requirements), _NOTHING)
