"""Where an activity counts, laid out for templates."""

from collections.abc import Iterable
from dataclasses import dataclass

from aliquot.credentials.queries.wording import in_units, reason
from aliquot.flows.activity_effects import Effect
from aliquot.lib.decimals import shortest
from aliquot.web.credentials import words


@dataclass(frozen=True, slots=True)
class Row:
    """An amount, where it counts, and why; ``target`` empty: it counts nowhere."""

    amount: str
    target: str
    area: str
    because: str


@dataclass(frozen=True, slots=True)
class Shown:
    """One credential: what counts where, what does not, and how much is then left."""

    letters: str
    held_id: int
    rows: tuple[Row, ...]
    change: str

    @property
    def counts(self) -> bool:
        """Whether anything of it counts."""
        return any(row.target for row in self.rows)


def shown(effects: Iterable[Effect]) -> list[Shown]:
    """Each credential with its lines."""
    return [_shown(effect) for effect in effects]


def _shown(effect: Effect) -> Shown:
    standing, record = effect.standing, effect.record
    unit = standing.pack.unit
    counted = [
        Row(
            amount=in_units(row.amount, unit),
            target=effect.titles[row.requirement],
            area=row.requirement,
            because=reason(row.because),
        )
        for row in record.counted
    ]
    refused = [
        Row(
            amount=in_units(row.amount, unit),
            target="",
            area="",
            because=words.refusal(record, row.reason, row.explain),
        )
        for row in record.not_counted
    ]
    return Shown(
        letters=standing.pack.letters,
        held_id=standing.held.pk,
        rows=(*counted, *refused),
        change=_change(effect),
    )


def _change(effect: Effect) -> str:
    """``9.5 to go now, 7.5 after``; empty where nobody asked or the figures are not known."""
    after = effect.standing.verdict.missing
    if effect.before is None or after is None:
        return ""
    if effect.before == after:
        return f"{shortest(after)} to go, as before"
    return f"{shortest(effect.before)} to go now, {shortest(after)} after"
