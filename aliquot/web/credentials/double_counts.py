"""The map: which activity serves which credential, toward what, and where it does not count."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.urls import reverse

from aliquot.credentials.facts import Reason
from aliquot.credentials.queries import CycleStanding, Origin, Record
from aliquot.lib.decimals import shortest
from aliquot.web.credentials import words

SHORT = {
    Reason.NO_CREDIT_NEEDED: "nothing is asked for",
    Reason.KIND_NEVER_COUNTS: "this kind never counts",
    Reason.OUTSIDE_WINDOW: "outside the dates",
    Reason.TOO_SHORT: "too short",
    Reason.APPROVAL_REFUSED: "approval not accepted",
    Reason.AREA_REFUSED: "subject refused",
    Reason.NOT_ACCEPTED: "no line takes this subject",
    Reason.RULE_UNKNOWN: "rule not known",
    Reason.CAP_REACHED: "limit of its kind reached",
    Reason.SURPLUS: "left over",
}


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of an activity at one credential: what it fills, or in short why it does not count.

    ``area`` is the requirement, for its color; ``long`` the whole sentence.
    """

    amount: Decimal
    name: str
    area: str
    long: str = ""

    @property
    def counts(self) -> bool:
        """Whether it counts toward something."""
        return bool(self.area)


@dataclass(frozen=True, slots=True)
class Cell:
    """One activity at one credential; nothing where it is none of that credential's."""

    letters: str
    unit: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One activity over all credentials."""

    title: str
    area: str
    completed_on: date | None
    note: str
    url: str
    cells: tuple[Cell, ...]

    @property
    def serves(self) -> int:
        """How many credentials it counts for."""
        return sum(any(piece.counts for piece in cell.pieces) for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Column:
    """One credential: its address and what counts of what is needed."""

    letters: str
    url: str
    total: str


@dataclass(frozen=True, slots=True)
class DoubleCounts:
    """The whole map, the newest activity first, opening balances last."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]

    @property
    def shared(self) -> int:
        """How many activities count for more than one credential."""
        return sum(row.serves > 1 for row in self.rows)


def double_counts(standings: Sequence[CycleStanding]) -> DoubleCounts:
    """Lay out all activities of all credentials. An opening balance is its own credential's."""
    found: dict[str, dict[int, Record]] = {}
    for number, standing in enumerate(standings):
        for record in standing.records:
            key = record.activity.id
            if record.origin is Origin.OPENING_BALANCE:
                key = f"{number} {key}"
            found.setdefault(key, {})[number] = record
    rows = [_row(records, standings) for records in found.values()]
    rows.sort(key=lambda row: (row.completed_on is not None, row.completed_on or date.min))
    return DoubleCounts(tuple(map(_column, standings)), tuple(reversed(rows)))


def _column(standing: CycleStanding) -> Column:
    verdict, unit = standing.verdict, standing.pack.unit
    counted = shortest(verdict.counted)
    needed = "" if verdict.needed is None else f" of {shortest(verdict.needed)}"
    return Column(
        letters=standing.pack.letters,
        url=reverse("credentials:detail", args=[standing.held.pk]),
        total=f"{counted}{needed} {unit}",
    )


def _row(records: dict[int, Record], standings: Sequence[CycleStanding]) -> Row:
    number, record = next(iter(records.items()))
    activity, first = record.activity, standings[number]
    is_opening = record.origin is Origin.OPENING_BALANCE
    titles = {line.id: line.title for line in first.verdict.requirements}
    line = activity.id.partition("-")[2]
    return Row(
        title=f"{activity.title}: {titles.get(line, 'another requirement')}"
        if is_opening
        else activity.title,
        area=line if is_opening else activity.parts[0].areas[0],
        completed_on=None if is_opening else activity.completed_on,
        note=words.origin_words(record, first.pack),
        url="" if is_opening else reverse("ledger:detail", args=[int(activity.id)]),
        cells=tuple(
            _cell(records.get(index), standing) for index, standing in enumerate(standings)
        ),
    )


def _cell(record: Record | None, standing: CycleStanding) -> Cell:
    pack = standing.pack
    titles = {line.id: line.title for line in standing.verdict.requirements}
    pieces = (
        ()
        if record is None
        else (
            *(
                Piece(row.amount, titles[row.requirement], row.requirement)
                for row in record.counted
            ),
            *(
                Piece(
                    row.amount,
                    SHORT[row.reason],
                    "",
                    words.refusal(record, row.reason, row.explain),
                )
                for row in record.not_counted
            ),
        )
    )
    return Cell(pack.letters, pack.unit, tuple(pieces))
