"""One line about each credential of a person: by the stored verdicts while they hold, else judged.

A stored verdict holds while the cycle, its rules and the person's ledger are what they were, and
no day has come that changes it; all of that is asked in the same statement. What counts where,
and why, is told by ``standings_of`` only.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from django.db.models import FilteredRelation, Max, Q, Subquery

from aliquot.accounts.models import User
from aliquot.credentials import data
from aliquot.credentials.facts import (
    CredentialHeld,
    DeclarationWindow,
    Figures,
    Pack,
    Situation,
    Verdict,
)
from aliquot.credentials.models import Cycle
from aliquot.credentials.queries.declared import Declared
from aliquot.credentials.queries.population import brought_for, is_good, judged
from aliquot.credentials.rules import Grounds
from aliquot.credentials.rules.cycles import dates_of
from aliquot.credentials.rules.situations import situation_of
from aliquot.infra.statements import Given, Statement
from aliquot.ledger.models import CreditEntry
from aliquot.lib.dates import day_in_zone


@dataclass(frozen=True, slots=True)
class Summary:
    """The figures of an open cycle, as its ``Verdict`` has them today, without their reasons."""

    held_id: int
    held: CredentialHeld
    situation: Situation
    declaration: DeclarationWindow | None
    finish_by: date | None
    needed: Decimal | None
    counted: Decimal
    missing: Decimal | None
    met: bool | None
    declared: Declared | None

    @property
    def pack(self) -> Pack:
        """The rules it was judged by."""
        return self.held.pack


def summaries_of(person: User, *, now: datetime) -> list[Summary]:
    """Every credential the person holds, in the order of ``standings_of``.

    One statement where the stored verdicts hold, five where one does not (and one for each cycle
    with pins). Raises as ``standings_of`` does.
    """
    rows = {row.held_id: row for row in _stored.rows(person=person.pk)}
    today = {key: day_in_zone(now, row.time_zone) for key, row in rows.items()}
    stale = [row.cycle_id for key, row in rows.items() if not _holds(row, today[key])]
    found = [_by_verdict(row, today[key]) for key, row in rows.items() if row.cycle_id not in stale]
    grounds = Grounds()
    for each in brought_for(stale) if stale else ():
        row = rows[each.cycle.held_id]
        figures, _ = judged(each, as_of=today[row.held_id], grounds=grounds)
        found.append(_by_figures(row, figures))
    return sorted(found, key=lambda each: (each.finish_by or date.max, each.held_id))


class _Stored(NamedTuple):
    """A cycle, what is held, the verdict stored on it, and what that was judged by."""

    cycle_id: int
    held_id: int
    credential: str
    first_certified_on: date | None
    formerly_nca: bool
    international: bool
    expired: bool
    licensed_on: date | None
    specialties: list[str]
    roles: list[str]
    ends_on: date
    first_renewal: bool
    time_zone: str
    revision: int
    newest_entry: int | None
    judged_revision: int | None
    judged_entry: int
    judged_by: str
    good_through: date
    situation: str
    needed: Decimal | None
    counted: Decimal
    missing: Decimal | None
    met: bool | None
    declaration_id: int | None
    declared_on: date
    confirmation_number: str
    recorded_at: datetime


_newest_entry = Subquery(
    CreditEntry.objects.filter(person=Given("person"))
    .order_by()
    .values("person")
    .annotate(newest=Max("pk"))
    .values("newest")
)
_stored = Statement(
    _Stored,
    lambda: Cycle.objects.filter(
        held__person=Given("person"), held__removed_at=None, closed_at=None
    )
    .annotate(
        declared=FilteredRelation(
            "declarations", condition=Q(declarations__withdrawn_at=None)
        )
    )
    .order_by("held_id", "ends_on")  # of several open ones the last counts
    .values_list(
        "pk", "held_id", "held__credential", "held__first_certified_on", "held__formerly_nca",
        "held__international", "held__expired", "held__licensed_on", "held__specialties",
        "held__roles", "ends_on", "first_renewal", "time_zone", "revision", _newest_entry,
        "verdict__cycle_revision", "verdict__ledger_sequence", "verdict__pack_digest",
        "verdict__good_through", "verdict__situation", "verdict__needed", "verdict__counted",
        "verdict__missing", "verdict__met", "declared__id", "declared__declared_on",
        "declared__confirmation_number", "declared__recorded_at",
    ),
)  # fmt: skip


def _holds(row: _Stored, today: date) -> bool:
    return row.judged_revision is not None and is_good(
        credential=row.credential,
        facts=(row.revision, row.newest_entry or 0),
        judged=(row.judged_revision, row.judged_entry, row.judged_by),
        good_through=row.good_through,
        today=today,
    )


def _by_verdict(row: _Stored, today: date) -> Summary:
    held = CredentialHeld(
        pack=data.pack(row.credential),
        cycle_ends_on=row.ends_on,
        first_certified_on=row.first_certified_on,
        formerly_nca=row.formerly_nca,
        international=row.international,
        expired=row.expired,
        first_renewal=row.first_renewal,
        licensed_on=row.licensed_on,
        specialties=tuple(row.specialties),
        roles=tuple(row.roles),
    )
    dates = dates_of(held, as_of=today)
    return Summary(
        held_id=row.held_id,
        held=held,
        situation=Situation(row.situation),
        declaration=dates.declaration,
        finish_by=dates.finish_by,
        needed=row.needed,
        counted=row.counted,
        missing=row.missing,
        met=row.met,
        declared=_declared(row),
    )


def _by_figures(row: _Stored, figures: Figures | Verdict) -> Summary:
    return Summary(
        held_id=row.held_id,
        held=figures.held,
        situation=situation_of(figures),
        declaration=figures.declaration,
        finish_by=figures.finish_by,
        needed=figures.needed,
        counted=figures.counted,
        missing=figures.missing,
        met=figures.met,
        declared=_declared(row),
    )


def _declared(row: _Stored) -> Declared | None:
    if row.declaration_id is None:
        return None
    return Declared(row.declaration_id, row.declared_on, row.confirmation_number, row.recorded_at)
