"""From a snapshot to the audit drill, by the rules that stand in the snapshot."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from aliquot.credentials import data
from aliquot.credentials.data.bodies import body
from aliquot.credentials.facts import Activity, CredentialHeld, Part, Pin, Source
from aliquot.credentials.facts.closing import Drill, Paper, Snapshot
from aliquot.credentials.queries.sheets import day_of, paper_of
from aliquot.credentials.rules.drill import Evidence, Wanted, drill

_STATE_LICENSE = "lic_"


def drill_of(
    snapshot: Snapshot, *, holder: str, papers: Mapping[str, Sequence[Paper]] | None = None
) -> Drill:
    """What an audit would find. ``papers`` of today, by activity, stand for those of the snapshot.

    ``holder`` is the name as the profile has it now.
    """
    held = held_of(snapshot)
    evidence = {
        row["id"]: Evidence(
            origin=row["origin"],
            papers=tuple(
                map(paper_of, row["papers"]) if papers is None else papers.get(row["id"], ())
            ),
            numbers=frozenset(
                name for name in ("course_number", "agency_number") if row[name].strip()
            ),
        )
        for row in snapshot["activities"]
    }
    return drill(
        held,
        activities=[_activity(row) for row in snapshot["activities"]],
        pins=[
            Pin(held.pack.id, pin["activity"], pin["requirement"], Decimal(pin["amount"]))
            for pin in snapshot["pins"]
        ],
        as_of=date.fromisoformat(snapshot["as_of"]),
        evidence=evidence,
        wanted=Wanted(
            facts=body(held.pack.body).proof.wants,
            state=state_of(held.pack.id),
            holder=holder,
        ),
    )


def held_of(snapshot: Snapshot) -> CredentialHeld:
    """The credential and its cycle, with the rules as they were kept."""
    rules, held = snapshot["rules"], snapshot["held"]
    sources = {
        source_id: Source(source_id, row["where"], row["dated"])
        for source_id, row in rules["sources"].items()
    }
    return CredentialHeld(
        pack=data.parse(rules["document"], sources),
        cycle_ends_on=date.fromisoformat(held["cycle_ends_on"]),
        first_certified_on=day_of(held["first_certified_on"]),
        formerly_nca=held["formerly_nca"],
        international=held["international"],
        expired=held["expired"],
        first_renewal=held["first_renewal"],
        licensed_on=day_of(held["licensed_on"]),
        specialties=tuple(held["specialties"]),
        roles=tuple(held["roles"]),
    )


def state_of(credential: str) -> str:
    """The state that issued a license, such as ``FL``; empty for a certification."""
    if not credential.startswith(_STATE_LICENSE):
        return ""
    return credential.removeprefix(_STATE_LICENSE)[:2].upper()


def _activity(row: Mapping[str, Any]) -> Activity:
    approvals = row["approvals"]
    return Activity(
        id=row["id"],
        completed_on=date.fromisoformat(row["completed_on"]),
        kind=row["kind"],
        parts=tuple(Part(Decimal(part["amount"]), tuple(part["areas"])) for part in row["parts"]),
        approvals=None if approvals is None else frozenset(approvals),
        title=row["title"],
        provider=row["provider"],
    )
