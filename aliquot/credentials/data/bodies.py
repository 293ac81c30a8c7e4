"""What pages say about certifying bodies, and its one loader. No Django."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from aliquot.credentials.data import shipped
from aliquot.credentials.data.fields import Fields, confirmed, names, one_of, text, whole, words
from aliquot.credentials.errors import Fault, PackError
from aliquot.credentials.facts import Confirmed, Source
from aliquot.lib.packaged import read_yaml

_PATH = Path(__file__).parent / "bodies.yaml"
FILES = ("declare", "renew", "file")
# What can be read on a proof, and how pages call it.
PROOF_FACTS = {
    "date": "the completion date",
    "title": "the title",
    "provider": "the provider",
    "participant": "your name",
    "hours": "the contact hours",
    "course_number": "the course number",
    "agency_number": "the number of the accrediting agency",
    "hours_by_specialty": "the hours by specialty",
    "license_number": "your license number",
}


@dataclass(frozen=True, slots=True)
class CountingRule:
    """One sentence on how credit is counted. Braces hold the names of figures of a rule pack."""

    text: str
    sources: tuple[Source, ...]
    confirmed: Confirmed


@dataclass(frozen=True, slots=True)
class ProofWants:
    """What a proof must show, by the ids of ``PROOF_FACTS``, in words, with sources."""

    wants: tuple[str, ...]
    text: str
    sources: tuple[Source, ...]
    confirmed: Confirmed


@dataclass(frozen=True, slots=True)
class Body:
    """A certifying body or board: its names, its words, and how it counts."""

    id: str
    name: str
    program: str
    first: tuple[str, ...]  # credentials that lists show before its others
    account: str
    point: str
    files: str  # declare, renew or file: what a holder does at the end of a cycle
    where_is_the_end: str
    where_are_the_points: str
    voluntary: str
    expired: str
    history: str
    equivalence: CountingRule | None
    counting: tuple[CountingRule, ...]
    peculiarities: tuple[CountingRule, ...]
    proof: ProofWants


_ANY_PROOF = ProofWants(
    wants=("date", "title", "provider", "participant", "hours"),
    text=(
        "What this body wants to read on a proof is not known. Keep at least the date, the title, "
        "the provider, your name and the contact hours."
    ),
    sources=(),
    confirmed=Confirmed.NO,
)


@cache
def bodies() -> dict[str, Body]:
    """All bodies by the name that rule packs use."""
    return parse_bodies(read_yaml(_PATH))


def parse_bodies(value: Any) -> dict[str, Body]:
    """All bodies of the file as it was read; PackError names everything that is wrong."""
    top = Fields(value)
    top.take("schema", whole)
    rows: dict[str, Any] = top.take("bodies", _mapping) or {}
    found = {
        body_id: _body(body_id, Fields(row, path=("bodies", body_id), faults=top.faults))
        for body_id, row in rows.items()
    }
    top.finish("bodies")
    return found


def body(body_id: str) -> Body:
    """One body; PackError when a pack names one that is not described."""
    if body_id not in bodies():
        raise PackError("bodies", [Fault((), f"says nothing of {body_id}")])
    return bodies()[body_id]


def _body(body_id: str, row: Fields) -> Body:
    found = Body(
        id=body_id,
        name=row.take("name", text),
        program=row.take("program", text, ""),
        first=row.take("first", names, ()),
        account=row.take("account", text),
        point=row.take("point", text),
        files=row.take("files", one_of(*FILES)),
        where_is_the_end=row.take("where_is_the_end", text),
        where_are_the_points=row.take("where_are_the_points", text),
        voluntary=row.take("voluntary", text, ""),
        expired=row.take("expired", text, ""),
        history=row.take("history", text, ""),
        equivalence=_equivalence(row),
        counting=tuple(map(_rule, row.rows("counting"))),
        peculiarities=tuple(map(_rule, row.rows("peculiarities"))),
        proof=_proof(row.group("proof")),
    )
    row.done()
    return found


def _equivalence(row: Fields) -> CountingRule | None:
    group = row.group("equivalence")
    return None if group is None else _rule(group)


def _proof(row: Fields | None) -> ProofWants:
    """What the body wants; without a text of its own, the least that any auditor asks for."""
    if row is None:
        return _ANY_PROOF
    proof = ProofWants(
        wants=row.take("wants", words(*PROOF_FACTS)),
        text=row.take("text", text),
        sources=row.take("sources", _sources),
        confirmed=row.take("confirmed", confirmed),
    )
    row.done()
    return proof


def _rule(row: Fields) -> CountingRule:
    rule = CountingRule(
        text=row.take("text", text),
        sources=row.take("sources", _sources, ()),
        confirmed=row.take("confirmed", confirmed),
    )
    row.done()
    return rule


def _sources(ids: Any) -> tuple[Source, ...]:
    known = shipped().sources
    return tuple(known[source_id] for source_id in words(*known)(ids))


def _mapping(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise TypeError("accepted: a mapping")
    return value
