"""A cycle as plain data: what is stored when it is declared, and what its packs are made of.

Keys: ``format``, ``as_of``, ``declared_on`` (None: not yet), ``confirmation_number``, ``holder``,
``credential`` (names and words of that day), ``held`` and ``pins`` and ``activities`` (what was
judged, as the standing contract has it, with papers), ``rules`` (the pack file with the sources it
cites, and its digest), ``verdict``. Dates and amounts are text. Nothing in it is read again from
elsewhere: later changes of rules, activities or names leave it as it was.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from aliquot.credentials import data
from aliquot.credentials.data.bodies import body
from aliquot.credentials.facts import CredentialHeld, Pack, Reason, Verdict
from aliquot.credentials.facts.closing import Paper, Snapshot
from aliquot.credentials.queries.pins import HeldPin
from aliquot.credentials.queries.standings import CycleStanding, Origin, Record
from aliquot.credentials.queries.wording import american
from aliquot.lib import canonical

FORMAT = 1


def snapshot_of(
    standing: CycleStanding,
    *,
    papers: Mapping[str, Sequence[Paper]],
    licenses: Iterable[tuple[str, str]] = (),
    declared_on: date | None = None,
    confirmation_number: str = "",
) -> dict[str, Any]:
    """The standing as plain data. ``papers`` by activity id, ``licenses`` as (state, number).

    Activities that lie wholly outside of the cycle are left out.
    """
    records = [record for record in standing.records if _concerns(record)]
    kept = {record.activity.id for record in records}
    person = standing.held.person
    titles = {line.id: line.title for line in standing.verdict.requirements}
    snapshot = {
        "format": FORMAT,
        "as_of": standing.verdict.as_of,
        "declared_on": declared_on,
        "confirmation_number": confirmation_number,
        "holder": {
            "name": person.full_name,
            "licenses": [{"state": state, "number": number} for state, number in licenses],
        },
        "credential": _credential(standing.pack),
        "held": _held(standing.verdict.held),
        "rules": _rules(standing.verdict),
        "activities": [
            _activity(record, papers.get(record.activity.id, ()), titles) for record in records
        ],
        "pins": [_pin(pin) for pin in standing.pins],
        "verdict": _verdict(standing.verdict, kept),
    }
    plain: dict[str, Any] = canonical.plain(snapshot)
    return plain


def digest_of(snapshot: Snapshot) -> str:
    """The hash that is stored beside a snapshot and must come out again for ever."""
    return canonical.digest(dict(snapshot))


def _concerns(record: Record) -> bool:
    reasons = {row.reason for row in record.not_counted}
    return bool(record.counted) or reasons != {Reason.OUTSIDE_WINDOW}


def _credential(pack: Pack) -> dict[str, Any]:
    about = body(pack.body)
    return {
        "id": pack.id,
        "letters": pack.letters,
        "title": pack.title,
        "body": pack.body,
        "body_name": about.name,
        "account": about.account,
        "files": about.files,
        "kind": pack.kind,
        "unit": pack.unit,
    }


def _held(held: CredentialHeld) -> dict[str, Any]:
    return {
        "cycle_ends_on": held.cycle_ends_on,
        "first_certified_on": held.first_certified_on,
        "formerly_nca": held.formerly_nca,
        "international": held.international,
        "expired": held.expired,
        "first_renewal": held.first_renewal,
        "licensed_on": held.licensed_on,
        "specialties": sorted(held.specialties),
        "roles": sorted(held.roles),
    }


def _rules(verdict: Verdict) -> dict[str, Any]:
    document, rule_set = data.document(verdict.pack.id), verdict.rule_set
    sources = data.shipped().sources
    return {
        "digest": data.digest(verdict.pack.id),
        "document": document,
        "sources": {
            source_id: {"where": sources[source_id].where, "dated": sources[source_id].dated}
            for source_id in sorted(_texts(document) & sources.keys())
        },
        "renewals_from": rule_set and rule_set.renewals_from,
        "renewals_to": rule_set and rule_set.renewals_to,
        "cited": [source.id for source in rule_set.sources] if rule_set else [],
        "confirmed": verdict.confirmed.value,
        "last_verified": verdict.pack.last_verified,
    }


def _texts(value: Any) -> set[str]:
    """Every text in a document: the ids of the sources that it cites are among them."""
    if isinstance(value, str):
        return {value}
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return set().union(*map(_texts, value)) if value else set()
    return set()


def _activity(record: Record, papers: Sequence[Paper], titles: Mapping[str, str]) -> dict[str, Any]:
    activity = record.activity
    line = activity.id.partition("-")[2] if record.origin is Origin.OPENING_BALANCE else ""
    where = f": {titles.get(line, 'another requirement')}" if line else ""
    return {
        "id": activity.id,
        "origin": record.origin.value,
        "title": f"{activity.title}{where}",
        "provider": activity.provider,
        "completed_on": activity.completed_on,
        "kind": activity.kind,
        "approvals": None if activity.approvals is None else sorted(activity.approvals),
        "parts": [{"amount": part.amount, "areas": list(part.areas)} for part in activity.parts],
        "course_number": record.course_number,
        "agency_number": record.agency_number,
        "papers": [paper_document(paper) for paper in papers],
    }


def paper_document(paper: Paper) -> dict[str, Any]:
    """One paper as plain data."""
    return {
        "kind": paper.kind.value,
        "id": paper.id,
        "name": paper.name,
        "sha256": paper.sha256,
        "media_type": paper.media_type,
        "shows": list(paper.shows),
        "license_states": list(paper.license_states),
        "participant": paper.participant,
        "is_demonstration": paper.is_demonstration,
    }


def _pin(pin: HeldPin) -> dict[str, Any]:
    return {
        "activity": str(pin.activity),
        "requirement": pin.requirement,
        "amount": pin.amount,
    }


def _verdict(verdict: Verdict, kept: set[str]) -> dict[str, Any]:
    window = verdict.window
    return {
        "window": window and {"starts_on": window.starts_on, "ends_on": window.ends_on},
        "needed": verdict.needed,
        "counted": verdict.counted,
        "missing": verdict.missing,
        "surplus": verdict.surplus,
        "met": verdict.met,
        "requirements": [
            {
                "id": line.id,
                "title": line.title,
                "needed": line.needed,
                "counted": line.counted,
                "missing": line.missing,
            }
            for line in verdict.requirements
        ],
        "allocations": [
            {
                "activity": row.activity,
                "requirement": row.requirement,
                "amount": row.amount,
                "because": row.because,
            }
            for row in verdict.allocations
        ],
        "not_counted": [
            {
                "activity": row.activity,
                "amount": row.amount,
                "reason": row.reason.value,
                "explain": row.explain,
            }
            for row in verdict.not_counted
            if row.activity in kept
        ],
        "warnings": [american(notice.text) for notice in verdict.warnings],
    }
