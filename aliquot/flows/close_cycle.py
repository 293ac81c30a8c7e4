"""Closing a cycle: what is typed at the body, what was declared, and the papers that prove it.

Credentials, certificates and the ledger's proofs stand beside each other; here they meet.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from aliquot.accounts.models import User
from aliquot.accounts.queries import license_numbers_of
from aliquot.certificates.models import Certificate
from aliquot.certificates.queries import shown_by
from aliquot.credentials import queries, services
from aliquot.credentials.access import open_cycle_of
from aliquot.credentials.errors import ChangedSinceCheckError
from aliquot.credentials.facts.closing import Drill, Paper, PaperKind, Sheet
from aliquot.credentials.models import Declaration, HeldCredential
from aliquot.credentials.queries import CycleStanding
from aliquot.ledger.facts import ProofFacts
from aliquot.ledger.models import Activity
from aliquot.ledger.queries import proofs_of
from aliquot.lib import codes

type Papers = dict[str, tuple[Paper, ...]]


@dataclass(frozen=True, slots=True)
class Closing:
    """An open cycle as it would be declared today. ``snapshot`` is what its packs are made of."""

    standing: CycleStanding
    snapshot: dict[str, Any]
    sheet: Sheet


def closing_of(held: HeldCredential, *, now: datetime) -> Closing:
    """The open cycle with its papers. A fixed number of queries, however much there is."""
    return _closing(queries.standing_of(held, now=now))


def closing_on(held: HeldCredential, *, day: date) -> Closing:
    """The open cycle by what was completed up to a day: what declaring on it would keep."""
    return _closing(queries.standing_on(open_cycle_of(held), day=day))


def drill_of(closing: Closing) -> Drill:
    """What an audit of the open cycle would find today."""
    return queries.drill_of(closing.snapshot, holder=closing.standing.held.person.full_name)


def drill_of_declaration(declaration: Declaration) -> Drill:
    """What an audit of a declaration would find, with the papers there are today."""
    person = declaration.cycle.held.person
    return queries.drill_of(declaration.snapshot, holder=person.full_name, papers=papers_of(person))


def declare(
    *,
    held: HeldCredential,
    declared_on: date,
    confirmation_number: str,
    now: datetime,
    actor_id: int,
) -> Declaration:
    """Note that the open cycle was declared, with its papers and license numbers of today."""
    return services.declare_cycle(
        held=held,
        declared_on=declared_on,
        confirmation_number=confirmation_number,
        papers=papers_of(held.person),
        licenses=_licenses(held),
        now=now,
        actor_id=actor_id,
    )


def declare_as_checked(
    *,
    held: HeldCredential,
    checked: str,
    declared_on: date,
    confirmation_number: str,
    now: datetime,
    actor_id: int,
) -> Declaration:
    """The same for a program, which must name the digest of what it saw by ``closing_on``.

    Raises ChangedSinceCheckError if something else would be kept now. Noted before: as ``declare``.
    """
    found = closing_on(held, day=declared_on)
    if found.standing.declared is None and queries.digest_of(found.snapshot) != checked:
        raise ChangedSinceCheckError
    return declare(
        held=held,
        declared_on=declared_on,
        confirmation_number=confirmation_number,
        now=now,
        actor_id=actor_id,
    )


def papers_of(person: User) -> Papers:
    """Everything that proves something, by activity: certificates in force, and papers sent."""
    found: dict[str, list[Paper]] = defaultdict(list)
    in_force = Certificate.objects.filter(person=person, replaced_by=None, revocation=None)
    by_completion = {row.completion_id: row for row in in_force}
    completed = Activity.objects.filter(person=person, completion__in=by_completion.keys())
    for activity_id, completion_id in completed.values_list("pk", "completion_id"):
        if completion_id is not None:
            found[str(activity_id)].append(_certificate(by_completion[completion_id]))
    for activity, proofs in proofs_of(person).items():
        found[str(activity)] += map(_proof, proofs)
    return {activity: tuple(papers) for activity, papers in found.items()}


def _closing(standing: CycleStanding) -> Closing:
    snapshot = queries.snapshot_of(
        standing, papers=papers_of(standing.held.person), licenses=_licenses(standing.held)
    )
    return Closing(standing, snapshot, queries.sheet_of(snapshot))


def _licenses(held: HeldCredential) -> list[tuple[str, str]]:
    """The license numbers of the credential's own state."""
    state = queries.state_of(held.credential)
    rows = license_numbers_of(held.person).filter(state=state) if state else ()
    return [(row.state, row.number) for row in rows]


def _certificate(row: Certificate) -> Paper:
    content = row.content
    return Paper(
        kind=PaperKind.CERTIFICATE,
        id=row.code,
        name=codes.grouped(row.code),
        sha256=row.content_hash,
        media_type="application/pdf",
        shows=shown_by(content),
        license_states=tuple(each["state"] for each in content["participant"]["licenses"]),
        participant=content["participant"]["name"],
        is_demonstration=content["is_demonstration"],
    )


def _proof(proof: ProofFacts) -> Paper:
    return Paper(
        kind=PaperKind.PROOF,
        id=str(proof.id),
        name=proof.name,
        sha256=proof.sha256,
        media_type=proof.media_type,
        shows=proof.shows,
    )
